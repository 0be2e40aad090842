"""The ledger: whoever changes it is found out, and a crash costs no entry that was acknowledged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigaworks.cli.record import act
from gigaworks.cli.record.ledger import START, Ledger, Who
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError

ADA = Who(user="ada", uid=1000, host="h")


def filled(folder: Path, entries: int = 5) -> Ledger:
    """Return a ledger with that many entries."""
    ledger = Ledger(folder / "ledger.jsonl")
    ledger.path.unlink(missing_ok=True)
    for number in range(entries):
        ledger.append("apply", who=ADA, site="demo", plan=f"{number:064x}", counts={"done": number})
    return ledger


def test_a_chain_that_nobody_touched_is_sound(tmp_path: Path) -> None:
    """Entries come back in order, each naming the one before."""
    ledger = filled(tmp_path)
    entries = list(ledger.entries())
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries] == [START, *(entry.hash for entry in entries[:-1])]
    verdict = ledger.verify()
    assert (verdict.entries, verdict.head, verdict.bad) == (5, entries[-1].hash, None)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(position=st.integers(min_value=0), byte=st.integers(1, 255))
def test_any_changed_byte_is_found(tmp_path: Path, position: int, byte: int) -> None:
    """Whatever byte of whatever line is changed, that line or the next is named; nothing passes as sound."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    if not (tmp_path / "copy").exists():
        (tmp_path / "copy").write_bytes(filled(tmp_path).path.read_bytes())
    data = bytearray((tmp_path / "copy").read_bytes())
    at = position % len(data)
    line = data[:at].count(b"\n") + 1
    data[at] ^= byte
    ledger.path.write_bytes(data)
    verdict = ledger.verify()
    if at == len(data) - 1:
        assert verdict.torn or verdict.bad  # the end of the last line: as after a crash
    else:
        assert verdict.bad == line


LINES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "removed": lambda lines: lines[:1] + lines[2:],
    "exchanged": lambda lines: [lines[1], lines[0], *lines[2:]],
    "repeated": lambda lines: [lines[0], lines[0], *lines[1:]],
    "first removed": lambda lines: lines[1:],
    "empty": lambda lines: [lines[0], b"", *lines[1:]],
}


@pytest.mark.parametrize("change", LINES)
def test_lines_cannot_be_moved(tmp_path: Path, change: str) -> None:
    """Removing, exchanging or repeating whole lines breaks the chain."""
    ledger = filled(tmp_path)
    lines = ledger.path.read_bytes().splitlines()
    ledger.path.write_bytes(b"\n".join(LINES[change](lines)) + b"\n")
    assert ledger.verify().bad is not None


def test_a_changed_last_entry_stops_the_next_one(tmp_path: Path) -> None:
    """Nothing is added to a ledger whose end was tampered with."""
    ledger = filled(tmp_path)
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data.replace(b'"done":4', b'"done":9'))
    with pytest.raises(GigaworksError, match="the ledger was changed"):
        ledger.append("apply", who=ADA)
    assert ledger.path.read_bytes().count(b"\n") == 5


@pytest.mark.parametrize("cut", [1, 2, 40, 300])
def test_a_crash_in_the_middle_of_a_line_is_mended(tmp_path: Path, cut: int) -> None:
    """However much of the last line is missing, the next entry continues a sound chain and says what happened."""
    ledger = filled(tmp_path)
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data[:-cut])
    assert ledger.verify().torn
    entry = ledger.append("apply", who=ADA, plan="f" * 64)
    verdict = ledger.verify()
    assert (verdict.bad, verdict.torn, verdict.head) == (None, 0, entry.hash)
    acts = [one.what for one in ledger.entries()]
    if cut == 1:  # only the end of the line was missing: the entry itself is whole and kept
        assert acts == ["apply"] * 6
    else:
        assert acts == [*["apply"] * 4, "repair", "apply"]
        aside = tmp_path / "ledger.jsonl.torn-5"
        assert data.endswith(aside.read_bytes() + data[-cut:])


WRITER = """
import sys
from pathlib import Path
from gigaworks.cli.record.ledger import Ledger, Who
for _ in range(20):
    Ledger(Path(sys.argv[1])).append("apply", who=Who(user="ada", uid=1))
"""


def test_two_writers_make_one_chain(tmp_path: Path) -> None:
    """Processes that write at once wait for each other; no entry is lost."""
    path = tmp_path / "ledger.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert Ledger(path).verify().entries == 40
    assert Ledger(path).verify().bad is None


def test_who_acts_is_the_person_behind_sudo_and_the_job() -> None:
    """Sudo does not hide a person; a CI job is named with its URL."""
    environment = {
        "SUDO_UID": "0",
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_ID": "77",
        "GITHUB_ACTOR": "ada",
        "GITHUB_REPOSITORY": "acme/site",
    }
    who = act.who(Path("/"), environment)
    assert (who.user, who.uid) == ("root", 0)
    assert who.job is not None
    assert who.job.url == "https://github.com/acme/site/actions/runs/77"
    assert act.who(Path("/"), {}).job is None


def test_an_act_in_a_site_names_the_commit_and_who_approved_it(tmp_path: Path) -> None:
    """Commit, subject and approvals come from git; the reason from the person."""
    site = sample_repository(tmp_path)
    entry = act.record(SiteFolder(site), "apply", message="first", plan="a" * 64, counts={"done": 1})
    assert entry.why.message == "first"
    assert entry.why.subject == "Raise map count"
    assert entry.approvals == ["Bo <bo@demo.example>"]
    assert entry.why.commit is not None
    assert Ledger(SiteFolder(site).ledger).verify().entries == 1


def sample_repository(folder: Path) -> Path:
    """Return a site folder in a git repository with one approved commit."""
    site = folder / "sites" / "demo"
    site.mkdir(parents=True)
    (site / "site.yaml").write_text("schema: 1\n")
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@demo.example"]
    text = "Raise map count\n\nApproved-by: Bo <bo@demo.example>"
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", text]):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, timeout=30)
    return site
