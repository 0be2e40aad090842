"""Slurm: the workload manager, from the declared nodes, accelerators and fabric.

A node's part is ``compute`` (slurmd), ``controller`` (slurmctld), ``accounting`` (slurmdbd on a MariaDB that is there)
or ``login`` (commands only). Sets slurm.conf, cgroup.conf, gres.conf from the accelerators of each device type, the
topology from the compute fabric (nodes on the same leaves are one switch of Slurm's; topology.conf, or topology.yaml
from Slurm 25.05 on, and never both: Slurm ignores the first where the second exists), prolog and epilog, and the
health check where every compute node has role health. Needs role munge before it. ``scontrol`` has to be able to
parse a candidate of slurm.conf before it replaces the old one.
``slurmd`` does not come up under user-mode emulation: the tests run it on x86-64.
Proof: ``scontrol ping``, the state of the own node, its GRES as slurmd sees it, the service's state.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64",)
