"""What would change: the blueprint against what was applied, previews of the stacks that moved, nodes and waves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from gigaworks import __version__
from gigaworks.cli.record import git
from gigaworks.cli.record.document import (
    BlastRadius,
    Change,
    Counts,
    Laws,
    NodeAction,
    NodeChange,
    Parent,
    PathChange,
    PlanDocument,
    ResourceChange,
    RoleChange,
    StackPlan,
    Wave,
)
from gigaworks.cli.workflows.drift import find_drift
from gigaworks.cli.workflows.events import Emit, Event
from gigaworks.cli.workflows.opened import applied_blueprint, image_digests, open_plant, slices_of
from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.canonical import digest
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Problem, Refused
from gigaworks.inventory.selection import select

if TYPE_CHECKING:
    from gigaworks.cli.record.results import Drift
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.fleet.record import NodeRecord, State
    from gigaworks.stacks.engine import Engine
    from gigaworks.stacks.engine.changes import ResourceChange as EngineChange
    from gigaworks.stacks.engine.changes import StackPreview
    from gigaworks.stacks.slicing.declared import StackSlice

HELD = {"quarantined", "repair"}  # a person has them
SIDE_BY_SIDE = 4  # previews; each keeps a processor busy for most of a second
STACK_OF_KIND = {"switch": "network", "boot": "network", "storage": "storage"}


class Scope(NamedTuple):
    """What the person who plans chooses: nodes by ``selection.select``'s expressions, and how many may fail."""

    limit: tuple[str, ...] = ()  # only these nodes; empty is all
    exclude: tuple[str, ...] = ()  # these nodes not
    fail_percent: int | None = None  # of a wave's nodes; None is the site's policy


EVERYTHING = Scope()


def make_plan(
    declared: Declared,
    folder: SiteFolder,
    emit: Emit,
    *,
    refresh: bool = False,
    destroy: bool = False,
    scope: Scope = EVERYTHING,
) -> PlanDocument:
    """Return the plan that brings the site from what was applied to what is declared.

    ``refresh`` looks at every device first, so that what was changed behind our back is put right; ``destroy`` plans
    to take everything away; ``scope`` chooses nodes, stacks are planned whole. Nothing is changed but the databases'
    files being made.

    Raises:
        Refused: a law is broken; every finding.
        WrongUse: ``scope`` names nodes that there are not.
        GigaworksError: the engine or the plant cannot be used.
    """
    broken = [finding for finding in declared.findings if finding.severity == "error"]
    if broken and not destroy:
        raise Refused(*broken)
    blueprint = declared.blueprint
    plant = open_plant(folder, blueprint)
    try:
        head = plant.head()
        applied = applied_blueprint(plant)
        records, typical = plant.nodes.all(), plant.nodes.typical_s()
        digests = {name: plant.stack_digest(name) for name in _stack_names(blueprint, applied)}
    finally:
        plant.close()
    meant = _meant(scope, blueprint, records)
    drift = find_drift(declared, folder, emit) if refresh and applied and not destroy else None
    stacks, resources = _stacks(folder, blueprint, digests, drift, emit, destroy=destroy)
    changes = _retirements(records) if destroy else _nodes(folder, blueprint, applied, records, drift)
    nodes = [change for change in changes if change.name in meant]
    waves, minutes = _waves(blueprint, nodes, records, typical)
    return PlanDocument(
        gigaworks_version=__version__,
        site=blueprint.site.name,
        blueprint_digest=digest(blueprint),
        parent=Parent(serial=head.serial, plan=head.plan) if head else None,
        git=git.head(folder.root),
        destroy=destroy,
        blueprint=blueprint,
        stacks=stacks,
        resource_changes=resources,
        node_changes=nodes,
        waves=waves,
        blast_radius=_blast_radius(blueprint, nodes),
        laws=_laws(declared.findings),
        findings=[*declared.findings, *_held(folder, blueprint, records)],
        forecast_minutes=minutes,
        left_out=[change.name for change in changes if change.name not in meant],
        fail_percent=scope.fail_percent,
    )


def _meant(scope: Scope, blueprint: Blueprint, records: dict[str, NodeRecord]) -> set[str]:
    """Return the nodes that the plan may touch."""
    chosen = select(scope.limit, blueprint, records) if scope.limit else {*blueprint.nodes, *records}
    return chosen - select(scope.exclude, blueprint, records)


