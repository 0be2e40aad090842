"""YAML text to plain values in which every value knows where it was written.

The scalar rules are those of the YAML 1.2 core schema, so ``no`` is text. What people do not mean is refused:
a key that comes twice, tags, several documents, tabs as indentation, aliases that multiply, files over 4 MB.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn, cast

import yaml

from gigaworks.inventory.problem import Place, Problem

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_ALIASED = 10_000  # values that aliases may repeat in one file

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAB = re.compile(r"^[ ]*\t", re.MULTILINE)
_CONTROL = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq")} | {"!"}


class Map(dict[str, Any]):
    """A mapping that knows where it, each key and each value stand."""

    place: Place
    keys_at: dict[str, Place]
    values_at: dict[str, Place]


class Seq(list[Any]):
    """A list that knows where it and each item stand."""

    place: Place
    values_at: list[Place]


class Unreadable(Exception):
    """The file is no YAML that we accept; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.summary)


def misplaced(path: Path, root: Path) -> Problem | None:
    """Return what is wrong with where a file lies: a link out of the folder ``root``, or to nothing."""
    name = path.relative_to(root).as_posix()
    if not path.resolve().is_relative_to(root.resolve()):
        detail = f"{name} leads to {path.resolve()}, outside the site folder"
        return Problem("link out of the folder", detail, "put the file itself here", Place(name))
    if not path.is_file():
        return Problem("missing file", f"{name} leads nowhere", "remove the link or restore the file", Place(name))
    return None


def read_text(path: Path, name: str) -> str:
    """Return the text of a file, byte order mark off.

    Raises:
        Unreadable: it cannot be opened, is over 4 MB or is not UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            size = path.stat().st_size / 1024 / 1024
            _refuse("file too large", f"{name} has {size:.1f} MB; a site file may have 4 MB", "split it", Place(name))
        data = path.read_bytes()
    except OSError as error:
        _refuse("file not readable", f"{name}: {error.strerror}", "check that it exists and may be read", Place(name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _position(name, data[: error.start].decode())
        _refuse("not UTF-8", f"byte {data[error.start]:#04x} is no UTF-8", "save the file as UTF-8", place)


def parse(text: str, name: str) -> tuple[Map, list[Problem]]:
    """Return the mapping at the top of ``text`` and what was wrong with it, duplicate keys and tags among it.

    Raises:
        Unreadable: the text cannot be read to its end.
    """
    tab, control = _TAB.search(text), _CONTROL.search(text)
    if tab:
        place = _position(name, text[: tab.end() - 1])
        _refuse("tab as indentation", "YAML indents with spaces", "replace the tab by spaces", place)
    if control:
        place = _position(name, text[: control.start()])
        _refuse("control character", f"U+{ord(control[0]):04X} is not allowed in YAML", "remove it", place)
    reader = _Reader(name)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        hint = "text that holds [ ] { } : # or , stands in quotes where it stands between brackets"
        _refuse("not YAML", " ".join(filter(None, (error.context, error.problem))), hint, place)
    top = reader.top
    if top is None:
        top = Map()
        top.place, top.keys_at, top.values_at = Place(name, 1, 1), {}, {}
    if not isinstance(top, Map):
        _refuse(
            "not a mapping",
            "a site file holds `key: value` lines at its top",
            "begin with `schema: 1`",
            Place(name, 1, 1),
        )
    return top, reader.problems


def _position(name: str, before: str) -> Place:
    """Return the place of the character that follows ``before``."""
    return Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _refuse(summary: str, detail: str, fix: str, where: Place) -> NoReturn:
    raise Unreadable(Problem(summary, detail, fix, where))


class _Reader:
    """Builds values from the parser's events, with a stack in place of recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.top: Any = None
        self.documents = 0
        self.aliased = 0
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.stack: list[_Open] = []

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(self._scalar(event), event)
        elif kind is yaml.MappingStartEvent:
            made = Map()
            made.place, made.keys_at, made.values_at = self._place(event), {}, {}
            self._open(made, event)
        elif kind is yaml.SequenceStartEvent:
            items = Seq()
            items.place, items.values_at = self._place(event), []
            self._open(items, event)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            self._close(event)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                _refuse("several documents", "a site file holds one document", "make it two files", self._place(event))

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        stop = end.column + 1 if end.line == start.line else 0
        return Place(self.name, start.line + 1, start.column + 1, stop)

    def _scalar(self, event: Any) -> Any:
        self._tag(event)
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        if _INT.fullmatch(text):
            return int(text) if len(text) < 40 else text
        if _RADIX.fullmatch(text):
            return int(text[2:], 8 if text[1] == "o" else 16) if len(text) < 40 else text
        return float(text) if _FLOAT.fullmatch(text) and len(text) < 40 else text

    def _tag(self, event: Any) -> None:
        if event.tag is not None and event.tag not in _TAGS:
            detail = f"`{event.tag}` asks for more than plain values"
            self.problems.append(Problem("unknown tag", detail, "remove the tag", self._place(event)))

    def _open(self, made: Map | Seq, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            _refuse("nested too deeply", f"more than {MAX_DEPTH} levels", "flatten it", self._place(event))
        self._tag(event)
        self.stack.append(_Open(made, event.anchor))

    def _close(self, event: Any) -> None:
        opened = self.stack.pop()
        made = opened.made
        start, end = made.place, event.end_mark
        if end.line + 1 == start.line:
            made.place = Place(start.file, start.line, start.column, end.column + 1)
        self._put(made, made.place, opened.anchor, opened.size)

    def _add(self, value: Any, event: Any) -> None:
        self._put(value, self._place(event), event.anchor, 1)

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        if event.anchor not in self.anchors:
            _refuse(
                "unknown alias",
                f"`*{event.anchor}` has no complete `&{event.anchor}` before it",
                "define it first",
                place,
            )
        value, size = self.anchors[event.anchor]
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            _refuse("aliases multiply", f"aliases repeat more than {MAX_ALIASED:,} values", "use ranges", place)
        self._put(value, place, None, size)

    def _put(self, value: Any, place: Place, anchor: str | None, size: int) -> None:
        if anchor:
            self.anchors[anchor] = value, size
        if not self.stack:
            self.top = value
            return
        parent = self.stack[-1]
        parent.size += size
        if isinstance(parent.made, Seq):
            parent.made.append(value)
            parent.made.values_at.append(place)
        elif not parent.has_key:
            self._key(parent, value, place)
        else:
            parent.has_key = False
            if parent.key is not None:
                parent.made[parent.key] = value
                parent.made.values_at[parent.key] = place

    def _key(self, parent: _Open, value: Any, place: Place) -> None:
        made = cast("Map", parent.made)
        parent.has_key, parent.key = True, None
        if not isinstance(value, str):
            shown = (
                "nothing" if value is None else f"`{value}`" if isinstance(value, int | float) else "a list or mapping"
            )
            self.problems.append(
                Problem("key is no text", f"{shown} stands where a name belongs", "write it in quotes", place)
            )
            if isinstance(value, int | float):  # kept, so that what refers to it is not refused as well
                parent.key = str(value)
                made.keys_at[parent.key] = place
        elif value in made.keys_at:
            detail = f"`{value}` stands here and at {made.keys_at[value]}; the second would hide the first"
            self.problems.append(Problem("duplicate key", detail, "remove or rename one of them", place))
        else:
            parent.key = value
            made.keys_at[value] = place


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("anchor", "has_key", "key", "made", "size")

    def __init__(self, made: Map | Seq, anchor: str | None) -> None:
        self.made = made
        self.anchor = anchor
        self.size = 1
        self.has_key = False
        self.key: str | None = None
