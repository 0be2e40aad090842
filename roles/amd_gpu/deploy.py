"""Operations of role amd_gpu."""

from __future__ import annotations

from pyinfra import host
from pyinfra.operations import apt, server

from gigaworks.roles.amd_gpu.params import Params
from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.operations import noted
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import when_changed
from gigaworks.roles.readers.modules import JUDGE
from gigaworks.roles.target import Context

NOTICE = "# Written by Gigaworks, role amd_gpu: change the site, not this file.\n"
GROUPS = ("render", "video")
DEVICES = 'SUBSYSTEM=="kfd", KERNEL=="kfd", GROUP="render", MODE="0660"\n'
DEVICES += 'SUBSYSTEM=="drm", KERNEL=="renderD*", GROUP="render", MODE="0660"\n'


def build(release: str) -> str:
    """Return how AMD writes a release into the versions of all its packages: 6.4 is 604, 6.4.1 is 60401."""
    major, *rest = release.split(".")
    return major + "".join(f"{int(part):02}" for part in rest)


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Install ROCm."""
    rendered_file(
        name="ROCm release is pinned",
        path="/etc/apt/preferences.d/gigaworks-rocm",
        content=f"{NOTICE}Package: rocm* rccl* hip* amdgpu-*\n"
        f"Pin: version *.{build(params.release)}*\nPin-Priority: 1001\n",
    )
    for group in GROUPS:
        server.group(name=f"Group {group}", group=group, system=True)
    modules = rendered_file(
        name="Options of amdgpu",
        path="/etc/modprobe.d/gigaworks-amdgpu.conf",
        content=NOTICE + "".join(f"options amdgpu {name}={value}\n" for name, value in sorted(params.options.items())),
        judge=JUDGE,
    )
    rendered_file(name="Who may use the cards", path="/etc/udev/rules.d/70-gigaworks-amdgpu.rules", content=DEVICES)
    apt.packages(name="ROCm is there", packages=list(params.packages), no_recommends=True)
    server.shell(name="Initial RAM disk with options", commands=["update-initramfs -u"], _if=when_changed(modules))
    for name, value in sorted(params.options.items()):
        running = host.get_fact(Probe, text=f"cat /sys/module/amdgpu/parameters/{name} 2>/dev/null")
        if running and running != str(value):
            noted.restart_needed(f"amd_gpu: amdgpu runs with {name}={running}, {value} is declared")
