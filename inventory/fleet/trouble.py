"""What can go wrong with one node, in words: what was seen, and where to look."""

from __future__ import annotations

from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.bmc.errors import Unsupported, WrongCertificate
from gigaworks.inventory.fleet.record import NodeRecord
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem


class NodeTrouble(GigaworksError):
    """A step on a node failed; ``hopeless`` when trying again cannot help and a person can."""

    def __init__(self, *problems: Problem, hopeless: bool = False) -> None:
        super().__init__(*problems)
        self.hopeless = hopeless


class Interrupted(GigaworksError):
    """The run was asked to stop; the node's record says where it goes on."""

    exit_code = 130


def is_hopeless(error: GigaworksError) -> bool:
    """Return whether another try would only repeat the failure (and, for a password, lock the account)."""
    return isinstance(error, (NotAuthorised, WrongCertificate, Unsupported)) or bool(getattr(error, "hopeless", False))


def reason(error: GigaworksError) -> str:
    """Return the problems in one text for the node's record: what, why, where to look."""
    return "; ".join(
        ": ".join(filter(None, (p.summary, p.detail))) + (f" · {p.fix}" if p.fix else "") for p in error.problems
    )


def look(blueprint: Blueprint, node: Node) -> str:
    """Return what a person looks at when a node stays silent: its boot cable, if it is in the plan, and its console."""
    nic = node.nics[0].name
    for cable in blueprint.cables:
        for here, there in ((cable.a, cable.b), (cable.b, cable.a)):
            if (here.device, here.port) == (node.name, nic):
                return f"look: cable {cable.id} ({here} ↔ {there}); gigaworks node console {node.name}"
    return f"look: gigaworks node console {node.name}"


def silent(blueprint: Blueprint, node: Node, seconds: float, resets: int) -> NodeTrouble:
    """Say that the node never asked the boot services for anything."""
    after = f", after {resets} resets" if resets > 1 else ", after a reset" if resets else ""
    return NodeTrouble(
        Problem(
            "node does not boot over the network",
            f"no boot request from {node.nics[0].mac} in {seconds:.0f} s{after}",
            look(blueprint, node),
            subject=node.name,
        )
    )


def stuck(blueprint: Blueprint, node: Node, step: str, last: str, seconds: float) -> NodeTrouble:
    """Say that the node began and did not come through within the limit."""
    return NodeTrouble(
        Problem(
            f"node is stuck {step}",
            f"{last or 'nothing heard'}; the limit is {seconds:.0f} s",
            look(blueprint, node),
            subject=node.name,
        )
    )


def refused(node: Node, error: str) -> NodeTrouble:
    """Say how the machine that booted differs from the one declared: architecture, address or NICs."""
    return NodeTrouble(
        Problem(
            "machine is not the declared one",
            error,
            f"correct the declaration or what is plugged in ({node.where or node.name})",
            subject=node.name,
        ),
        hopeless=True,
    )


def install_failed(blueprint: Blueprint, node: Node, error: str) -> NodeTrouble:
    """Say why the install agent gave up."""
    full = "disk full" in error
    fix = "free the disk or give the node a larger one, then apply again" if full else look(blueprint, node)
    return NodeTrouble(Problem("installation failed", error, fix, subject=node.name), hopeless=full)


def other_system(node: Node, found: str, wanted: str) -> NodeTrouble:
    """Say what runs on a node that shows the right key but is not what was installed."""
    return NodeTrouble(
        Problem(
            "another system answers",
            f"{node.name} runs {found}, was installed with {wanted}",
            f"gigaworks node console {node.name}",
            subject=node.name,
        ),
        hopeless=True,
    )


def firmware_order(node: Node) -> NodeTrouble:
    """Say that a node without a BMC and with a bootable disk cannot be told to install itself again."""
    return NodeTrouble(
        Problem(
            "node cannot be installed again from here",
            f"{node.name} has no BMC and its firmware boots the disk first",
            "make its disk unbootable or choose network at its console, then apply again",
            subject=node.name,
        ),
        hopeless=True,
    )


def not_applied(node: Node) -> NodeTrouble:
    """Say that nothing may be done to a node whose hall or rack no stack has applied."""
    return NodeTrouble(
        Problem(
            "node is not in the applied plant", f"{node.rack} has not been applied with {node.name}", subject=node.name
        ),
        hopeless=True,
    )


def resets_of(record: NodeRecord) -> int:
    """Return how often the running installation was power-cycled beyond the first time."""
    return max(0, int(record.marks.get("cycles", 0)) - 1)
