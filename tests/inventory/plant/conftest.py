"""A plant on SQLite and on a real PostgreSQL server, started for these tests on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from gigaworks.inventory.plant import Plant


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the socket folder of a running PostgreSQL server."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL server is not installed (Debian package postgresql)")
    base = Path("/tmp") / f"gigaworks-pg-{uuid4().hex[:8]}"  # a socket's path has to be short
    base.mkdir(mode=0o755)
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        as_user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        shutil.chown(base, 65534, 65534)
    data = str(base / "data")
    init = [f"{programs}/initdb", "-D", data, "-U", "giga", "-A", "trust", "--no-sync", "--locale=C", "--encoding=UTF8"]
    subprocess.run([*as_user, *init], check=True, capture_output=True, timeout=120, cwd="/")
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={base}", "-c", "fsync=off"]
    with (tmp_path_factory.mktemp("postgresql") / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, f"{programs}/postgres", "-D", data, *options], stdout=log, stderr=log, cwd="/"
        )
        try:
            ready = [f"{programs}/pg_isready", "-h", str(base), "-U", "giga", "-d", "postgres", "-t", "1"]
            for _ in range(100):
                if subprocess.run(ready, capture_output=True, check=False, timeout=10).returncode == 0:
                    break
                server.poll()
                assert server.returncode is None, Path(log.name).read_text()
                time.sleep(0.1)
            yield str(base)
        finally:
            server.terminate()
            server.wait(30)
            shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kept/plant.db"
    import psycopg

    socket = request.getfixturevalue("postgresql")
    name = f"plant_{uuid4().hex}"
    with psycopg.connect(host=socket, user="giga", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://giga@/{name}?host={socket}"


@pytest.fixture
def open_plant(url: str) -> Iterator[Callable[[], Plant]]:
    """Open the same database as often as asked, as several processes would."""
    opened: list[Plant] = []

    def make() -> Plant:
        opened.append(Plant(url))
        return opened[-1]

    yield make
    for plant in opened:
        plant.close()


@pytest.fixture
def plant(open_plant: Callable[[], Plant]) -> Plant:
    """Return an empty plant."""
    return open_plant()
