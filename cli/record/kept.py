"""Blueprints kept in the user's cache by the digest of all that they follow from: site files, numbers, our own code.

A file holds a blueprint in pieces, so that one node of 25,000 is shown without reading the rest, and two blueprints
are compared without reading what is the same in both. Each piece carries its CRC-32: a file that was cut off or
damaged is made anew. The files can be deleted at any time.
"""

from __future__ import annotations

import functools
import hashlib
import mmap
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gigaworks import __version__
from gigaworks.cli.record.diff import Totals, totals
from gigaworks.inventory.blueprint import Blueprint, Cable, Node, Pdu, PowerDevice, Rack, Switch
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.folder import cache
from gigaworks.inventory.problem import GigaworksError, Problem

TABLES: dict[str, Any] = {"racks": Rack, "power": PowerDevice, "pdus": Pdu, "nodes": Node, "switches": Switch}
_FILES, _BYTES = 16, 1024**3  # what the cache may hold; the files used last stay
_HEAD = struct.Struct(">8sQQI")  # format, then where the index is: offset, bytes, CRC
_FORMAT = b"GWKEPT02"

_T = TypeVar("_T")


class _Piece(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a piece lies."""

    offset: int
    size: int
    crc: int


class _Thing(_Piece, frozen=True, array_like=True, gc=False):
    """Where a thing of a table lies, without the line of the site files at which it is declared: lines move easily."""

    where: str


class _Index(msgspec.Struct, array_like=True):
    """What is in a file: all but the tables and cables; table → name → piece; cables by the head of their numbers."""

    rest: _Piece
    tables: dict[str, msgspec.Raw]
    cables: dict[str, _Piece]
    plugged: msgspec.Raw  # device → which cables are plugged into it, as heads of their numbers
    totals: Totals


class Damaged(GigaworksError):
    """A piece is not what was written."""

    def __init__(self) -> None:
        folder = _folder()
        super().__init__(Problem("a kept blueprint is damaged", f"a file in {folder}", f"remove them: rm -r {folder}"))


class Kept:
    """A blueprint in pieces."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Open a file's content.

        Raises:
            Damaged: it is none, or not whole.
        """
        self._data = data
        if len(data) < _HEAD.size:
            raise Damaged
        form, *where = _HEAD.unpack(data[: _HEAD.size])
        if form != _FORMAT:
            raise Damaged
        self._index = self._read(_Piece(*where), _Index)
        self._tables: dict[str, dict[str, _Thing]] = {}

    @property
    def totals(self) -> Totals:
        """What an auditor counts."""
        return self._index.totals

    @functools.cached_property
    def rest(self) -> Blueprint:
        """The blueprint without its tables and cables."""
        return self._read(self._index.rest, Blueprint)

    def names(self, table: str) -> list[str]:
        """Return the names in a table of the blueprint, in its order."""
        return list(self._table(table) if table in TABLES else getattr(self.rest, table))

    def whole(self) -> Blueprint:
        """Return the blueprint."""
        tables = {table: self._things(table, self._table(table)) for table in TABLES}
        return self._with(tables, list(self._index.cables))

    def only(self, table: str, name: str) -> Blueprint:
        """Return a blueprint that holds one node or switch, its rack and its cables, and all that is not counted.

        Raises:
            KeyError: there is none of that name.
        """
        thing = self._things(table, [name])
        racks = self._things("racks", [thing[name].rack])
        plugged = msgspec.msgpack.decode(self._index.plugged, type=dict[str, list[str]]).get(name, [])
        found = self._with({table: thing, "racks": racks}, plugged)
        cables = [cable for cable in found.cables if name in (cable.a.device, cable.b.device)]
        return msgspec.structs.replace(found, cables=cables)

    def _with(self, tables: dict[str, dict[str, Any]], cables: list[str]) -> Blueprint:
        bundles = [self._read(self._index.cables[head], list[Cable]) for head in cables]
        return msgspec.structs.replace(self.rest, **tables, cables=[cable for bundle in bundles for cable in bundle])

    def _table(self, table: str) -> dict[str, _Thing]:
        if table not in self._tables:
            self._tables[table] = msgspec.msgpack.decode(self._index.tables[table], type=dict[str, _Thing])
        return self._tables[table]

    def _things(self, table: str, names: Any) -> dict[str, Any]:
        pieces = self._table(table)
        found = {name: self._read(pieces[name], TABLES[table]) for name in names}
        return {name: msgspec.structs.replace(thing, where=pieces[name].where) for name, thing in found.items()}

    def _bytes(self, piece: _Piece) -> bytes:
        return self._data[piece.offset : piece.offset + piece.size]

    def _read(self, piece: _Piece, kind: type[_T]) -> _T:
        data = self._bytes(piece)
        if zlib.crc32(data) != piece.crc:
            raise Damaged
        return msgspec.msgpack.decode(data, type=kind)

    def differing(self, other: Kept) -> tuple[Blueprint, Blueprint]:
        """Return what is not the same in this blueprint and in the other, cut out of each.

        A moved line is no difference. Where a profile differs, its nodes are in both: what they run is theirs.
        """
        sides = (self, other)
        names: dict[str, set[str]] = {}
        for table in TABLES:
            ours, theirs = self._table(table), other._table(table)
            names[table] = {n for n in {*ours, *theirs} if not _same(self, ours.get(n), other, theirs.get(n))}
        one_way, another = self._index.cables, other._index.cables
        heads = [n for n in {**one_way, **another} if not _same(self, one_way.get(n), other, another.get(n))]
        one, two = (side.rest.profiles for side in sides)
        profiles = {name for name in one if name in two and one[name] != two[name]}
        if profiles:
            for side in sides:
                nodes = side._things("nodes", side._table("nodes"))
                names["nodes"] |= {name for name, node in nodes.items() if node.profile in profiles}
        cut = [
            side._with(
                {t: side._things(t, [n for n in side._table(t) if n in names[t]]) for t in TABLES},
                [head for head in heads if head in side._index.cables],
            )
            for side in sides
        ]
        return cut[0], cut[1]


def _same(one: Kept, ours: _Piece | None, other: Kept, theirs: _Piece | None) -> bool:
    if ours is None or theirs is None or ours.crc != theirs.crc:
        return False
    return one._bytes(ours) == other._bytes(theirs)


def in_pieces(blueprint: Blueprint) -> bytes:
    """Return the content of a file."""
    encoder = msgspec.msgpack.Encoder()
    data = bytearray(_HEAD.size)

    def put(value: Any) -> _Piece:
        offset = len(data)
        encoder.encode_into(value, data, offset)
        return _Piece(offset, len(data) - offset, zlib.crc32(memoryview(data)[offset:]))

    def put_thing(thing: Any) -> _Thing:
        piece = put(msgspec.structs.replace(thing, where=""))
        return _Thing(piece.offset, piece.size, piece.crc, thing.where)

    def raw(value: Any) -> msgspec.Raw:
        return msgspec.Raw(encoder.encode(value))

    cables: dict[str, list[Cable]] = {}
    plugged: dict[str, dict[str, None]] = {}
    for cable in blueprint.cables:
        head = cable.id[:-2]
        cables.setdefault(head, []).append(cable)
        plugged.setdefault(cable.a.device, {})[head] = None
        plugged.setdefault(cable.b.device, {})[head] = None
    rest = msgspec.structs.replace(blueprint, cables=[], **{table: {} for table in TABLES})
    index = put(_Index(
        rest=put(rest),
        tables={
            table: raw({name: put_thing(thing) for name, thing in getattr(blueprint, table).items()})
            for table in TABLES
        },
        cables={head: put(bundle) for head, bundle in cables.items()},
        plugged=raw({device: list(heads) for device, heads in plugged.items()}),
        totals=totals(blueprint),
    ))  # fmt: skip
    _HEAD.pack_into(data, 0, _FORMAT, index.offset, index.size, index.crc)
    return bytes(data)


def kept(root: Path) -> Kept:
    """Return the blueprint of the site in ``root``, designed where none is kept for its files as they are now.

    Raises:
        SiteError: with every problem, where the site cannot be loaded.
    """
    path = _folder() / f"{key(root)}.blueprint"
    with suppress(OSError, ValueError, Damaged):  # not there, empty, not whole
        with path.open("rb") as file:
            found = Kept(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        os.utime(path)
        return found
    from gigaworks.inventory.declare import designed

    data = in_pieces(designed(root)[0].blueprint)
    with suppress(OSError):  # a cache that cannot be written costs time, nothing else
        write_whole(path, data)
        _trim(path.parent)
    return Kept(data)


def _folder() -> Path:
    return cache() / "blueprints"


def key(root: Path) -> str:
    """Return the SHA-256 (64 hex digits) of all that a blueprint follows from."""
    found = hashlib.sha256(repr((__version__, _code())).encode())
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith((".yaml", ".yml")) or (folder == str(root) and name == "allocations.lock"):
                path = Path(folder, name)
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                found.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return found.hexdigest()


def _code() -> list[tuple[str, int, int]]:
    """Return size and time of what designs, so that a changed checkout designs anew."""
    base = Path(__file__).resolve().parents[2] / "inventory"
    files = [*base.glob("*.py"), *(p for part in ("model", "design", "catalog") for p in (base / part).rglob("*.*"))]
    stats = [(path.relative_to(base).as_posix(), path.stat()) for path in files if path.suffix != ".pyc"]
    return sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _trim(folder: Path) -> None:
    """Remove the files used longest ago."""
    files = sorted(((path.stat(), path) for path in folder.glob("*.blueprint")), key=lambda it: -it[0].st_mtime_ns)
    size = 0
    for number, (stat, path) in enumerate(files):
        size += stat.st_size
        if number >= _FILES or size > _BYTES:
            path.unlink(missing_ok=True)
