"""What is declared once and stands many times: each instance is what a person would have written by hand."""

from __future__ import annotations

from pathlib import Path

from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.load import load_site
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site
from tests.inventory.design.test_stability import facts

HERE = Path(__file__).parent
UNITS = (HERE / "units.yaml").read_text()


def opened(root: Path, text: str = UNITS) -> Site:
    """Return the site that ``text`` declares."""
    root.mkdir(exist_ok=True)
    (root / "site.yaml").write_text(text)
    return load_site(root)


def written_out(site: Site) -> str:
    """Return every instance with what its references lead to and where it was declared."""
    rows = [f"{key}: {', '.join(site.parents[key]) or '-'}" for key in site.power]
    rows += [f"{key}: loop {it.noun.loop}, feeds {', '.join(site.feeds[key])}" for key, it in site.cooling.items()]
    for key, rack in site.racks.items():
        cooled = f", cooled by {site.cooled_by[key]}" if key in site.cooled_by else ""
        rows.append(f"{key}: row {rack.within}, tap {rack.noun.tap}, feeds {', '.join(site.feeds[key])}{cooled}")
    for name, node in site.nodes.items():
        rows.append(f"{name}: {site.rack_of[name]}, {node.noun.device}, {where(node.noun.at('device'))}")
    rows += [f"{name}: {site.rack_of[name]}, {it.within}" for name, it in site.switches.items()]
    return "\n".join(rows) + "\n"


def test_units_are_written_out(tmp_path: Path) -> None:
    """Names take the unit's in front; references lead into the same unit first; overrides change single ones."""
    assert written_out(opened(tmp_path)) == (HERE / "units.txt").read_text()


def test_a_unit_more_changes_nothing_before(tmp_path: Path) -> None:
    """With a unit more, every name, address, port, outlet, position and cable that was there is what it was."""
    one, kept = design(opened(tmp_path / "a"), Allocations())
    larger = UNITS.replace("su-[1-3]:", "su-[1-12]:").replace("feed-[1-3]", "feed-[1-12]")
    two, _ = design(opened(tmp_path / "b", larger), kept)

    assert len(two.nodes) == len(one.nodes) + 9 * 6
    before, after = facts(one), facts(two)
    spines = {f"port {name} {port.name}" for name in ("spine-1", "spine-2") for port in two.switches[name].ports}
    assert {key: after.get(key) for key in before.keys() - spines} == {
        key: before[key] for key in before.keys() - spines
    }
