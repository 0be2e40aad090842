"""The site's known hosts in OpenSSH form, changed by several threads and processes, written whole."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gigaworks.inventory.canonical import write_whole


class KnownHosts:
    """One host, one key: a line ``name,address type key``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str | None:
        """Return a host's key as ``type base64``, or None."""
        for line in self._lines():
            hosts, _, key = line.partition(" ")
            if name in hosts.split(","):
                return key.strip()
        return None

    def put(self, name: str, address: str, key: str) -> None:
        """Make ``key`` the only one that is believed for this name and this address."""
        kind, value = key.split()[:2]
        with self._locked():
            kept = [line for line in self._lines() if not _names(line) & {name, address}]
            self._write([*kept, f"{name},{address} {kind} {value}"])

    def remove(self, name: str) -> None:
        """Forget the host's key; one that is not there is forgotten already."""
        with self._locked():
            lines = self._lines()
            kept = [line for line in lines if name not in _names(line)]
            if kept != lines:
                self._write(kept)

    def _lines(self) -> list[str]:
        return self._path.read_text().splitlines() if self._path.exists() else []

    def _write(self, lines: list[str]) -> None:
        write_whole(self._path, "".join(f"{line}\n" for line in lines).encode())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _names(line: str) -> set[str]:
    return set(line.partition(" ")[0].split(","))
