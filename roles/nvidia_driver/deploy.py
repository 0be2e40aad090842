"""Operations of role nvidia_driver."""

from __future__ import annotations

from pyinfra import host
from pyinfra.operations import apt, server

from gigaworks.roles.facts.loaded_modules import LoadedModules
from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.nvidia_driver import settings
from gigaworks.roles.nvidia_driver.params import Params
from gigaworks.roles.operations import noted
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.readers.modules import JUDGE
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:
    """Install the driver and what the GPUs' fabric needs."""
    rendered_file(
        name="Driver branch is pinned", path="/etc/apt/preferences.d/gigaworks-nvidia", content=settings.pin(params)
    )
    modules = rendered_file(
        name="Modules of NVIDIA's driver",
        path="/etc/modprobe.d/gigaworks-nvidia.conf",
        content=settings.modprobe(params),
        judge=JUDGE,
    )
    apt.packages(name="NVIDIA driver is there", packages=settings.packages(params, context), no_recommends=True)
    server.shell(name="Initial RAM disk without nouveau", commands=["update-initramfs -u"], _if=when_changed(modules))
    if "nouveau" in host.get_fact(LoadedModules):
        noted.restart_needed("nvidia_driver: nouveau is loaded")
    version = host.get_fact(Probe, text=settings.MODULE)
    if version and not version.startswith(f"{params.branch}."):
        noted.restart_needed(f"nvidia_driver: module {version} is loaded, branch {params.branch} is declared")
    if settings.fabric(params, context) == "nvl72":
        peers = rendered_file(
            name="IMEX: trays of the NVLink domain",
            path="/etc/nvidia-imex/nodes_config.cfg",
            content="".join(f"{address}\n" for address in context.nvlink_domain or [context.address]),
        )
        restarted(name="IMEX reads its trays", service="nvidia-imex", _if=when_changed(peers))
    for name in settings.services(params, context):
        service(name=f"{name} runs", service=name)
