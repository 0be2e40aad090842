"""Containers: containerd, GPUs in them by CDI, and Enroot with Pyxis for Slurm's jobs.

Sets containerd's configuration (systemd's cgroups, CDI, the site's own mirrors of registries), judged by containerd
itself. On nodes with NVIDIA GPUs the container toolkit writes CDI's description of them; AMD's need none but their
device files. Enroot and Pyxis are for nodes where Slurm runs.
Proof: containerd answers, ``nvidia-ctk cdi list`` names every GPU, Slurm's plugin is there.
Not exercised on real hardware: its files are judged by containerd itself.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXAMPLE = {"mirrors": {"docker.io": "http://mirror.demo.internal:5000"}, "pyxis": True}
