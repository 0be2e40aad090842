"""Templates of roles, rendered."""

from __future__ import annotations

import subprocess
from pathlib import Path

import jinja2
import pytest

import gigaworks.roles
from gigaworks.inventory.blueprint import Nic
from gigaworks.roles import sysctl
from gigaworks.roles.base import fabric
from gigaworks.roles.target import Context, Route, SiteContext
from gigaworks.roles.templates import render

ROLES = Path(gigaworks.roles.__file__).parent


def test_an_undefined_name_is_an_error() -> None:
    """A template never renders a missing value as nothing."""
    with pytest.raises(jinja2.UndefinedError, match="hosts"):
        render(str(ROLES / "base/deploy.py"), "hosts.j2")


def test_fabric_script() -> None:
    """Two rails give two addresses, one route over both, and shell text that a shell accepts."""
    nics = [
        Nic(name=f"rail{n}", mac=f"02:00:00:00:00:0{n}", fabric="compute", address=f"10.0.0.{2 * n + 1}/31",
            gateway=f"10.0.0.{2 * n}", mtu=9000, rail=n)
        for n in (0, 1)
    ]  # fmt: skip
    routes = [
        Route(prefix="10.77.64.0/18", via=[("10.0.0.0", "rail0"), ("10.0.0.2", "rail1")]),
        Route(prefix="10.77.32.0/24", via=[("10.0.0.0", "rail0")]),
    ]
    text = render(str(ROLES / "base/deploy.py"), "fabric.sh.j2", nics=nics, routes=routes, protocol=201)
    assert (
        "\nip -4 route replace 10.77.64.0/18 proto 201 nexthop via 10.0.0.0 dev rail0"
        " nexthop via 10.0.0.2 dev rail1 || result=1\n" in text
    )
    assert "\nip -4 route replace 10.77.32.0/24 proto 201 via 10.0.0.0 dev rail0 || result=1\n" in text
    script = render(
        str(ROLES / "operations/at_start.py"), "script.sh.j2", name="x", subject="y", body=text, after="$network"
    )
    subprocess.run(["sh", "-n"], input=script.encode(), check=True, timeout=10)
    site = SiteContext(domain="x", lab=True, hosts=[], time_servers=[], volumes=[])
    context = Context(
        name="n1", address="10.1.0.1", arch="x86_64", nics=nics, routes=routes, accelerators=None, bricks=[],
        mounts=[], peer=None, site=site,
    )  # fmt: skip
    assert fabric.expected(context).splitlines() == [
        "rail0 up 9000 10.0.0.1/31",
        "rail1 up 9000 10.0.0.3/31",
        "10.77.32.0/24 10.0.0.0 rail0",
        "10.77.64.0/18 10.0.0.0 rail0 10.0.0.2 rail1",
    ]


def test_sysctl_file() -> None:
    """Values are sorted by name and written with single blanks."""
    text = sysctl.file("kernel", {"net.ipv4.tcp_rmem": "4096\t87380  6291456", "net.core.somaxconn": 8192})
    assert text.splitlines()[1:] == ["net.core.somaxconn = 8192", "net.ipv4.tcp_rmem = 4096 87380 6291456"]
