"""The templates and what can be set in each."""

from __future__ import annotations

from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns
from gigaworks.inventory.canonical import pretty
from gigaworks.inventory.templates import Template


def listed(templates: list[Template], stream: Stream) -> None:
    """Show each template with its settings: what a value may be, and what it is unless set."""
    rows: list[tuple[str, ...]] = []
    for template in templates:
        rows.append((template.name, template.summary))
        rows += [
            (f"  {name}", f"{it.description}, {it.default} unless set: {it.takes}")
            for name, it in template.parameters.items()
        ]
    stream.lines(columns(rows))


def as_json(templates: list[Template], stream: Stream) -> None:
    """Write the same for machines."""
    made = {
        it.name: {
            "summary": it.summary,
            "parameters": {name: p.model_dump(exclude_defaults=True) for name, p in it.parameters.items()},
        }
        for it in templates
    }
    stream.write(pretty(made).decode())
