"""The applied plant: what stacks made of the blueprint, and which plans were applied."""

from __future__ import annotations

import time
import zlib
from typing import Any, Literal

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gigaworks.inventory.blueprint import Node
from gigaworks.inventory.canonical import canonical, digest
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.plant import schema
from gigaworks.inventory.plant.database import Database
from gigaworks.inventory.plant.nodes import Nodes
from gigaworks.inventory.problem import Problem, Refused

HALL = "hall"
RACK = "rack"

Result = Literal["running", "done", "part", "failed"]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a stack applied."""

    type: str
    name: str
    stack: str
    spec: dict[str, Any]
    spec_digest: str
    applied_at: float


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was applied; ``plan`` is its SHA-256, ``blueprint`` its canonical JSON."""

    serial: int
    plan: str
    blueprint: bytes
    started: float
    finished: float | None
    result: Result


def plant_url(folder: SiteFolder, database: str | None) -> str:
    """Return the URL of a site's plant: what the site names, else SQLite in the site folder."""
    return database or f"sqlite:///{folder.plant.absolute()}"


class Plant:
    """The applied plant and the fleet records (``nodes``) of one site; several processes may use it at once.

    Raises:
        PlantError: from every method, when the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.nodes = Nodes(self._database)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def get(self, type: str, name: str) -> Resource | None:  # noqa: A002 - the word of the table
        """Return what is applied under this name, or None."""
        table = schema.resources
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.type == type, table.c.name == name)).one_or_none()
        return None if row is None else _resource(row._mapping)

    def put(self, stack: str, type: str, name: str, spec: dict[str, Any], spec_digest: str | None = None) -> None:  # noqa: A002
        """Record what was applied; the digest is that of ``spec`` unless the caller knows a better one."""
        values = {
            "stack": stack,
            "type": type,
            "name": name,
            "spec": canonical(spec).decode(),
            "spec_digest": spec_digest or digest(spec),
            "applied_at": time.time(),
        }
        self._upsert(schema.resources, values)

    def remove(self, type: str, name: str) -> bool:  # noqa: A002
        """Forget a resource; return whether it was there."""
        table = schema.resources
        with self._database.write() as connection:
            return connection.execute(delete(table).where(table.c.type == type, table.c.name == name)).rowcount == 1

    def of_type(self, type: str) -> list[Resource]:  # noqa: A002
        """Return everything of a type, by name."""
        table = schema.resources
        with self._database.read() as connection:
            rows = connection.execute(select(table).where(table.c.type == type).order_by(table.c.name)).all()
        return [_resource(row._mapping) for row in rows]

    def may_act(self, node: Node) -> bool:
        """Return whether the node's hall and rack are applied and the rack was applied with this node in it."""
        rack = self.get(RACK, node.rack)
        return rack is not None and node.name in rack.spec.get("nodes", ()) and self.get(HALL, node.hall) is not None

    def head(self) -> Applied | None:
        """Return the newest plan that was begun, or None when nothing ever was."""
        table = schema.applied
        with self._database.read() as connection:
            row = connection.execute(select(table).order_by(table.c.serial.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        values = dict(row._mapping)
        return Applied(**{**values, "blueprint": zlib.decompress(values["blueprint"])})

    def begin(self, plan: str, blueprint: bytes, parent: int | None) -> int:
        """Begin to apply a plan that was made against the head ``parent`` (None: against nothing); return its serial.

        Raises:
            Refused: another plan has been applied since.
        """
        table = schema.applied
        serial = (parent or 0) + 1
        moved = Refused(
            Problem(
                "plan is out of date",
                f"it was made against serial {parent or 0}; another plan has been applied since",
                "make the plan again, look at it, apply that one",
            )
        )
        row = {
            "serial": serial,
            "plan": plan,
            "blueprint": zlib.compress(blueprint),
            "started": time.time(),
            "result": "running",
        }
        with self._database.write() as connection:
            if (connection.execute(select(func.max(table.c.serial))).scalar() or 0) != (parent or 0):
                raise moved
            try:
                connection.execute(insert(table).values(row))
            except IntegrityError as error:  # two at once: the serial is unique
                raise moved from error
        return serial

    def finish(self, serial: int, result: Literal["done", "part", "failed"]) -> None:
        """Record how an applied plan ended."""
        table = schema.applied
        with self._database.write() as connection:
            connection.execute(
                update(table).where(table.c.serial == serial).values(finished=time.time(), result=result)
            )

    def stack_digest(self, stack: str) -> str | None:
        """Return the digest of the blueprint slice that the stack was last applied with in full."""
        table = schema.stack_digests
        with self._database.read() as connection:
            return connection.execute(select(table.c.digest).where(table.c.stack == stack)).scalar_one_or_none()

    def set_stack_digest(self, stack: str, digest: str | None) -> None:
        """Record that digest; None forgets it (the stack is destroyed, or is about to change)."""
        table = schema.stack_digests
        if digest is not None:
            self._upsert(table, {"stack": stack, "digest": digest, "applied_at": time.time()})
            return
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.c.stack == stack))

    def _upsert(self, table: Any, values: dict[str, Any]) -> None:
        keys = [column.name for column in table.primary_key]
        changes = {name: value for name, value in values.items() if name not in keys}
        with self._database.write() as connection:
            added = self._database.insert(table).values(values)
            connection.execute(added.on_conflict_do_update(index_elements=keys, set_=changes))


def _resource(row: Any) -> Resource:
    return Resource(**{**row, "spec": msgspec.json.decode(row["spec"])})
