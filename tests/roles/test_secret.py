"""References to secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.problem import GigaworksError
from gigaworks.roles import trouble
from gigaworks.roles.secret import Secret, resolve


def test_a_file_and_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret comes, byte for byte, from a file beside the site or from the environment."""
    (tmp_path / "munge.key").write_bytes(b"\x00\xff\n")
    (tmp_path / "munge.key").chmod(0o600)
    monkeypatch.setenv("MUNGE_KEY", "abc")
    assert resolve("file:munge.key", str(tmp_path)) == b"\x00\xff\n"
    assert resolve("env:MUNGE_KEY", str(tmp_path)) == b"abc"


@pytest.mark.parametrize(
    ("mode", "content", "said", "fix"),
    [
        (0o644, b"canary", "has mode 644: others may read it", "chmod 600"),
        (0o600, b"", "is empty", "put the secret into it"),
        (None, b"", "No such file or directory", "mode 0600"),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path: Path, mode: int | None, content: bytes, said: str, fix: str) -> None:
    """A missing, empty or readable file is refused with its place and what to do, and its content is never shown."""
    if mode is not None:
        (tmp_path / "key").write_bytes(content)
        (tmp_path / "key").chmod(mode)
    with pytest.raises(GigaworksError) as refused:
        resolve("file:key", str(tmp_path))
    problem = trouble.explain("n1", "munge", "", refused.value, None)
    assert (problem.id, problem.subject) == ("SECRET-1", "n1")
    assert said in problem.detail
    assert fix in problem.fix
    assert "canary" not in str(problem)


def test_no_representation_shows_it() -> None:
    """What pyinfra prints of its arguments is not the secret."""
    assert "canary" not in f"{Secret(b'canary')!r} {Secret(b'canary')}"
