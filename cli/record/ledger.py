"""The ledger: who did what, when, why and with which result, as a hash chain that anyone can check.

One line of canonical JSON an entry; ``hash`` is the SHA-256 of the line's content without ``hash``, ``previous`` the
``hash`` of the line before. Lines are only ever added, whole, under a lock, and are on the disk before anyone goes on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.problem import GigaworksError, Place, Problem

START = "0" * 64  # what the first entry names as its previous


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """The CI job in which a command ran."""

    system: str
    id: str = ""
    url: str = ""
    actor: str = ""


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """The person or job that acted."""

    user: str
    uid: int
    host: str = ""
    git_author: str | None = None
    job: Job | None = None


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """The reason given, and the commit that asked for it."""

    message: str = ""
    commit: str | None = None
    subject: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done; ``at`` is UTC, RFC 3339."""

    seq: int
    at: str
    who: Who
    what: str
    why: Why = Why()
    site: str = ""
    plan: str | None = None
    approvals: list[str] = []
    result: str = "done"
    counts: dict[str, int] = {}
    previous: str
    hash: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the chain found; ``head`` is the hash to note elsewhere, ``bad`` the first bad line."""

    entries: int
    head: str
    bad: int | None = None
    problem: Problem | None = None
    torn: int = 0  # bytes of a last line that a crash cut off


def seal(entry: Entry) -> Entry:
    """Return the entry with its hash."""
    content = msgspec.to_builtins(entry)
    del content["hash"]
    return msgspec.structs.replace(entry, hash=hashlib.sha256(canonical(content)).hexdigest())


class Ledger:
    """The file ``path``; it need not be there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(
        self,
        what: str,
        *,
        who: Who,
        why: Why | None = None,
        site: str = "",
        plan: str | None = None,
        approvals: Sequence[str] = (),
        result: str = "done",
        counts: dict[str, int] | None = None,
    ) -> Entry:
        """Add one entry and return it when it is on the disk. A line that a crash cut off is set aside first.

        Raises:
            GigaworksError: the last entry was tampered with; nothing was written.

        """
        with self._locked() as file:
            torn, last = _mend(file, self.path)
            if torn:
                repair = Why(message=f"a crash cut off the last line: {len(torn)} bytes, sha256 {_sha(torn)}")
                last = _write(file, _next(last, what="repair", who=who, why=repair, site=site))
            entry = _next(
                last,
                what=what,
                who=who,
                why=why or Why(),
                site=site,
                plan=plan,
                approvals=list(approvals),
                result=result,
                counts=counts or {},
            )
            return _write(file, entry)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in order, as they stand; a line cut off at the end is left out.

        Raises:
            GigaworksError: a line is no entry.

        """
        for number, line in enumerate(self._lines()[0], 1):
            try:
                yield msgspec.json.decode(line, type=Entry)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise GigaworksError(_broken(self.path, number, str(error))) from None

    def verify(self) -> Verdict:
        """Check every line against its hash and the one before; name the first bad line."""
        previous, number = START, 0
        lines, torn = self._lines()
        for number, line in enumerate(lines, 1):
            reason = _flaw(line, number, previous)
            if reason:
                return Verdict(
                    entries=number - 1, head=previous, bad=number, problem=_broken(self.path, number, reason)
                )
            previous = msgspec.json.decode(line, type=Entry).hash
        return Verdict(entries=number, head=previous, torn=len(torn))

    def _lines(self) -> tuple[list[bytes], bytes]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return [], b""
        *lines, rest = data.split(b"\n")
        return lines, rest

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _next(last: Entry | None, **parts: object) -> Entry:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    previous, seq = (last.hash, last.seq + 1) if last else (START, 1)
    return seal(msgspec.convert({"seq": seq, "at": now, "previous": previous, **parts}, Entry, from_attributes=True))


def _write(file: int, entry: Entry) -> Entry:
    os.write(file, canonical(entry) + b"\n")
    os.fsync(file)
    return entry


def _mend(file: int, path: Path) -> tuple[bytes, Entry | None]:
    """Return the bytes cut off by a crash, now set aside in a file of their own, and the last whole entry."""
    data = os.pread(file, os.fstat(file).st_size, 0)
    *lines, torn = data.split(b"\n")
    if torn and not _flaw(torn, len(lines) + 1, _last_hash(lines)):
        os.write(file, b"\n")  # the entry is whole, only its end of line is missing
        lines, torn = [*lines, torn], b""
    if lines:
        reason = _flaw(lines[-1], len(lines), _last_hash(lines[:-1]))
        if reason:
            raise GigaworksError(_broken(path, len(lines), reason))
    if torn:
        aside = path.with_name(f"{path.name}.torn-{len(lines) + 1}")
        aside.write_bytes(torn)
        os.ftruncate(file, len(data) - len(torn))
    return torn, msgspec.json.decode(lines[-1], type=Entry) if lines else None


def _last_hash(lines: list[bytes]) -> str | None:
    """Return the hash of the last of these lines; None when it cannot be read, which then is no flaw of the next."""
    if not lines:
        return START
    try:
        return msgspec.json.decode(lines[-1], type=Entry).hash
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _flaw(line: bytes, number: int, previous: str | None) -> str:
    """Return what is wrong with a line, or nothing."""
    try:
        entry = msgspec.json.decode(line, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"it is not an entry: {error}"
    if canonical(entry) != line:
        return "it is not written as Gigaworks writes it"
    if entry.seq != number:
        return f"it says it is entry {entry.seq}: entries are missing or out of order"
    if previous is not None and entry.previous != previous:
        return "it does not follow the line before"
    if seal(entry).hash != entry.hash:
        return "its content does not fit its hash"
    return ""


def _broken(path: Path, number: int, reason: str) -> Problem:
    return Problem(
        "the ledger was changed",
        f"line {number}: {reason}",
        "restore the file from a copy; lines before this one are sound",
        Place(str(path), number),
    )


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
