"""A plan on the screen: changes only, figures with units, and the command to type next."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from typing import Any

from gigaworks.cli.record.document import NodeChange, PlanDocument, ResourceChange, StackPlan
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, draw, joined, short, value, width_of

_NOUN = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SYMBOLS = {"create": "+", "update": "~", "delete": "-", "bring-up": "+", "configure": "~", "retire": "-"}
_COLOURS = {"+": "green", "~": "yellow", "-": "red"}
_MOST = 4  # changes named in a stack's line before "and N more"


def show_plan(plan: PlanDocument, stream: Stream, *, diff: bool = False, verbose: bool = False, then: str = "") -> None:
    """Show a plan; ``diff`` adds the lines of files, ``verbose`` every resource, ``then`` the next command."""
    stream.line(f"{stream.paint(plan.site, 'bold')} {_against(plan)}")
    if plan.empty:
        stream.lines(["", *_left_out(plan), "Nothing to do: what is declared is what was applied.", *_laws(plan)])
        return
    stream.lines(["", *_stacks(plan, stream, verbose)])
    if plan.node_changes:
        stream.lines(["", *_nodes(plan, stream, verbose)])
    stream.lines(["", *columns([*_waves(plan), *_blast_radius(plan)], gap=2), *_laws(plan)])
    if diff:
        stream.lines(file_lines(plan, stream))
    stream.lines(["", *_left_out(plan), summary(plan)])
    if then:
        stream.line(then)


def _left_out(plan: PlanDocument) -> list[str]:
    """Return what the plan does nothing about, and what a person can do."""
    held = [finding for finding in plan.findings if not finding.id and finding.severity == "warning"]
    lines = [line for finding in held for line in (f"! {finding.detail}", f"  {finding.fix}")]
    if plan.left_out:
        lines += [f"! left out on request: {count(len(plan.left_out), 'node')} that would change, too"]
        lines += [f"  {fold(plan.left_out)}"]
    return lines


def summary(plan: PlanDocument) -> str:
    """Return the plan in one sentence."""
    stacks = plan.stacks.values()
    create, update, delete = (sum(getattr(s.counts, kind) for s in stacks) for kind in ("create", "update", "delete"))
    parts = [f"{create} to create, {update} to change, {delete} to delete"]
    words = {"bring-up": "to bring up", "configure": "to configure", "retire": "to retire"}
    numbers = {action: sum(action in node.actions for node in plan.node_changes) for action in words}
    told = [f"{number} {words[action]}" for action, number in numbers.items() if number]
    if told:
        first, _, rest = told[0].partition(" ")
        parts.append(joined([f"{count(int(first), 'node')} {rest}", *told[1:]]))
    return f"{'Destroy' if plan.destroy else 'Plan'}: {'; '.join(parts)}."


def _against(plan: PlanDocument) -> str:
    git = plan.git
    at = f"at {git.commit[:7]} ({git.branch or 'no branch'}, {'changed' if git.dirty else 'clean'}) " if git else ""
    if plan.parent is None:
        return f"{at}against nothing: no plan was applied yet"
    return f"{at}against what was applied: plan {short(plan.parent.plan)} (serial {plan.parent.serial})"


def _stacks(plan: PlanDocument, stream: Stream, verbose: bool) -> list[str]:
    by_stack: dict[str, list[ResourceChange]] = defaultdict(list)
    for change in plan.resource_changes:
        by_stack[change.stack].append(change)
    rows = [("stacks", "+", "~", "-", "=")]
    named: list[str] = []
    told: list[list[str]] = [[]]
    for name, stack in plan.stacks.items():
        if not stack.counts.changes and not verbose:
            named.append(name)
            continue
        rows.append((f"  {name}", *_figures(stack)))
        told.append(_told(by_stack[name], verbose))
    lines = []
    for line, parts in zip(columns(rows, gap=3, right=(1, 2, 3, 4)), told, strict=True):
        margin = width_of(line) + 3
        rest = _flow([_painted(part, stream) for part in parts], stream.width - margin, one_each=verbose)
        lines.append(f"{line}   {rest[0]}" if rest else line)
        lines += [" " * margin + text for text in rest[1:]]
    if named:
        lines.append(f"  {', '.join(named)}: unchanged")
    return lines


def _figures(stack: StackPlan) -> tuple[str, str, str, str]:
    counts = stack.counts
    return tuple(str(n) if n else "." for n in (counts.create, counts.update, counts.delete, counts.noop))  # type: ignore[return-value] # four in, four out


def _told(changes: list[ResourceChange], verbose: bool) -> list[str]:
    """Return what changes in a stack, most telling first: few by name, many by number."""
    parts: list[str] = []
    for action in ("create", "delete", "update"):
        kinds: dict[str, list[ResourceChange]] = defaultdict(list)
        for change in changes:
            if action in change.change.actions:
                kinds[noun(change.type)].append(change)
        for kind, group in sorted(kinds.items()):
            symbol = _SYMBOLS[action]
            if action == "update" and (verbose or len(group) <= _MOST):
                parts += [f"{symbol} {change.name} {told(change)}".rstrip() for change in group]
            elif verbose or len(group) == 1:
                parts += [f"{symbol} {kind} {change.name}" for change in group]
            else:
                parts.append(f"{symbol} {count(len(group), kind)}")
    return parts if verbose or len(parts) <= 2 * _MOST else [*parts[: 2 * _MOST], f"and {len(parts) - 2 * _MOST} more"]


def noun(type_: str) -> str:
    """Return the word for a resource type: ``gigaworks:index:FloorTap`` is ``floor tap``."""
    return _NOUN.sub(" ", type_.rsplit(":", 1)[-1]).lower()


def told(change: ResourceChange) -> str:
    """Return what is different in a resource, in a few words."""
    words = []
    for one in change.change.diff:
        if _is_text(one.before) or _is_text(one.after):
            added, removed = _counted(one.before, one.after)
            words.append(f"+{added} -{removed} lines")
        else:
            words.append(f"{one.path} {value(one.before, 24)} → {value(one.after, 24)}")
    return joined(words[:2]) + (f" and {len(words) - 2} more" if len(words) > 2 else "")


def _is_text(it: Any) -> bool:
    return isinstance(it, str) and "\n" in it


def _counted(before: Any, after: Any) -> tuple[int, int]:
    lines = list(difflib.ndiff(_text(before), _text(after)))
    return sum(line[0] == "+" for line in lines), sum(line[0] == "-" for line in lines)


def _text(it: Any) -> list[str]:
    return it.splitlines() if isinstance(it, str) else []


def _flow(parts: list[str], width: int, *, one_each: bool) -> list[str]:
    """Return the parts side by side, as many as a line holds."""
    lines: list[str] = []
    for part in parts:
        if lines and not one_each and width_of(lines[-1]) + width_of(part) + 3 <= width:
            lines[-1] += "   " + part
        else:
            lines.append(part)
    return lines


def _painted(part: str, stream: Stream) -> str:
    colour = _COLOURS.get(part[:1])
    return stream.paint(part[0], colour) + part[1:] if colour else part


def _nodes(plan: PlanDocument, stream: Stream, verbose: bool) -> list[str]:
    """Return the nodes, those with the same changes together."""
    groups: dict[Any, list[NodeChange]] = defaultdict(list)
    for node in plan.node_changes:
        settings = tuple((c.role, c.summary, value(c.before), value(c.after), c.where) for c in node.changes)
        key = (tuple(node.actions), node.from_state, node.to_state, node.profile, tuple(node.roles), settings)
        groups[(*key, node.restart)].append(node)
    rows: list[tuple[str, ...]] = []
    below: list[list[tuple[str, ...]]] = []
    for (actions, before, after, profile, roles, settings, restart), group in groups.items():
        symbol = _SYMBOLS[actions[0]]
        state = before if before == after else f"{before} → {after}"
        names = fold(node.name for node in group)
        what = f"{profile}: {' '.join(roles)}" if "bring-up" in actions or not settings else f"{profile}:"
        rows.append((f"  {_painted(symbol, stream)} {len(group)}", state, names, what))
        more = [] if "bring-up" in actions and not verbose else _settings(settings, verbose)
        if "configure" in actions:
            more.append(("restart" if restart else "no restart",))
        below.append(more)
    lines = ["nodes"]
    for line, details in zip(columns(rows, gap=2), below, strict=True):
        lines += [line, *columns(details, indent=8, gap=3)]
    return lines


def _settings(settings: tuple[tuple[str, ...], ...], verbose: bool) -> list[tuple[str, ...]]:
    shown = settings if verbose else settings[:12]
    rows: list[tuple[str, ...]] = []
    for role, what, before, after, where in shown:
        values = f"{what}" if (before, after) == ("absent", "absent") else f"{what} {before} → {after}"
        rows.append((f"{role}:", values, where))
    if len(shown) < len(settings):
        rows.append((f"and {len(settings) - len(shown)} more: -v shows them",))
    return rows


def _waves(plan: PlanDocument) -> list[tuple[str, str]]:
    if not plan.waves:
        return []
    stages: dict[int, list[int]] = defaultdict(list)
    for wave in plan.waves:
        stages[wave.stage].append(len(wave.nodes))
    told = []
    for stage, sizes in sorted(stages.items()):
        first, rest = sizes[0], sizes[1:]
        text = f"{first} canary, then {', '.join(map(str, rest))}" if rest else f"{count(first, 'node')} at once"
        told.append(f"stage {stage}: {text}" if len(stages) > 1 else text)
    if plan.forecast_minutes is not None:
        told.append(f"about {plan.forecast_minutes:.0f} min")
    return [("waves        ", "; ".join(told))]


def _blast_radius(plan: PlanDocument) -> list[tuple[str, str]]:
    it = plan.blast_radius
    nodes = f"{it.nodes} of {count(it.of_nodes, 'node')}"
    parts = [nodes, count(it.racks, "rack"), count(it.accelerators, "accelerator"), draw(it.kw, it.unknown_draws)]
    return [("blast radius ", ", ".join(parts))]


def _laws(plan: PlanDocument) -> list[str]:
    laws = plan.laws
    if not (laws.hold or laws.waived or laws.broken):
        return []
    broken = f"{laws.broken} broken" if laws.broken else ""
    waived = f"{len(laws.waived)} waived: {'; '.join(laws.waived)}" if laws.waived else ""
    return ["laws           " + joined([f"{laws.hold} hold", broken, waived])]


def file_lines(plan: PlanDocument, stream: Stream) -> list[str]:
    """Return the lines of files that change, as unified diffs."""
    lines: list[str] = []
    texts = [(f"{c.stack} {c.name} {d.path}", d.before, d.after) for c in plan.resource_changes for d in c.change.diff]
    texts += [(f"{node.name} {c.summary}", c.before, c.after) for node in plan.node_changes for c in node.changes]
    texts += [
        (f"{c.stack} {c.name} {path}", None, text)
        for c in plan.resource_changes
        if "create" in c.change.actions and isinstance(c.change.after, dict)
        for path, text in c.change.after.items()
    ]
    for title, before, after in texts:
        if _is_text(before) or _is_text(after):
            lines += unified(title, before, after, stream)
    return lines


def unified(title: str, before: Any, after: Any, stream: Stream) -> list[str]:
    """Return the lines in which two texts differ, below a title; what is no text counts as empty."""
    lines = ["", stream.paint(title, "bold")]
    for line in list(difflib.unified_diff(_text(before), _text(after), lineterm="", n=2))[2:]:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        lines.append("  " + (stream.paint(line, colour) if colour else line))
    return lines
