"""Operations of role containers."""

from __future__ import annotations

from pyinfra.operations import apt, files

from gigaworks.roles.containers import settings
from gigaworks.roles.containers.params import Params
from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.target import Context

CDI = "/etc/cdi/nvidia.yaml"
DESCRIBED = (
    f'[ -s {CDI} ] && [ "$(nvidia-smi -L | grep -c ^GPU)" = "$(nvidia-ctk cdi list 2>/dev/null | grep -c "=[0-9]*$")" ]'
)


def deploy(params: Params, context: Context) -> None:
    """Run containerd, and describe the GPUs to it."""
    nvidia = settings.nvidia(params, context)
    packages = [
        *params.packages,
        *(["nvidia-container-toolkit"] if nvidia else []),
        *(["enroot", "nvslurm-plugin-pyxis"] if params.pyxis else []),
    ]
    apt.packages(name="The container runtime is there", packages=packages, no_recommends=True)
    configured = rendered_file(
        name="containerd's settings",
        path="/etc/containerd/config.toml",
        content=settings.config(params),
        judge="containerd --config {} config dump >/dev/null",
    )
    for host, url in sorted(params.mirrors.items()):
        rendered_file(
            name=f"Mirror of {host}",
            path=f"{settings.CERTIFICATES}/{host}/hosts.toml",
            content=settings.mirror(host, url),
        )
    restarted(name="containerd reads its settings", service="containerd", _if=when_changed(configured))
    service(name="containerd runs", service="containerd")
    if nvidia:
        at_start(
            name="gigaworks-cdi",
            subject="GPUs for containers",
            body=f"mkdir -p /etc/cdi && nvidia-ctk cdi generate --output={CDI} || result=1",
            probe=f"{DESCRIBED} && echo described",
            expected="described",
            after="nvidia-persistenced gigaworks-mig",
        )
    if params.pyxis:
        files.directory(name="Enroot's folder", path=params.enroot_cache, mode="1777")
        rendered_file(name="Enroot's settings", path="/etc/enroot/enroot.conf", content=settings.enroot(params))
        rendered_file(
            name="Pyxis for Slurm",
            path="/etc/slurm/plugstack.conf.d/pyxis.conf",
            content=f"{settings.NOTICE}required spank_pyxis.so runtime_path=/run/pyxis execute_entrypoint=0\n",
        )
