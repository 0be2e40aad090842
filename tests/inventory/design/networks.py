"""Sites for tests of the network: racks for network gear, racks of nodes, and the fabrics of the test."""

from __future__ import annotations

from pathlib import Path

SITE = """
schema: 1
site: {name: net, country: FR, jurisdiction: EU, domain: net.internal, contracted_power: 900 MW}
boot: {network: mgmt, images: {x86_64: debian, aarch64: debian}}
profiles: {node: {roles: [base]}}
"""
NETWORKS = """
networks:
  oob: {kind: oob, prefix: 10.0.0.0/16, gateway: 10.0.0.1}
  mgmt: {kind: mgmt, prefix: 10.1.0.0/16, gateway: 10.1.0.1}
"""
HALL = """
schema: 1
hall: h1
it_power: 500 MW
power:
  busway-[a,b]: {{kind: busway, rating: 9 kA, voltage: 400 V}}
rows:
  net: {{racks: {{"net-[01-12]": {{type: eia-48u, feeds: [busway-a, busway-b], max_power: 60 kW}}}}}}
  gpu: {{racks: {{"gpu-[01-{racks:02d}]": {{type: eia-48u, feeds: [busway-a, busway-b], max_power: 60 kW}}}}}}
  nvl: {{racks: {{"nvl-[1-2]": {{type: gb200-nvl72, feeds: [busway-a, busway-b]}}}}}}
nodes:
{nodes}
"""
BOX = """
manufacturer: Test
model: {model}
slug: test-{model}
u_height: 1
interfaces:
  - {{name: eth0, type: 1000base-t{management}}}
{ports}
"""


def write_site(root: Path, file: str, nodes: str, racks: int = 4) -> Path:
    """Write a site with ``file`` for its fabrics and ``nodes``, lines of the hall, beside so many racks for them."""
    (root / "halls").mkdir(parents=True, exist_ok=True)
    (root / "site.yaml").write_text(SITE + ("" if "\nnetworks:" in file else NETWORKS))
    (root / "fabrics.yaml").write_text(file)
    (root / "halls" / "h1.yaml").write_text(HALL.format(racks=racks, nodes=nodes))
    return root


def write_device(root: Path, model: str, ports: int, kind: str = "400gbase-x-osfp", switch: bool = False) -> str:
    """Write a device type with so many ports beside eth0, which is for management only on a switch; return its name."""
    folder = root / "device-types" / "Test"
    folder.mkdir(parents=True, exist_ok=True)
    name = "swp" if switch else "nic"
    lines = "\n".join(f"  - {{name: {name}{n}, type: {kind}}}" for n in range(1, ports + 1))
    management = ", mgmt_only: true" if switch else ""
    (folder / f"{model}.yaml").write_text(BOX.format(model=model, ports=lines, management=management))
    if not switch:
        (root / "overlays").mkdir(exist_ok=True)
        overlay = f"schema: 1\ndevices: {{test/{model}: {{source: test, arch: x86_64}}}}\n"
        (root / "overlays" / f"{model}.yaml").write_text(overlay)
    return f"test/{model}"
