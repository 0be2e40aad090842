"""What proves role slurm."""

from __future__ import annotations

import shlex

from gigaworks.roles.check import Check, Output, UnreadableError, text, yes
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.slurm import files
from gigaworks.roles.slurm.params import Params
from gigaworks.roles.target import Context

USABLE = ("idle", "mixed", "allocated", "completing", "planned", "reserved", "drained", "draining")


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    if params.part == "accounting":
        listens = "ss -Hltn 'sport = :6819' | grep -q LISTEN"
        return [*service_checks("slurmdbd"), Check("listens", "slurmdbd listens on TCP 6819", listens, "yes", yes)]
    name, _ = files.topology(params, context)
    topology = "ls /etc/slurm | grep '^topology[.]'; true"
    found = [
        Check("topology", "topology file: one, for Slurm reads only one", topology, name),
        Check("ping", "controllers that answer", "scontrol ping 2>&1", len(files.scheduler(context).controllers), up),
    ]
    if params.part == "controller":
        found += service_checks("slurmctld")
    if params.part == "compute":
        node = shlex.quote(context.name)
        state = f"for i in 1 2 3 4 5 6 7 8; do s=$(sinfo -h -N -n {node} -o %T | head -n 1); "
        state += 'case "$s" in ""|unknown*|down*) sleep 2;; *) break;; esac; done; echo "$s"'
        found += service_checks("slurmd")
        found.append(Check("state", "the node takes jobs, or would", state, "yes", usable))
        if context.accelerators:
            gres = f"sinfo -h -N -n {node} -o %G | head -n 1"
            found.append(Check("gres", "accelerators as Slurm counts them", gres, context.accelerators.count, count))
    return found


def up(output: Output) -> int:
    """Read how many controllers answer ``scontrol ping``."""
    return sum(" is UP" in line for line in text(output).splitlines())


def usable(output: Output) -> str:
    """Read a node's state: ``yes`` where it is in use, free or drained on purpose, else the state itself."""
    state = text(output).strip("*~#!%$@^-+").lower()
    if not state:
        raise UnreadableError("Slurm does not know the node")
    return "yes" if state in USABLE and not text(output).endswith("*") else text(output)


def count(output: Output) -> int:
    """Read the number of GPUs in a GRES list, ``gpu:h100:8(S:0-1)``."""
    gpus = [part.partition("(")[0].split(":")[-1] for part in text(output).split(",") if part.startswith("gpu")]
    return sum(int(number) for number in gpus)
