"""What a node's containers need. Pure."""

from __future__ import annotations

from gigaworks.roles import gpu
from gigaworks.roles.containers.params import Params
from gigaworks.roles.target import Context

NOTICE = "# Written by Gigaworks, role containers: change the site, not this file.\n"
CERTIFICATES = "/etc/containerd/certs.d"


def nvidia(params: Params, context: Context) -> bool:
    """Whether GPUs are described by CDI."""
    return params.cdi and not gpu.why_not("nvidia", context)


def config(params: Params) -> str:
    """Return containerd's config.toml, version 2: containerd 1.6 to 2 read it."""
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    return (
        f'{NOTICE}version = 2\nroot = "{params.root}"\n\n'
        f'[{cri}]\n  enable_cdi = true\n  cdi_spec_dirs = ["/etc/cdi", "/var/run/cdi"]\n\n'
        f'[{cri}.registry]\n  config_path = "{CERTIFICATES}"\n\n'
        f"[{cri}.containerd.runtimes.runc]\n"
        '  runtime_type = "io.containerd.runc.v2"\n\n'
        f"[{cri}.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n"
    )


def mirror(host: str, url: str) -> str:
    """Return a registry's hosts.toml: the mirror, and the registry itself for what it does not have."""
    return f'{NOTICE}server = "https://{host}"\n\n[host."{url}"]\n  capabilities = ["pull", "resolve"]\n'


def enroot(params: Params) -> str:
    """Return enroot.conf: a user's images and containers are the user's alone."""
    return (
        f"{NOTICE}ENROOT_RUNTIME_PATH /run/enroot/user-$(id -u)\n"
        f"ENROOT_CACHE_PATH {params.enroot_cache}/cache-$(id -u)\n"
        f"ENROOT_DATA_PATH {params.enroot_cache}/data-$(id -u)\n"
        "ENROOT_ROOTFS_WRITABLE yes\n"
    )
