"""`fmt`: one form, comments kept, nothing that is declared changed; ``UPDATE_SCREENS=1`` writes the form anew."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.fmt import formatted
from gigaworks.inventory.fmt.tree import read
from gigaworks.inventory.load import load_site
from gigaworks.inventory.problem import SiteError
from gigaworks.inventory.source import Unreadable, parse
from gigaworks.inventory.templates import copy_template, templates

FOLDER = Path(__file__).parent / "fmt"
NAMES = st.text("abn-[1,] :#'\"&*!|>%@é", min_size=1, max_size=6) | st.sampled_from(["rack", "kind", "no", "1", "~"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9999) | st.floats(allow_nan=False, allow_infinity=False)
ODD = ["long words of a text " * 9, "", "a\n\n b\n", "no"]
TEXTS = st.text("ab #:,[]{}'\"&*!|>-?%\\é\n", max_size=40) | st.sampled_from(ODD)
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)


def test_one_form() -> None:
    """A file in any form comes out in the one form; what is above its first key stays above everything."""
    text = formatted((FOLDER / "before.yaml").read_text(), "before.yaml")

    if os.environ.get("UPDATE_SCREENS"):
        (FOLDER / "after.yaml").write_text(text)
    assert text == (FOLDER / "after.yaml").read_text()


@pytest.mark.parametrize("name", sorted(templates()))
def test_templates_are_in_it(name: str, tmp_path: Path) -> None:
    """What `init` writes is in the one form; `gigaworks fmt` on a fresh copy shows what differs."""
    copy_template(name, tmp_path / "demo", {})

    for path in sorted((tmp_path / "demo").rglob("*.yaml")):
        if path.relative_to(tmp_path / "demo").parts[0] not in ("device-types", "rack-types", "overlays"):
            assert formatted(path.read_text(), path.name) == path.read_text(), path.name


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(NAMES, VALUES, max_size=5), st.sampled_from([None, True, False]), st.randoms(use_true_random=False)
)
def test_any_text(values: dict[str, Any], flow: bool | None, chance: random.Random) -> None:
    """Formatting twice changes nothing more; values and comments are those of the text, wherever comments stand."""
    width, indent = chance.choice([20, 80, 200]), chance.choice([2, 3, 4])
    text = yaml.safe_dump({"schema": 1, "storage": values}, default_flow_style=flow, width=width, indent=indent)
    for number in range(chance.randint(0, 4)):
        text = commented(text, f"# comment {number}", chance)

    once = formatted(text, "x.yaml")

    assert formatted(once, "x.yaml") == once
    assert parse(once, "x.yaml")[0] == parse(text, "x.yaml")[0]
    assert sorted(read(once)[1]) == sorted(read(text)[1])


def commented(text: str, comment: str, chance: random.Random) -> str:
    """Return the text with a comment or an empty line somewhere, where that changes no value."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    own = " " * chance.choice([0, 2, 4, 8]) + comment
    more = chance.choice([[lines[at] + "  " + comment], [own, lines[at]], ["", lines[at]]])
    tried = "\n".join([*lines[:at], *more, *lines[at + 1 :]])
    try:
        same = parse(tried, "x.yaml")[0] == parse(text, "x.yaml")[0]
    except Unreadable:
        return text
    return tried if same else text


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_site_is_the_same(lab: Path, chance: random.Random) -> None:
    """A site whose files have their keys and lines shuffled is the same site before and after, places apart."""
    for path in sorted(lab.rglob("*.yaml")):
        text = re.sub(r"\{([^{}\[\]\"]*)\}", lambda found: _shuffled(found[1], chance), path.read_text())
        path.write_text(text)
    before = _designed(lab)
    for path in sorted(lab.rglob("*.yaml")):
        path.write_text(formatted(path.read_text(), path.name))

    assert _designed(lab) == before


def _shuffled(items: str, chance: random.Random) -> str:
    parts = items.split(", ")
    chance.shuffle(parts)
    return "{" + ", ".join(parts) + "}"


def _designed(root: Path) -> bytes:
    return re.sub(rb'"[^"]*\.yaml:\d+"', b'""', canonical(design(load_site(root), Allocations())[0]))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a lab site."""
    root = tmp_path_factory.mktemp("fmt") / "demo"
    copy_template("lab", root, {})
    return root


@pytest.mark.parametrize("text", ["schema: 1\nsite: {", "schema: 1\n\tsite: x", "schema: 1\nsite: a\nsite: b\n", "- a"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """A file that cannot be read whole is left alone and the place is told."""
    with pytest.raises(SiteError) as caught:
        formatted(text, "x.yaml")
    assert all(problem.where and problem.where.file == "x.yaml" for problem in caught.value.problems)
