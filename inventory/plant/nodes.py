"""The fleet records in the plant's database, changed by compare-and-set only."""

from __future__ import annotations

import time
from collections.abc import Iterable
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.fleet.record import NodeEvent, NodeRecord, State
from gigaworks.inventory.fleet.states import PATH, consequences, require_legal
from gigaworks.inventory.plant import schema
from gigaworks.inventory.plant.database import Database, PlantError
from gigaworks.inventory.problem import Problem

_JSON = ("inventory", "marks")


class Nodes:
    """The records of all nodes. Two runs can never both move a node: the loser gets a PlantError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def expect(self, names: Iterable[str], now: float | None = None) -> list[str]:
        """Make a record in state expected for every name that has none; return those names, sorted.

        Two runs may do so at once: each name gets one record.
        """
        at = time.time() if now is None else now
        with self._database.write() as connection:
            known = set(connection.execute(select(schema.nodes.c.name)).scalars())
            new = sorted(set(names) - known)
            if new:
                added = self._database.insert(schema.nodes).on_conflict_do_nothing()
                connection.execute(added, [_row(NodeRecord(name=name, since=at)) for name in new])
        return new

    def get(self, name: str) -> NodeRecord | None:
        """Return a node's record, or None when it has none."""
        with self._database.read() as connection:
            return _get(connection, name)

    def all(self) -> dict[str, NodeRecord]:
        """Return every record by name, sorted."""
        with self._database.read() as connection:
            rows = connection.execute(select(schema.nodes).order_by(schema.nodes.c.name)).all()
        return {row.name: _record(row) for row in rows}

    def move(
        self, record: NodeRecord, after: State, message: str = "", now: float | None = None, **changes: Any
    ) -> NodeRecord:
        """Move a node from the state of ``record`` to ``after`` with ``changes``; the move goes into its history.

        Raises:
            PlantError: the transition is not legal, or the node is no longer in the state of ``record``.
        """
        require_legal(record, after)
        changes = {**consequences(record, after), **changes}
        return self._change(record, after, message, time.time() if now is None else now, changes)

    def note(self, record: NodeRecord, message: str = "", now: float | None = None, **changes: Any) -> NodeRecord:
        """Change fields of a node that stays in its state; a message makes it a line of the history.

        Raises:
            PlantError: the node is no longer in the state of ``record``.
        """
        return self._change(record, record.state, message, time.time() if now is None else now, changes)

    def history(self, name: str) -> list[NodeEvent]:
        """Return what happened to a node, oldest first."""
        table = schema.node_events
        columns = (table.c.at, table.c.node, table.c.before, table.c.after, table.c.message)
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).where(table.c.node == name).order_by(table.c.id)).all()
        return [NodeEvent(**row._mapping) for row in rows]

    def typical_s(self) -> dict[State, float]:
        """Return the median seconds that nodes took to climb out of each state, as far as it ever happened here.

        The newest 2,000 moves count. *expected* is left out: nodes wait there for their turn.
        """
        table = schema.node_events
        moves = select(table.c.at, table.c.node, table.c.before, table.c.after).where(table.c.before != table.c.after)
        with self._database.read() as connection:
            rows = connection.execute(moves.order_by(table.c.id.desc()).limit(2000)).all()
        entered: dict[str, tuple[State, float]] = {}
        took: dict[State, list[float]] = {}
        for at, node, before, after in reversed(rows):
            state, since = entered.get(node, ("", 0.0))
            if state == before and after in PATH and before in PATH and PATH.index(after) == PATH.index(before) + 1:
                took.setdefault(before, []).append(at - since)
            entered[node] = (after, at)
        return {state: median(seconds) for state, seconds in took.items()}

    def _change(
        self, record: NodeRecord, after: State, message: str, now: float, changes: dict[str, Any]
    ) -> NodeRecord:
        moved = after != record.state
        if "step" in changes or moved:
            changes = {"step": "", "step_since": now, **changes}
        if moved:
            changes |= {"state": after, "since": now}
        values = {name: canonical(value).decode() if name in _JSON else value for name, value in changes.items()}
        with self._database.write() as connection:
            table = schema.nodes
            same = (table.c.name == record.name) & (table.c.state == record.state)
            if connection.execute(update(table).where(same).values(values)).rowcount != 1:
                found = _get(connection, record.name)
                raise PlantError(
                    Problem(
                        "node was changed by somebody else",
                        f"{record.name} was {record.state}, is now {found.state if found else 'unknown'}",
                        "run `gigaworks status` and plan again",
                        subject=record.name,
                    )
                )
            if moved or message:
                event = NodeEvent(at=now, node=record.name, before=record.state, after=after, message=message)
                connection.execute(insert(schema.node_events).values(msgspec.structs.asdict(event)))
            current = _get(connection, record.name)
        if current is None:  # it was updated two statements ago in this very transaction
            raise AssertionError(record.name)
        return current


def _get(connection: Connection, name: str) -> NodeRecord | None:
    row = connection.execute(select(schema.nodes).where(schema.nodes.c.name == name)).one_or_none()
    return None if row is None else _record(row)


def _record(row: Any) -> NodeRecord:
    values = {name: msgspec.json.decode(value) if name in _JSON else value for name, value in row._mapping.items()}
    return NodeRecord(**values)


def _row(record: NodeRecord) -> dict[str, Any]:
    values = msgspec.structs.asdict(record)
    return values | {name: canonical(values[name]).decode() for name in _JSON}
