"""The tree written out: two spaces a level, flow collections aligned or filled, comments in their column."""

from __future__ import annotations

import re

from gigaworks.inventory.fmt.order import Shape
from gigaworks.inventory.fmt.tree import Entry, Node

WIDTH = 120
COMMENT_COLUMN = 29  # counted from 0; two spaces behind what is longer
_BLOCK = re.compile(r"(?:[&!]\S*\s+)*[|>][-+0-9]*\s*(?:#.*)?")  # the first line of a block scalar
_KEPT = "\0"  # marks an empty line that is part of a value


def written(top: Node, shape: Shape | None) -> str:
    """Return the text of a file; what stands above its first key stays above everything."""
    head: list[str] = []
    if top.entries:
        head, top.entries[0].above = top.entries[0].above, []
    lines = [*head, *_map(top, 0, shape)]
    return "\n".join(_single(lines)) + "\n"


def _single(lines: list[str]) -> list[str]:
    """Return the lines without empty ones at both ends and after each other; a block scalar keeps its own."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return [line.replace(_KEPT, "") for line in kept]


def _map(node: Node, indent: int, shape: Shape | None) -> list[str]:
    entries = _ordered(node, shape)
    flows = [len(e.key or "") for e in entries if e.value.flow and e.value.kind == "map" and e.value.entries]
    width = max(flows) if len(flows) > 1 and not (shape and shape.noun) else 0
    lines: list[str] = []
    for n, entry in enumerate(entries):
        above = entry.above[:]
        while not n and above and not above[0]:
            above.pop(0)  # what opens a collection has no empty line before it
        lines += _indented(above, indent)
        key = f"{entry.key}:"
        if entry.value.flow and entry.value.kind == "map" and entry.value.entries:
            key = key.ljust(width + 1)
        inside = shape.inside(entry.name) if shape else None
        lines += _valued(key, entry, indent, inside)
    return lines + _indented(node.below, indent)


def _list(node: Node, indent: int, shape: Shape | None) -> list[str]:
    lines: list[str] = []
    inside = shape.inside("") if shape else None
    for n, entry in enumerate(node.entries):
        above, value = [*entry.above, *_lifted(entry.value)], entry.value
        if value.block and value.entries and not value.text:
            body = _body(entry, indent + 2, inside)
            above += [entry.after_key] if entry.after_key else []
            own = [f"{' ' * indent}- {body[0].lstrip()}", *body[1:]]
        else:
            own = _valued("-", entry, indent, inside)
        while not n and above and not above[0]:
            above.pop(0)
        lines += [*_indented(above, indent), *own]
    return lines + _indented(node.below, indent)


def _body(entry: Entry, indent: int, shape: Shape | None) -> list[str]:
    """Return the lines of a block; a comment behind what was its closing bracket stands below it."""
    value = entry.value
    lines = _map(value, indent, shape) if value.kind == "map" else _list(value, indent, shape)
    return lines + _indented([entry.behind] if entry.behind else [], indent)


def _lifted(value: Node) -> list[str]:
    """Take what stands above the first line of a value that begins on its item's own line."""
    if not value.block or not value.entries or value.text:
        return []
    first = value.entries[0]
    above, first.above = first.above, []
    return above + (_lifted(first.value) if value.kind == "seq" else [])


def _valued(head: str, entry: Entry, indent: int, shape: Shape | None) -> list[str]:
    """Return a key, or the dash of an item, with its value."""
    value, begin, pad = entry.value, " " * indent + head, " " * (indent + 2)
    if value.block:
        return [_commented(f"{begin} {value.text}".rstrip(), entry.after_key), *_body(entry, indent + 2, shape)]
    pieces = [_inline(value, shape)] if value.flow else _scalar(value.text, pad)
    if not pieces[0]:
        return [_commented(begin.rstrip(), entry.after_key or entry.behind)]
    if value.flow and (entry.after_key or len(f"{begin} {pieces[0]}") > WIDTH):
        pieces = _filled(value, shape, pad) if value.entries else pieces
        same_line = head == "-"
    else:
        same_line = not entry.after_key
    lines = [f"{begin} {pieces[0]}"] if same_line else [_commented(begin.rstrip(), entry.after_key), pad + pieces[0]]
    lines += pieces[1:]
    return [*lines[:-1], _commented(lines[-1], entry.behind)]


def _inline(value: Node, shape: Shape | None) -> str:
    """Return a scalar or a flow collection on one line."""
    if value.kind == "scalar":
        return value.text
    opening, closing = "{}" if value.kind == "map" else "[]"
    props = f"{value.text} " if value.text else ""
    return (
        props + opening + ", ".join(key + _inline(item, inside) for key, item, inside in _items(value, shape)) + closing
    )


def _items(value: Node, shape: Shape | None) -> list[tuple[str, Node, Shape | None]]:
    """Return the items of a flow collection in their order: ``key: `` or nothing, the value, its shape."""
    found = []
    for entry in _ordered(value, shape):
        key = f"{entry.key}: " if entry.key is not None else ""
        found.append((key, entry.value, shape.inside(entry.name) if shape else None))
    return found


def _ordered(value: Node, shape: Shape | None) -> list[Entry]:
    return sorted(value.entries, key=lambda entry: shape.rank(entry.name)) if shape else value.entries


def _filled(value: Node, shape: Shape | None, pad: str) -> list[str]:
    """Return a flow collection in lines of the width, the first without its indentation."""
    lines: list[str] = []
    current = ""
    for part in _parts(value, shape, WIDTH - len(pad) - 1):
        if current and len(f"{pad} {current} {part}") > WIDTH:
            lines.append(current)
            current = part
        else:
            current = f"{current} {part}".lstrip()
    first, *rest = [*lines, current]
    return [first, *(f"{pad} {line}" for line in rest)]


def _parts(value: Node, shape: Shape | None, room: int) -> list[str]:
    """Return a flow collection in parts between which a line may end: its items, those apart that need the room."""
    opening, closing = "{}" if value.kind == "map" else "[]"
    parts: list[str] = []
    for key, item, inside in _items(value, shape):
        whole = key + _inline(item, inside)
        apart = item.flow and item.entries and len(whole) > room
        own = [whole] if not apart else _parts(item, inside, room)
        own[0] = own[0] if not apart else key + own[0]
        parts += [*own[:-1], f"{own[-1]},"]
    parts[0] = f"{value.text} {opening}".lstrip() + parts[0]
    parts[-1] = parts[-1][:-1] + closing
    return parts


def _scalar(text: str, pad: str) -> list[str]:
    """Return a scalar in lines, the first without its indentation."""
    first, *rest = text.split("\n")
    if not rest:
        return [text]
    if _BLOCK.fullmatch(first):
        own = next((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), 0)
        return [first.rstrip(), *(pad + line[own:] if len(line) > own else _KEPT for line in rest)]
    return [first.rstrip(), *(pad + line.strip() if line.strip() else _KEPT for line in rest)]


def _commented(line: str, comment: str) -> str:
    if not comment:
        return line
    return f"{line.ljust(COMMENT_COLUMN)}{comment}" if len(line) + 2 <= COMMENT_COLUMN else f"{line}  {comment}"


def _indented(lines: list[str], indent: int) -> list[str]:
    return [" " * indent + line if line else "" for line in lines]
