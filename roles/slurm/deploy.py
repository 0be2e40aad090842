"""Operations of role slurm."""

from __future__ import annotations

from pyinfra.api.operation import OperationMeta
from pyinfra.operations import apt, files

from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file, secret_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.secret import Secret, resolve
from gigaworks.roles.slurm import files as slurm
from gigaworks.roles.slurm.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

PACKAGES = {
    "compute": ["slurmd", "slurm-client"],
    "controller": ["slurmctld", "slurm-client"],
    "accounting": ["slurmdbd"],
    "login": ["slurm-client"],
}
DAEMONS = {"compute": "slurmd", "controller": "slurmctld", "accounting": "slurmdbd"}
READ_BY_SLURM = "SLURM_CONF={} scontrol show hostnames judged >/dev/null"  # it refuses what it cannot parse


def deploy(params: Params, context: Context) -> None:
    """Configure Slurm for the node's part."""
    apt.packages(name="Slurm is there", packages=PACKAGES[params.part], no_recommends=True)
    changed = [_accounting(params, context)] if params.part == "accounting" else _everybody(params, context)
    if daemon := DAEMONS.get(params.part):
        restarted(name=f"{daemon} reads its settings", service=daemon, _if=when_changed(*changed))
        service(name=f"{daemon} runs", service=daemon)


def _everybody(params: Params, context: Context) -> list[OperationMeta]:
    health = slurm.scheduler(context).health
    name, topology = slurm.topology(params, context)
    made = [
        _file("gres.conf", slurm.gres_conf(context)),
        _file(
            "cgroup.conf",
            render(
                slurm.__file__,
                "cgroup.conf.j2",
                cgroup=params.cgroup,
                constrain="yes" if params.constrain_devices else "no",
            ),
        ),
        *([_file(name, topology)] if name else []),
        *(
            files.file(name=f"No {other} beside it", path=f"/etc/slurm/{other}", present=False)
            for other in ("topology.conf", "topology.yaml")
            if other != name
        ),
        _file("slurm.conf", slurm.slurm_conf(params, context), READ_BY_SLURM),
    ]
    if params.part == "compute" and context.site.lab and context.accelerators:
        stand_ins = [slurm.SIMULATED.format(number) for number in range(context.accelerators.count)]
        probed(
            name="Files that stand for simulated accelerators",
            probe=f"ls {' '.join(stand_ins)} 2>/dev/null",
            expected="\n".join(sorted(stand_ins)),
            command=f"touch {' '.join(stand_ins)}",
        )
    if params.part == "compute":
        for when in ("prolog", "epilog"):
            rendered_file(
                name=f"Slurm's {when}",
                path=f"/etc/slurm/{when}.d/50-gigaworks",
                content=render(slurm.__file__, f"{when}.sh.j2", health=health),
                mode="755",
                judge="sh -n {}",
            )
    return made


def _file(name: str, content: str, judge: str = "") -> OperationMeta:
    return rendered_file(name=f"Slurm's {name}", path=f"/etc/slurm/{name}", content=content, judge=judge)


def _accounting(params: Params, context: Context) -> OperationMeta:
    password = resolve(params.accounting_password or "", context.site.folder).decode().strip()
    content = render(slurm.__file__, "slurmdbd.conf.j2", host=context.name, password=password)
    return secret_file(
        name="Slurm's slurmdbd.conf",
        path="/etc/slurm/slurmdbd.conf",
        secret=Secret(content.encode()),
        owner="slurm:slurm",
    )
