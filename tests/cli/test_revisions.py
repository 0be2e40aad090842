"""What a person may name as a revision, and what the ledger knows between two."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gigaworks.cli.opening import folder_of
from gigaworks.cli.record import revisions
from gigaworks.cli.record.document import PlanDocument
from gigaworks.cli.record.ledger import Ledger, Who
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, WrongUse
from tests.cli import sample

ADA = Who(user="ada", uid=1000)


def applied(folder: SiteFolder, plan: PlanDocument, result: str = "done") -> None:
    """Keep a plan and enter it in the ledger as an apply does."""
    plan.save(revisions.kept_plan(folder, plan.sha256))
    for state in ("started", result):
        Ledger(folder.ledger).append("apply", who=ADA, plan=plan.sha256, result=state)


@pytest.fixture
def folder(tmp_path: Path) -> SiteFolder:
    """Return a site to which three plans were applied, the last of which failed."""
    made = SiteFolder(tmp_path / "demo")
    applied(made, sample.plan(blueprint=sample.blueprint(1)))
    applied(made, sample.plan(blueprint=sample.blueprint(2)), "part")
    applied(made, sample.plan(blueprint=sample.blueprint(3)), "failed")
    return made


def test_a_date_is_what_was_applied_by_the_end_of_that_day(folder: SiteFolder) -> None:
    """The newest plan that changed anything counts; one that failed changed nothing."""
    found = revisions.resolve(f"@{datetime.now(UTC):%Y-%m-%d}", folder)
    assert found.blueprint == sample.blueprint(2)
    with pytest.raises(GigaworksError, match="nothing was applied by then"):
        revisions.resolve("@2020-01-01", folder)


def test_a_plan_is_found_by_the_start_of_its_digest_or_by_its_file(folder: SiteFolder, tmp_path: Path) -> None:
    """Both ways give the same blueprint and the same plan."""
    plan = sample.plan(blueprint=sample.blueprint(1))
    plan.save(tmp_path / "demo.plan")
    by_digest = revisions.resolve(plan.sha256[:10], folder)
    by_file = revisions.resolve(str(tmp_path / "demo.plan"), folder)
    assert by_digest.blueprint == by_file.blueprint == sample.blueprint(1)
    assert by_digest.plan == by_file.plan == plan.sha256


def test_between_two_plans_lie_those_applied_after_the_first(folder: SiteFolder) -> None:
    """The first is not counted, the second is; plans that were never applied have nothing between."""
    one, two = (revisions.resolve(sample.plan(blueprint=sample.blueprint(racks)).sha256, folder) for racks in (1, 2))
    ledger = Ledger(folder.ledger)
    assert [entry.plan for entry in revisions.between(one, two, ledger)] == [two.plan]
    assert revisions.between(two, one, ledger) == []


def test_a_kept_plan_that_was_changed_is_found(folder: SiteFolder) -> None:
    """The audit looks into every plan that the ledger names."""
    entries = list(Ledger(folder.ledger).entries())
    assert revisions.check_plans(folder, entries) == (3, [])
    first = revisions.kept_plan(folder, sample.plan(blueprint=sample.blueprint(1)).sha256)
    sample.plan(blueprint=sample.blueprint(4)).save(first)
    second = revisions.kept_plan(folder, sample.plan(blueprint=sample.blueprint(2)).sha256)
    second.write_text(second.read_text().replace("demo", "dem0", 1))
    sound, problems = revisions.check_plans(folder, entries)
    assert sound == 1
    assert [problem.summary for problem in problems] == [
        "a kept plan is another one",
        "the plan was changed after it was made",
    ]


def test_a_saved_plan_finds_its_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the plan, in the current folder, or as named; else the person is asked to name it."""
    plan = sample.plan()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(WrongUse, match="demo"):
        folder_of(plan, tmp_path / "demo.plan", None)
    site = tmp_path / "demo"
    site.mkdir()
    (site / "site.yaml").write_text("schema: 1\n")
    assert folder_of(plan, tmp_path / "demo.plan", None) == site
    assert folder_of(plan, tmp_path / "demo.plan", tmp_path / "other") == tmp_path / "other"
    monkeypatch.chdir(site)
    assert folder_of(plan, Path("/nowhere/demo.plan"), None).resolve() == site
