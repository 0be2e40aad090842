"""What git knows about a site folder. A folder that is not in git gets ``None``, never an error."""

from __future__ import annotations

import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from gigaworks.cli.record.document import Git
from gigaworks.inventory.problem import GigaworksError, Problem

_LIMIT_S = 30
_APPROVALS = ("Approved-by", "Reviewed-by", "Acked-by")


def head(root: Path) -> Git | None:
    """Return commit, branch and whether files differ from it; ``None`` where the site is not tracked by git."""
    if not _git(root, "ls-files", "--", ".").strip():
        return None
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD").strip().decode()
    if not commit:
        return None
    branch = _git(root, "symbolic-ref", "--quiet", "--short", "HEAD").strip().decode()
    return Git(commit=commit, branch=branch or None, dirty=bool(_git(root, "status", "--porcelain", "--", ".").strip()))


def author(root: Path) -> str | None:
    """Return ``Name <address>`` of whoever would commit here."""
    ident = _git(root, "var", "GIT_AUTHOR_IDENT").decode(errors="replace")
    return ident.rsplit(" ", 2)[0] or None if ident else None


def subject(root: Path, commit: str) -> str:
    """Return the first line of a commit's message."""
    return _git(root, "log", "-1", "--format=%s", commit).decode(errors="replace").strip()


def approvals(root: Path, commit: str) -> list[str]:
    """Return who approved a commit, from its trailers (Approved-by, Reviewed-by, Acked-by)."""
    keys = [f"%(trailers:key={key},valueonly)" for key in _APPROVALS]
    text = _git(root, "log", "-1", "--format=" + "".join(keys), commit).decode(errors="replace")
    return sorted({line.strip() for line in text.splitlines() if line.strip()})


def commit_of(root: Path, ref: str) -> str | None:
    """Return the full hash of the commit that ``ref`` names."""
    return (
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip().decode() or None
    )


def export(root: Path, commit: str, target: Path) -> None:
    """Write the site folder as it was at a commit into ``target``, which is made.

    Raises:
        GigaworksError: the folder did not exist in that commit.

    """
    prefix = _git(root, "rev-parse", "--show-prefix").strip().decode()
    archive = _git(root, "archive", "--format=tar", f"{commit}:{prefix}" if prefix else commit)
    if not archive:
        raise GigaworksError(
            Problem("the site is not in that commit", f"{root} has no files at {commit[:12]}", "name a later revision")
        )
    target.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extraction_filter = lambda member, _: member  # git has no path out of a tree; links are judged when read
        tar.extractall(target)  # noqa: S202 - our own archive, see above; `filter=` needs Python 3.11.4


def _git(root: Path, *arguments: str) -> bytes:
    """Run git in a folder; whatever goes wrong is an empty answer."""
    environment = {key: text for key, text in os.environ.items() if not key.startswith("GIT_DIR")}
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            timeout=_LIMIT_S,
            check=True,
            env=environment | {"GIT_OPTIONAL_LOCKS": "0"},
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return b""
