"""The catalogue's pages: made from the code, and current; the guides: run as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gigaworks.inventory.declare import declare
from gigaworks.inventory.templates import copy_template
from gigaworks.roles import catalog, handbook
from tests.cli.test_scenes import _play
from tests.roles.planned import plan
from tests.roles.test_cases import node

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

FILES = re.compile(r"^`(roles/motd/[\w./]+)`(?:(?!^```).)*?^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", ["README.md", *(f"{role}.md" for role in catalog.names())])
def test_a_page_is_current(name: str) -> None:
    """`python -m gigaworks.roles.handbook docs/roles` would write the page as it is."""
    assert (DOCS / "roles" / name).read_text() == handbook.pages()[name]


def test_no_page_is_left_over() -> None:
    """A role that is gone has no page."""
    assert {path.name for path in (DOCS / "roles").glob("*.md")} == set(handbook.pages())


@pytest.mark.parametrize("name", catalog.names())
def test_what_is_not_exercised_says_so(name: str) -> None:
    """A role that no machine of the tests runs says so in its own words, and no other does."""
    role = catalog.role(name)
    assert set(role.exercised) <= set(role.architectures)
    assert ("ot exercised on real hardware" in handbook.text(role)) == (not role.exercised)


def site(folder: Path) -> Path:
    """Return a site from template lab."""
    copy_template("lab", folder / "demo", {"name": "demo"})
    return folder / "demo"


def commands(text: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Run a guide's commands one by one; yield what each printed, and what stands below it."""
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.MULTILINE):
        shown = re.sub(r"^    ", "", block, flags=re.MULTILINE).strip("\n")
        for part in re.split(r"^(?=\$ )", shown, flags=re.MULTILINE):
            if part.startswith("$ gigaworks"):
                line, _, wanted = part.partition("\n")
                printed = _play(line, folder).partition("\n")[2].strip()
                assert "exit " not in printed.splitlines()[-1]
                yield printed, wanted.strip()


def test_profiles_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's profiles hold together: every role and parameter is known, and each parameter knows its line."""
    monkeypatch.chdir(tmp_path)
    root = site(tmp_path)
    text = (DOCS / "profiles.md").read_text()
    (root / "more-profiles.yaml").write_text(next(code for kind, code in FENCE.findall(text) if kind == "yaml"))
    assert len(list(commands(text, tmp_path))) == 1
    blueprint = declare(root).blueprint
    assert catalog.validate(blueprint) == []
    used = {call.role for profile in blueprint.profiles.values() for call in profile.roles}
    assert used >= set(catalog.names()) - {"mig"}
    call = next(call for call in blueprint.profiles["gpu-nvidia-x86"].roles if call.role == "kernel")
    assert call.origins["sysctl"].startswith("more-profiles.yaml:")
    assert call.origins["governor"].startswith("more-profiles.yaml:")
    assert call.origins["sysctl"] != call.origins["governor"]


def test_write_a_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's role is loaded from the site, checked, explained, and plans what it says."""
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "write-a-role.md").read_text()
    steps = commands(text, tmp_path)
    next(steps)
    root = tmp_path / "demo"
    for file, code in FILES.findall(text):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(code)
    (added,) = (code for kind, code in FENCE.findall(text) if kind == "yaml")
    profiles = (root / "profiles.yaml").read_text()
    (root / "profiles.yaml").write_text(profiles.replace("      - observability\n", f"      - observability\n{added}"))
    for printed, wanted in steps:
        if wanted:
            assert printed.startswith(wanted)
    role = catalog.role("motd", root / "roles")
    made = plan("motd", {"greeting": "Hello from"}, node("x86"), {}, root / "roles")
    assert made.files == {"/etc/motd": "Hello from n1 (x86_64), demo.internal.\n"}
    assert [check.id for check in role.checks(role.params(), node("x86"))] == ["name"]
    assert catalog.validate(declare(root).blueprint, root / "roles") == []