def _stack_names(blueprint: Blueprint, applied: Blueprint | None) -> list[str]:
    """Return every stack that there is or was, in the order of creation."""
    halls = sorted({*blueprint.halls, *(applied.halls if applied else ())})
    return ["site", *(f"hall-{hall}" for hall in halls), "network", "storage"]


def _stacks(
    folder: SiteFolder,
    blueprint: Blueprint,
    applied: dict[str, str | None],
    drift: Drift | None,
    emit: Emit,
    *,
    destroy: bool,
) -> tuple[dict[str, StackPlan], list[ResourceChange]]:
    from gigaworks.stacks.engine import Engine
    from gigaworks.stacks.slicing.declared import StackSlice

    declared = slices_of(folder, blueprint)
    drifted = _drifted_stacks(blueprint, drift)
    engine = Engine(folder, blueprint)
    gone = set(engine.stacks()) if destroy else {name for name in applied if name not in declared}
    plans: dict[str, StackPlan] = {}
    todo: dict[str, StackSlice] = {}
    for name, before in applied.items():
        wanted = declared.get(name) or StackSlice(name=name, kind="hall", resources=[])
        if destroy:
            wanted = StackSlice(name=name, kind=wanted.kind, resources=[])
        if before is None and not wanted.resources and name not in gone:
            continue
        if wanted.digest == before and name not in drifted:
            count = Counts(noop=len(wanted.resources))
            plans[name] = StackPlan(slice_digest=wanted.digest, unchanged=True, counts=count)
        else:
            todo[name] = wanted
    changes: list[ResourceChange] = []
    for name, preview in _previews(engine, todo, drifted, emit).items():
        plans[name] = StackPlan(slice_digest=todo[name].digest, preview_digest=preview.digest, counts=_counts(preview))
        changes += [_change(change, "drift" if name in drifted else "") for change in preview.changes]
    return {name: plans[name] for name in applied if name in plans}, changes


def _previews(engine: Engine, todo: dict[str, StackSlice], drifted: set[str], emit: Emit) -> dict[str, StackPreview]:
    """Preview stacks side by side."""
    for name in todo:
        emit(Event(kind="phase", subject=f"stack {name}", message="preview"))
    if todo:
        engine.stacks()  # loads Pulumi, which must not happen in several threads at once
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        previews = pool.map(lambda name: engine.preview(todo[name], refresh=name in drifted), todo)
        return dict(zip(todo, previews, strict=True))


def _drifted_stacks(blueprint: Blueprint, drift: Drift | None) -> set[str]:
    """Return the stacks in which something ours to heal was changed behind our back."""
    found = set()
    for item in drift.items if drift else ():
        if item.kind in STACK_OF_KIND:
            found.add(STACK_OF_KIND[item.kind])
        elif item.kind == "bmc":
            found.add(f"hall-{blueprint.nodes[item.subject].hall}" if item.subject in blueprint.nodes else "site")
        elif item.kind == "pdu" and item.subject in blueprint.pdus:
            found.add(f"hall-{blueprint.pdus[item.subject].hall}")
    return found


def _counts(preview: StackPreview) -> Counts:
    kinds = [action for change in preview.changes for action in change.actions]
    return Counts(
        create=kinds.count("create"), update=kinds.count("update"), delete=kinds.count("delete"), noop=preview.same
    )


def _change(change: EngineChange, reason: str) -> ResourceChange:
    return ResourceChange(
        address=change.address,
        stack=change.stack,
        type=change.type,
        name=change.name,
        change=Change(
            actions=list(change.actions),
            before=change.before,
            after=change.after,
            diff=[PathChange(path=p.path, before=p.before, after=p.after) for p in change.diff],
        ),
        action_reason=reason,
    )


