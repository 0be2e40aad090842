"""Plans of a small made-up site, built by hand so that a view's test shows every case."""

from __future__ import annotations

import msgspec

from gigaworks.cli.record.document import (
    BlastRadius,
    Change,
    Counts,
    Git,
    Laws,
    NodeChange,
    Parent,
    PathChange,
    PlanDocument,
    ResourceChange,
    RoleChange,
    StackPlan,
    Wave,
)
from tests.cli.sample_site import blueprint

__all__ = ["blueprint", "plan"]


def plan(**parts: object) -> PlanDocument:
    """Return a plan that adds rack gpu-03 and changes a kernel parameter on the nodes that are there."""
    frr = "router bgp 4200000001\n neighbor swp1\n neighbor swp2\n"
    document = PlanDocument(
        gigaworks_version="0.1.0",
        site="demo",
        blueprint_digest="b" * 64,
        parent=Parent(serial=3, plan="7c1e" + "0" * 60),
        git=Git(commit="3f2c91a" + "0" * 33, branch="main"),
        blueprint=blueprint(3, 1048576),
        stacks={
            "site": StackPlan(slice_digest="1" * 64, unchanged=True, counts=Counts(noop=4)),
            "hall-h1": StackPlan(
                slice_digest="2" * 64, preview_digest="3" * 64, counts=Counts(create=1, update=1, noop=38)
            ),
            "network": StackPlan(
                slice_digest="4" * 64, preview_digest="5" * 64, counts=Counts(create=3, update=1, noop=61)
            ),
            "storage": StackPlan(slice_digest="6" * 64, unchanged=True, counts=Counts(noop=2)),
        },
        resource_changes=[
            _create("hall-h1", "Rack", "gpu-03", {"draw_kw": 20.4}),
            _update("hall-h1", "PowerDevice", "busway-a", [PathChange(path="load_kw", before=40.8, after=61.2)]),
            _create("network", "Cable", "0005", {"a": "gpu-03-n1 rail0"}),
            _create("network", "Cable", "0006", {"a": "gpu-03-n2 rail0"}),
            _create("network", "BootService", "mgmt", {"dnsmasq.conf": "port=0\ninterface=mgmt0\n"}),
            _update(
                "network",
                "SwitchConfiguration",
                "leaf-1",
                [PathChange(path="frr.conf", before=frr, after=frr + " neighbor swp5\n neighbor swp6\n")],
            ),
        ],
        node_changes=[
            *(
                NodeChange(
                    name=f"gpu-03-n{n}",
                    actions=["bring-up"],
                    from_state="expected",
                    to_state="in service",
                    profile="gpu-x86",
                    roles=["base", "kernel"],
                    reason="new in the site",
                )
                for n in (1, 2)
            ),
            *(
                NodeChange(
                    name=f"gpu-{r:02}-n{n}",
                    actions=["configure"],
                    from_state="in service",
                    to_state="in service",
                    profile="gpu-x86",
                    roles=["kernel"],
                    changes=[
                        RoleChange(
                            role="kernel",
                            summary="vm.max_map_count",
                            before="65530",
                            after="1048576",
                            where="profiles.yaml:12",
                        )
                    ],
                    reason="role kernel differs",
                )
                for r in (1, 2)
                for n in (1, 2)
            ),
        ],
        waves=[Wave(stage=2, nodes=["gpu-03-n1"]), Wave(stage=2, nodes=["gpu-03-n2", "gpu-01-n1", "gpu-02-n1"])],
        blast_radius=BlastRadius(nodes=6, of_nodes=6, racks=3, accelerators=48, kw=61.2),
        laws=Laws(hold=131, waived=["COOL-6 until 2027-01-31  waivers.yaml:4"]),
        forecast_minutes=14,
    )
    return msgspec.structs.replace(document, **parts)


def _create(stack: str, kind: str, name: str, after: dict[str, object]) -> ResourceChange:
    return ResourceChange(
        address=f"urn:pulumi:{stack}::demo::gigaworks:index:{kind}::{name}",
        stack=stack,
        type=f"gigaworks:index:{kind}",
        name=name,
        change=Change(actions=["create"], after=after),
    )


def _update(stack: str, kind: str, name: str, diff: list[PathChange]) -> ResourceChange:
    return ResourceChange(
        address=f"urn:pulumi:{stack}::demo::gigaworks:index:{kind}::{name}",
        stack=stack,
        type=f"gigaworks:index:{kind}",
        name=name,
        change=Change(
            actions=["update"],
            before={one.path: one.before for one in diff},
            after={one.path: one.after for one in diff},
            diff=diff,
        ),
    )
