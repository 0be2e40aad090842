"""The report as one HTML file that needs nothing else: no network, dark and light, good on paper.

What matters at once is plain HTML. Racks and nodes lie in it as compressed JSON, and a small script draws the one that
is looked at; a content security policy lets nothing else run and nothing be loaded.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gigaworks import __version__
from gigaworks.cli.record.pictures.cooling import Cooler
from gigaworks.cli.record.pictures.power import Level
from gigaworks.cli.record.pictures.tree import Branch
from gigaworks.cli.record.report import Report
from gigaworks.cli.views import cooling, fabric, power
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.svg.fabric import draw_fabric
from gigaworks.cli.views.svg.tree import draw_power
from gigaworks.cli.views.text import count, figure, short
from gigaworks.inventory.canonical import canonical, write_whole

TEMPLATES = Path(__file__).parent / "templates"


class Row(NamedTuple):
    """A line of a tree of loads; ``share`` is the load in percent of what can be carried, None where unknown."""

    depth: int
    name: str
    kind: str
    load: str
    limit: str
    headroom: str
    used: str
    note: str
    share: float | None


def write_html(report: Report, path: Path) -> None:
    """Write the report to a file, whole or not at all."""
    write_whole(path, render(report).encode())


def render(report: Report) -> str:
    """Return the page; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure": figure, "short": short, "fold": fold, "rate": fabric.rate}
    environment.globals |= {"count": count, "devices": fabric.devices}
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        it=report,
        version=__version__,
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        data=base64.b64encode(gzip.compress(canonical(report.tables), mtime=0)).decode(),
        power=[row for branch in report.power for row in _power(branch, 0)],
        cooling=list(_cooling(report)),
        contract=power.contract(report.blueprint),
        drawings=_drawings(report),
    )


def _power(branch: Branch[Level], depth: int) -> Iterator[Row]:
    load, usable, headroom, used = power.figures(branch)
    limit = branch.first.device.usable_kw
    most = max(level.device.load_kw for level in branch.each.values())
    share = 100 * most / limit if limit else None
    kind, note = power.kind(branch), power.note(branch)
    yield Row(depth, power.names(branch.each), kind, load, usable, headroom, used, note, share)
    for below in branch.below:
        yield from _power(below, depth + 1)


def _cooling(report: Report) -> Iterator[Row]:
    for hall in report.cooling:
        yield _cooler(0, f"{hall.hall} air", "air", [hall.air])
        for branch in hall.liquid:
            yield from _liquid(branch, 0)


def _liquid(branch: Branch[Cooler], depth: int) -> Iterator[Row]:
    yield _cooler(depth, fold(branch.each), cooling.kind(branch), list(branch.each.values()))
    for below in branch.below:
        yield from _liquid(below, depth + 1)


def _cooler(depth: int, name: str, kind: str, these: list[Cooler]) -> Row:
    load, capacity, headroom, used = cooling.figures(these)
    limit, most = these[0].capacity_kw, max(it.load_kw for it in these)
    share = 100 * most / limit if limit else None
    return Row(depth, name, kind, load, capacity, headroom, used, cooling.note(these), share)


def _drawings(report: Report) -> dict[str, str]:
    """Return the drawings as data: a name → a URL that holds the whole drawing."""
    site, contract = report.blueprint.site.name, power.contract(report.blueprint)
    drawn = {"power": draw_power(report.power, site, contract)}
    drawn |= {f"fabric {it.kind}": draw_fabric(it) for it in report.fabrics}
    return {name: f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" for name, svg in drawn.items()}