def _nodes(
    folder: SiteFolder,
    blueprint: Blueprint,
    applied: Blueprint | None,
    records: dict[str, NodeRecord],
    drift: Drift | None,
) -> list[NodeChange]:
    from gigaworks.inventory.fleet.node_digest import explain_change, node_spec_digest

    images = image_digests(folder, blueprint)
    found: list[NodeChange] = []
    for name, node in sorted(blueprint.nodes.items()):
        record = records.get(name)
        state = record.state if record else "expected"
        if state in HELD:
            continue
        if record is None or state not in {"in service", "drain"}:
            found.append(_node_change(blueprint, node, state, "bring-up", _reason(record)))
            continue
        wanted = node_spec_digest(blueprint, node, images[node.arch])
        changes = [RoleChange(**change) for change in explain_change(applied, blueprint, node)] if applied else []
        if record.installed_digest != wanted["install"]:
            found.append(_node_change(blueprint, node, state, "bring-up", "its image or identity changed", changes))
            continue
        mended = [
            RoleChange(role="drift", summary=i.setting, before=i.observed, after=i.declared, where=i.where)
            for i in (drift.items if drift else ())
            if i.kind == "node" and i.subject == name
        ]
        if record.configured_digest != wanted["configure"] or mended or state == "drain":
            reason = "changed behind our back" if mended else "its configuration changed"
            if state == "drain":  # an apply was cut off here: its disk is as it should be
                reason = "drained and not back in service"
            found.append(_node_change(blueprint, node, state, "configure", reason, [*changes, *mended]))
    gone = {name: record for name, record in records.items() if name not in blueprint.nodes}
    return [*found, *_retirements(gone)]


def _held(folder: SiteFolder, blueprint: Blueprint, records: dict[str, NodeRecord]) -> list[Problem]:
    """Return a warning for each declared node that only a person may give back."""
    return [
        Problem(
            "a node is left out of the plan",
            f"{name} is {record.state}" + (f": {record.reason}" if record.reason else ""),
            f"see to it, then: gigaworks node release {folder.root} {name}",
            severity="warning",
            subject=name,
        )
        for name, record in sorted(records.items())
        if name in blueprint.nodes and record.state in HELD
    ]


def _reason(record: NodeRecord | None) -> str:
    if record is None or record.state == "expected":
        return "declared and not in service yet"
    return f"failed: {record.reason}" if record.state == "failed" else f"stopped at {record.state}"


def _node_change(
    blueprint: Blueprint,
    node: Node,
    state: str,
    action: NodeAction,
    reason: str,
    changes: list[RoleChange] | None = None,
) -> NodeChange:
    roles = [call.role for call in blueprint.profiles[node.profile].roles]
    return NodeChange(
        name=node.name,
        actions=[action],
        from_state=state,
        to_state="in service",
        profile=node.profile,
        roles=list(dict.fromkeys(roles)),
        changes=changes or [],
        restart=action == "bring-up" and state == "in service",
        reason=reason,
    )


def _retirements(records: dict[str, NodeRecord]) -> list[NodeChange]:
    return [
        NodeChange(
            name=name,
            actions=["retire"],
            from_state=record.state,
            to_state="retired",
            profile="",
            reason="no longer declared",
        )
        for name, record in sorted(records.items())
        if record.state != "retired"
    ]


def _waves(
    blueprint: Blueprint, nodes: list[NodeChange], records: dict[str, NodeRecord], typical: dict[State, float]
) -> tuple[list[Wave], float | None]:
    from gigaworks.inventory.fleet.waves import forecast_s, plan_waves

    names = [change.name for change in nodes if "retire" not in change.actions]
    if not names:
        return [], None
    phases = plan_waves(names, blueprint, records, blueprint.policy)
    minutes = forecast_s(phases, records, typical) / 60
    return [Wave(stage=phase.stage, nodes=phase.nodes) for phase in phases], round(minutes, 1)


def _blast_radius(blueprint: Blueprint, changes: list[NodeChange]) -> BlastRadius:
    nodes = [blueprint.nodes[change.name] for change in changes if change.name in blueprint.nodes]
    return BlastRadius(
        nodes=len(changes),
        of_nodes=len({*blueprint.nodes, *(change.name for change in changes)}),
        racks=len({node.rack for node in nodes}),
        accelerators=sum(node.sku.accelerators.count for node in nodes if node.sku.accelerators),
        kw=round(sum(node.draw_kw or 0.0 for node in nodes), 3),
        unknown_draws=sum(node.draw_kw is None for node in nodes),
    )


def _laws(findings: list[Problem]) -> Laws:
    from gigaworks.inventory.laws import LAWS

    broken = {finding.id for finding in findings if finding.severity == "error"}
    waived = sorted({f"{finding.id} {finding.waived}" for finding in findings if finding.waived})
    return Laws(hold=len(LAWS) - len(broken) - len(waived), waived=waived, broken=len(broken))
