"""What runs against what was applied: stacks, nodes and cables are looked at, nothing is changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from gigaworks.cli.record.results import Drift, DriftItem
from gigaworks.cli.workflows.events import Emit, Event
from gigaworks.cli.workflows.opened import applied_blueprint, open_plant, slices_of
from gigaworks.inventory.blueprint import Blueprint, RoleCall
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem

if TYPE_CHECKING:
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.fleet.record import NodeRecord
    from gigaworks.roles.target import HostResult
    from gigaworks.stacks.engine.changes import StackDrift

KINDS: dict[str, Any] = {
    "Switch": "switch",
    "NodeSettings": "bmc",
    "PduLimits": "pdu",
    "Volume": "storage",
    "BootServices": "boot",
}
LLDP_S = 20.0  # a switch answers at once or not at all


def find_drift(declared: Declared, folder: SiteFolder, emit: Emit) -> Drift:
    """Compare everything that was applied with what is there.

    Raises:
        GigaworksError: nothing was applied yet, or the engine cannot look.
    """
    started = time.monotonic()
    plant = open_plant(folder, declared.blueprint)
    blueprint = applied_blueprint(plant)
    if blueprint is None:
        raise GigaworksError(
            Problem("nothing was applied yet", f"{folder.root} has no applied plan to compare with", "gigaworks apply")
        )
    records = plant.nodes.all()
    plant.close()
    stacks = _stacks(folder, blueprint, emit)
    emit(Event(kind="phase", subject="cables", message="reading the switches' neighbours"))
    cables, cables_seen, dark_switches = _cables(folder, blueprint, records)
    emit(Event(kind="phase", subject="nodes", message="reading the nodes"))
    nodes, results = _nodes(folder, blueprint, records, emit)
    checks = sum(len(result.checks) for result in results.values())
    operations = sum(len(result.operations) for result in results.values())
    unreachable = {name for name, result in results.items() if result.error}
    items: list[DriftItem] = [*cables, *nodes]
    for stack in stacks:
        for found in stack.items:
            if found.unreadable:
                unreachable.add(found.name)
                continue
            kind = KINDS.get(found.type.rpartition(":")[2], "boot")
            items.append(
                DriftItem(
                    kind=kind,
                    subject=found.name,
                    setting=found.path or "the whole resource",
                    declared=found.declared,
                    observed=found.observed,
                    where=_where(blueprint, found.name),
                )
            )
    return Drift(
        items=sorted(items, key=lambda item: (item.kind, item.subject, item.setting)),
        settings=sum(stack.settings for stack in stacks) + cables_seen + checks + operations,
        devices=sum(stack.resources for stack in stacks) + len(results),
        unreachable=sorted(unreachable | dark_switches),
        seconds=round(time.monotonic() - started, 1),
    )


def _stacks(folder: SiteFolder, blueprint: Blueprint, emit: Emit) -> list[StackDrift]:
    from gigaworks.stacks.engine import Engine

    engine = Engine(folder, blueprint)
    stacks = slices_of(folder, blueprint)
    emit(Event(kind="phase", subject="stacks", message=f"reading what they applied: {', '.join(stacks)}"))
    engine.stacks()  # loads Pulumi, which must not happen in several threads at once
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(engine.drift, stacks.values()))


def _cables(
    folder: SiteFolder, blueprint: Blueprint, records: dict[str, NodeRecord]
) -> tuple[list[DriftItem], int, set[str]]:
    """Return cable findings, how many cables were judged, and the switches that did not answer."""
    from gigaworks.inventory.cabling import compare, neighbours
    from gigaworks.inventory.remote import Remote

    def ask(name: str) -> bytes | None:
        management = blueprint.switches[name].management
        try:
            with Remote(folder, name, management.address, management.user) as switch:
                return switch.run("lldpcli -f json0 show neighbors", timeout=LLDP_S).encode()
        except GigaworksError:
            return None

    switches = sorted(name for name, switch in blueprint.switches.items() if switch.platform)
    with ThreadPoolExecutor(max_workers=32) as pool:
        answers = dict(zip(switches, pool.map(ask, switches), strict=True))
    seen = {name: neighbours(text) for name, text in answers.items() if text is not None}
    dark = frozenset(n for n in blueprint.nodes if n not in records or records[n].state != "in service")
    items = [
        DriftItem(
            kind="cable",
            subject=", ".join(finding.cables),
            setting=f"{finding.kind} at {finding.at}",
            declared=finding.declared,
            observed=finding.observed,
            healable=False,
        )
        for finding in compare(blueprint, seen, dark)
    ]
    judged = sum(cable.a.device in seen or cable.b.device in seen for cable in blueprint.cables)
    return items, judged, {name for name, text in answers.items() if text is None}


def _nodes(
    folder: SiteFolder, blueprint: Blueprint, records: dict[str, NodeRecord], emit: Emit
) -> tuple[list[DriftItem], dict[str, HostResult]]:
    """Let the roles say what they would change and read back every setting of the nodes in service."""
    from gigaworks.cli.workflows.nodes import run_roles
    from gigaworks.roles.context import configuring

    names = [name for name in sorted(blueprint.nodes) if name in records and records[name].state == "in service"]
    results = run_roles(folder, blueprint, names, "plan", configuring, emit)
    items: list[DriftItem] = []
    for name, result in results.items():
        calls = {call.role: call for call in blueprint.profiles[blueprint.nodes[name].profile].roles}
        items += _differences(name, result, calls)
    return items, results


def _differences(name: str, result: HostResult, calls: dict[str, RoleCall]) -> Iterator[DriftItem]:
    told: set[str] = set()
    for check in result.checks:
        if not check.ok:
            told.add(check.role)
            setting, where = f"{check.role} {check.summary}", _origin(calls.get(check.role), check.id)
            yield DriftItem(
                kind="node",
                subject=name,
                setting=setting,
                declared=check.expected,
                observed=check.observed,
                where=where,
            )
    for operation in result.operations:
        if operation.change and operation.role not in told:  # a check has told it better, with both values
            yield DriftItem(
                kind="node",
                subject=name,
                setting=f"{operation.role}: {operation.name}",
                declared="as the role makes it",
                observed=operation.diff or "changed",
                where=_origin(calls.get(operation.role), ""),
            )


def _origin(call: RoleCall | None, setting: str) -> str:
    """Return ``file:line`` of the parameter that the setting comes from, else of the role."""
    if call is None:
        return ""
    return next((place for name, place in call.origins.items() if name and name in setting), call.where)


def _where(blueprint: Blueprint, name: str) -> str:
    for nouns in (blueprint.nodes, blueprint.switches, blueprint.pdus, blueprint.volumes):
        if name in nouns:
            return str(nouns[name].where)
    return ""
