"""YAML text to a tree that has every scalar as it was written and every comment beside what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")


@dataclass
class Entry:
    """A key with its value, or an item of a list, with its comments."""

    value: Node
    key: str | None = None  # as it was written
    name: str = ""  # what the key says
    above: list[str] = field(default_factory=list)  # comment lines; an empty text is an empty line
    after_key: str = ""
    behind: str = ""


@dataclass
class Node:
    """A scalar as it was written, or a mapping or list of entries."""

    kind: str  # scalar, map, seq
    column: int
    text: str = ""  # of a scalar; of a collection its anchor and tag
    flow: bool = False
    entries: list[Entry] = field(default_factory=list)
    below: list[str] = field(default_factory=list)  # comment lines after the last entry

    @property
    def block(self) -> bool:
        """Whether it is a collection with each entry on a line of its own."""
        return self.kind != "scalar" and not self.flow


def read(text: str) -> tuple[Node, list[str]]:
    """Return the mapping at the top of a text that `source.parse` has accepted, and all of the text's comments."""
    reader = _Reader(text)
    return reader.top(), reader.comments


class _Reader:
    """Walks over the parser's events; what lies between two scalars is looked through for comments."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[str] = []
        self._events = [
            event
            for event in yaml.parse(text, Loader=yaml.CSafeLoader)
            if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent)
        ]
        self._at = 0
        self._read_to = 0
        self._last: Entry | None = None  # what was read last, and whether that was its key only
        self._only_key = False
        self._before: tuple[Node, int] | None = None  # the value before the entry that begins, and the entry's column

    def top(self) -> Node:
        node = Node("map", 0)
        if self._events and not (isinstance(self._events[0], yaml.ScalarEvent) and not self._events[0].value):
            whole = Entry(node)
            node = self._node(whole)
            node.flow = False
            if node.entries:
                node.entries[0].above[:0] = [*whole.above, *filter(None, [whole.after_key])]
            self._last = self._last if self._last is not whole else None  # what follows its brace stands below it
        for column, line in self._gap(len(self.text), whole=True):
            _give(node, column, line)
        return node

    def _node(self, entry: Entry) -> Node:
        event: Any = self._events[self._at]
        self._at += 1
        start, end, column = event.start_mark.index, event.end_mark.index, event.start_mark.column
        if not isinstance(event, yaml.CollectionStartEvent):
            text = self.text[start:end]
            if "\n" in text and "+" not in text.partition("\n")[0]:
                text = text.rstrip()  # a block scalar ends where the next line begins
            if text:
                self._meet(start, start + len(text), entry)
            return Node("scalar", column, text)
        props = [f"&{event.anchor}" if event.anchor else "", event.tag or ""]
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        node = Node(kind, column, " ".join(filter(None, props)), bool(event.flow_style))
        if not node.flow:
            self._entries(node)
            return node
        self._meet(start, end, entry, only_key=True)
        known = len(self.comments)
        last: Any = self._entries(node)
        node.below = [line for _, line in self._gap(last.end_mark.index - 1) if line]
        inline = all(e.value.flow or (e.value.kind == "scalar" and "\n" not in e.value.text) for e in node.entries)
        node.flow = not node.entries or (inline and len(self.comments) == known)
        self._read_to, self._last, self._only_key = last.end_mark.index, entry, False
        return node

    def _entries(self, node: Node) -> Any:
        """Read the entries of a collection and return the event that ends it."""
        while not isinstance(self._events[self._at], yaml.CollectionEndEvent):
            entry = Entry(node)
            if self._before is None and node.entries and node.block:
                self._before = node.entries[-1].value, node.column
            if node.kind == "map":
                key: Any = self._events[self._at]
                self._at += 1
                start, end = key.start_mark.index, key.end_mark.index
                entry.key, entry.name = self.text[start:end], getattr(key, "value", "")
                self._meet(start, end, entry, only_key=True)
            entry.value = self._node(entry)
            node.entries.append(entry)
        self._at += 1
        return self._events[self._at - 1]

    def _meet(self, start: int, end: int, entry: Entry, *, only_key: bool = False) -> None:
        """Give the comments before what begins at ``start`` to what they are about, and go on behind it."""
        lines = self._gap(start)
        if self._before is not None:
            value, column = self._before
            while lines and value.block and any(c > column for c, line in lines if line):
                if lines[0][1] and lines[0][0] <= column:
                    break
                _give(value, *lines.pop(0))
            self._before = None
        entry.above += [line for _, line in lines]
        self._read_to, self._last, self._only_key = end, entry, only_key

    def _gap(self, end: int, *, whole: bool = False) -> list[tuple[int, str]]:
        """Return the lines between what was read and ``end`` that hold a comment or nothing, with their columns.

        A comment on the line of what was read last goes to that. The line on which ``end`` lies is left out, unless
        ``whole``.
        """
        behind, *lines = self.text[self._read_to : end].split("\n")
        if self._last is None:
            lines.insert(0, behind)
        elif comment := _COMMENT.search(behind):
            self._note(comment[0].rstrip())
            if self._only_key:
                self._last.after_key = self.comments[-1]
            else:
                self._last.behind = self.comments[-1]
        found = []
        for line in lines if whole else lines[:-1]:
            comment = _COMMENT.search(line)
            if comment:
                self._note(comment[0].rstrip())
                found.append((comment.start(), self.comments[-1]))
            elif not line.strip():
                found.append((0, ""))
        return found

    def _note(self, comment: str) -> None:
        self.comments.append(comment)


def _give(node: Node, column: int, line: str) -> None:
    """Put a line below the innermost collection that ends here and is not indented further than the line."""
    while node.entries and node.entries[-1].value.block and column > node.column:
        inner = node.entries[-1].value
        if column < inner.column:
            break
        node = inner
    node.below.append(line)
