"""The report as one HTML file that needs nothing else: no network, no script, dark and light, good on paper."""

from __future__ import annotations

from pathlib import Path

from gigaworks import __version__
from gigaworks.cli.record.report import Report, fabric_drawing
from gigaworks.cli.views.text import count, draw, figure, short, value
from gigaworks.inventory.canonical import write_whole


def write_html(report: Report, path: Path) -> None:
    """Write the report to a file, whole or not at all."""
    write_whole(path, render(report).encode())


def render(report: Report) -> str:
    """Return the page; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"draw": draw, "figure": figure, "short": short, "value": value, "slug": _slug}
    environment.globals["count"] = count
    template = environment.get_template("report.html.j2")
    return template.render(it=report, drawing=fabric_drawing(report), version=__version__)


def _slug(text: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in text)
