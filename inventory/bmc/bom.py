"""The bill of materials: whether the machine that was found is the one that was declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from gigaworks.inventory.blueprint import Node
from gigaworks.inventory.bmc.inventory import Inventory, known
from gigaworks.inventory.problem import Place, Problem

T = TypeVar("T")

_MEMORY_TOLERANCE = 0.02  # firmware and devices keep some; of a full machine's 32 modules one is 3 %
_NOISE = {"simulated", "nvidia", "amd", "intel"}  # words that devices add or leave out as they like


def bill_of_materials(found: Inventory, node: Node) -> list[Problem]:
    """Compare a machine with the SKU of its node.

    A mismatch is an error. A part that the blueprint declares and the controller does not tell is a warning: unknown
    is neither right nor wrong. What nobody declared is not compared.
    """
    sku = node.sku
    return [
        *_compare(node, "serial number", found.serial, node.serial, _same_text),
        *_compare(node, "model", found.model, sku.model, _alike),
        *_compare(node, "socket count", found.sockets, sku.sockets, _equal),
        *_compare(node, "core count", found.cores, sku.cores, _equal),
        *_compare(node, "memory (GiB)", found.memory_gib, sku.memory_gib, _near),
        *_accelerators(node, found.accelerators),
        *_nics(node, found),
    ]


def _compare(
    node: Node, part: str, found: T | None, declared: T | None, same: Callable[[T, T], bool]
) -> Iterator[Problem]:
    if declared is None:
        return
    if found is None:
        yield _unknown(node, part, declared)
    elif not same(found, declared):
        yield _mismatch(node, part, found, declared)


def _accelerators(node: Node, found: dict[str, int] | None) -> Iterator[Problem]:
    declared = node.sku.accelerators
    if declared is None:
        if found:
            yield _undeclared(node, found)
        return
    if found is None:
        yield _unknown(node, "accelerators", f"{declared.count} x {declared.model}")
        return
    if sum(found.values()) != declared.count:
        yield _mismatch(node, "accelerator count", sum(found.values()), declared.count)
    for model in found:
        yield from _compare(node, "accelerator model", known(model), declared.model, _alike)


def _nics(node: Node, found: Inventory) -> Iterator[Problem]:
    macs = found.macs or []
    for nic in node.nics:
        if nic.mac.lower() in macs:
            continue
        part = f"MAC address of {nic.name}"
        told = found.macs is not None and not found.silent_nics
        yield _mismatch(node, part, ", ".join(macs), nic.mac) if told else _unknown(node, part, nic.mac)


def _equal(found: int, declared: int) -> bool:
    return found == declared


def _near(found: float, declared: float) -> bool:
    return abs(found - declared) <= _MEMORY_TOLERANCE * declared


def _same_text(found: str, declared: str) -> bool:
    return found.strip().lower() == declared.strip().lower()


def _alike(found: str, declared: str) -> bool:
    """Return whether one name holds all words of the other; spelling and makers' names aside."""
    a, b = _words(found), _words(declared)
    return bool(a and b) and (a <= b or b <= a)


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", name.lower())) - _NOISE


def _mismatch(node: Node, part: str, found: object, declared: object) -> Problem:
    return Problem(
        f"{part} differs from the declaration",
        f"{node.name}: found {found}, declared {declared}",
        f"Repair or replace the machine, or correct the declaration of {node.name} ({node.device}).",
        where=_place(node),
        subject=node.name,
    )


def _unknown(node: Node, part: str, declared: object) -> Problem:
    return Problem(
        f"{part} unknown",
        f"{node.name}: declared {declared}, its controller does not tell",
        "Look at the machine; nothing is assumed about it.",
        where=_place(node),
        severity="warning",
        subject=node.name,
    )


def _undeclared(node: Node, found: dict[str, int]) -> Problem:
    listed = ", ".join(f"{count} x {model}" for model, count in found.items())
    return Problem(
        "accelerators that nobody declared",
        f"{node.name}: found {listed}; {node.device} declares none",
        f"Declare them in the device type {node.device}, so that they are counted and fed.",
        where=_place(node),
        severity="warning",
        subject=node.name,
    )


def _place(node: Node) -> Place | None:
    file, _, rest = node.where.partition(":")
    line, _, column = rest.partition(":")
    return Place(file, int(line or 0), int(column or 0)) if file else None
