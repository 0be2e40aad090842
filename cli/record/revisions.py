"""Find what a person means by a revision: a plan file, a site folder, a date, a plan's digest or a git ref."""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from gigaworks.cli.record import git
from gigaworks.cli.record.diff import Difference, RenderedFile, compare, rendered
from gigaworks.cli.record.document import PlanDocument, load
from gigaworks.cli.record.kept import Kept, kept
from gigaworks.cli.record.ledger import Entry, Ledger
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem

_CHANGED = ("done", "part", "interrupted")  # results of a plan that changed something
_DIGEST = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A site at one moment, planned or kept in pieces; ``plan`` is the SHA-256 of the plan it was read from."""

    label: str
    site: Blueprint | Kept
    plan: str | None = None

    @property
    def name(self) -> str:
        """The site's name."""
        return (self.site.rest if isinstance(self.site, Kept) else self.site).site.name

    @property
    def blueprint(self) -> Blueprint:
        """The whole blueprint."""
        return self.site.whole() if isinstance(self.site, Kept) else self.site


def kept_plan(folder: SiteFolder, sha256: str) -> Path:
    """Return where an applied plan is kept."""
    return folder.plans / f"{sha256}.json"


def resolve(text: str, folder: SiteFolder) -> Revision:
    """Return the site that ``text`` names.

    Args:
        text: ``demo.plan``, ``demo`` (a folder as it is now), ``@2026-10-01`` (what was applied by the end of that day,
            UTC), ``9d0b`` (an applied plan), ``HEAD~3`` (a git ref of the site's repository).
        folder: the site that dates, digests and refs belong to.

    Raises:
        GigaworksError: nothing has that name, or what it names cannot be read.

    """
    path = Path(text)
    if text.startswith("@"):
        return _dated(text, folder)
    if path.is_dir():
        return Revision(label=text, site=kept(path))
    if path.is_file():
        return _planned(load(path), text)
    if _DIGEST.fullmatch(text):
        found = sorted(folder.plans.glob(f"{text}*.json"))
        if len(found) == 1:
            return _planned(load(found[0]), f"plan {found[0].stem[:12]}")
    commit = git.commit_of(folder.root, text)
    if commit:
        return Revision(label=commit[:7], site=_committed(folder, commit))
    raise GigaworksError(
        Problem(
            "no such revision",
            f"{text!r} is no plan file, no site folder, no applied plan and no git ref of {folder.root}",
            "name a plan file, a folder, @YYYY-MM-DD, a plan's digest (gigaworks audit log), or a git ref",
        )
    )


def differing(before: Revision, after: Revision) -> tuple[Difference, list[RenderedFile]]:
    """Return what differs between two revisions, and the switch configurations that differ."""
    if isinstance(before.site, Kept) and isinstance(after.site, Kept):
        sides = before.site.differing(after.site)
        return compare(*sides, (before.site.totals, after.site.totals)), rendered(*sides)
    one, other = before.blueprint, after.blueprint
    return compare(one, other), rendered(one, other)


def applied(ledger: Ledger, until: str = "9") -> list[Entry]:
    """Return the entries of plans that changed the site up to a moment (UTC, RFC 3339)."""
    entries = (entry for entry in ledger.entries() if entry.plan and entry.result in _CHANGED)
    return [entry for entry in entries if entry.at <= until]


def between(before: Revision, after: Revision, ledger: Ledger) -> list[Entry]:
    """Return what was applied after ``before`` up to and with ``after``; nothing unless both were applied."""
    entries = applied(ledger)
    last = {entry.plan: number for number, entry in enumerate(entries)}
    if before.plan not in last or after.plan not in last:
        return []
    return entries[last[before.plan] + 1 : last[after.plan] + 1]


def check_plans(folder: SiteFolder, entries: list[Entry]) -> tuple[int, list[Problem]]:
    """Return how many of the plans that entries name are kept and unchanged, and what is wrong with the others."""
    problems: list[Problem] = []
    sound = 0
    for sha256 in dict.fromkeys(entry.plan for entry in entries if entry.plan):
        path = kept_plan(folder, sha256)
        try:
            found = load(path).sha256
        except GigaworksError as error:
            problems += error.problems
            continue
        if found == sha256:
            sound += 1
        else:
            problems.append(Problem("a kept plan is another one", f"{path} is not plan {sha256[:12]}…"))
    return sound, problems


def _planned(plan: PlanDocument, label: str) -> Revision:
    return Revision(label=label, site=plan.blueprint, plan=plan.sha256)


def _dated(text: str, folder: SiteFolder) -> Revision:
    day = None
    with suppress(ValueError):
        day = date.fromisoformat(text[1:])
    if day is None:
        raise GigaworksError(Problem("that is no date", f"{text!r}", "write it as @2026-10-01"))
    until = datetime.combine(day, time.max, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entries = applied(Ledger(folder.ledger), until=until)
    if not entries or not entries[-1].plan:
        raise GigaworksError(
            Problem(
                "nothing was applied by then",
                f"the ledger of {folder.root} has no plan applied on or before {day}",
                "see the dates: gigaworks audit log",
            )
        )
    entry = entries[-1]
    return _planned(load(kept_plan(folder, str(entry.plan))), f"{text} (plan {str(entry.plan)[:12]})")


def _committed(folder: SiteFolder, commit: str) -> Kept:
    """Design the site as it was at a commit, its allocations included, in a folder of the same name."""
    with tempfile.TemporaryDirectory(prefix="gigaworks-") as scratch:
        target = Path(scratch) / folder.root.resolve().name
        git.export(folder.root, commit, target)
        return kept(target)
