"""The connection to the plant's database: SQLite (WAL) by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from gigaworks.inventory.plant import schema
from gigaworks.inventory.problem import GigaworksError, Problem

BUSY_S = 30  # how long a writer waits for another one
_SETUP_LOCK = 0x67697761  # any number of ours: two processes must not create the tables at once (PostgreSQL)


class PlantError(GigaworksError):
    """The plant's database cannot be used, or somebody else changed the record first."""


class Database:
    """Transactions on the plant's database; the tables are made on first use.

    Raises:
        PlantError: the URL is wrong, the server does not answer, or the tables are of another version.
    """

    def __init__(self, url: str) -> None:
        self._url = _parse(url)
        self.dialect = self._url.get_backend_name()
        if self.dialect == "sqlite" and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(self._url)
        self._set_up()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one moment and writes nothing."""
        with self._explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is the only writer (SQLite) and is kept whole or not at all."""
        with self._explained(), self._engine.execution_options(writes=True).begin() as connection:
            yield connection

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """Return an INSERT that can say what happens to rows that are there already."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _set_up(self) -> None:
        with self.read() as connection:
            found = _version(connection)
        if found is None:
            with self.write() as connection:
                if self.dialect == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SETUP_LOCK})
                found = _version(connection)
                if found is None:
                    schema.metadata.create_all(connection)
                    connection.execute(insert(schema.version).values(version=schema.VERSION))
                    found = schema.VERSION
        if found != schema.VERSION:
            raise PlantError(
                Problem(
                    "plant database of another version",
                    f"{self._shown()} has version {found}, this program reads and writes {schema.VERSION}",
                    "use the gigaworks version that wrote it, or name another database in site.yaml",
                )
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise PlantError(
                Problem(
                    "plant database cannot be used",
                    f"{self._shown()}: {cause}",
                    "see that the database is there and that you may write to it; the URL stands in site.yaml",
                )
            ) from error

    def _shown(self) -> str:
        return self._url.render_as_string(hide_password=True)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise PlantError(
            Problem(
                "plant database URL cannot be read",
                "it has to look like sqlite:////path/plant.db or postgresql://user@host/database",
                "correct `database` in site.yaml; put a password into ~/.pgpass, not into the URL",
            )
        ) from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        limits = f"-c lock_timeout={BUSY_S}s -c statement_timeout=300s"
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10, "options": limits})
    if url.get_backend_name() != "sqlite":
        raise PlantError(
            Problem(
                "plant database of an unknown kind",
                f"{url.get_backend_name()} is neither sqlite nor postgresql",
                "correct `database` in site.yaml",
            )
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to make a writer wait its turn
    for pragma in (f"busy_timeout={BUSY_S * 1000}", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema.version.name):
        return None
    return connection.execute(select(schema.version.c.version)).scalar_one_or_none()
