"""Arguments and options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gigaworks.cli.opening import complete_site

_Function = TypeVar("_Function", bound=Callable[..., Any])

site = click.argument("site", type=click.Path(path_type=Path), default=".", shell_complete=complete_site)
site_folder = click.option(
    "--site",
    type=click.Path(path_type=Path),
    default=None,
    shell_complete=complete_site,
    help="The site folder, where it is not found by itself.",
)
as_json = click.option("--json", is_flag=True, help="Write JSON to stdout and nothing else.")
json_into = click.option(
    "--json-into",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write JSON lines to a file beside what the screen shows.",
)
verbose = click.option("-v", "--verbose", is_flag=True, help="Show what is unchanged and every detail, too.")
detailed = click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where something would change.")


def _expressions(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Put the lines of ``@FILE`` in its place; what stands behind a ``#`` is a comment."""
    found: list[str] = []
    for value in values:
        if not value.startswith("@"):
            found.append(value)
            continue
        try:
            text = Path(value[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"{value}: {getattr(error, 'strerror', 'not UTF-8')}", param=parameter) from None
        found += filter(None, (line.partition("#")[0].strip() for line in text.splitlines()))
    if values and not found:
        raise click.BadParameter(f"{' '.join(values)}: names nothing", param=parameter)
    return tuple(found)


def scope(function: _Function) -> _Function:
    """Add ``--limit``, ``--exclude`` and ``--fail-percent``: which nodes, and how many of a wave may fail."""
    for option in (
        click.option("--fail-percent", type=click.IntRange(0, 100), help="Failed nodes of a wave that end it early."),
        _nodes("--exclude", "All but these"),
        _nodes("--limit", "Only these"),
    ):
        function = option(function)
    return function


def _nodes(name: str, which: str) -> Callable[[_Function], _Function]:
    told = f"{which}: nodes, ranges, rack/HALL/NAME, hall/NAME, profile/NAME, or @FILE with one on each line."
    return click.option(name, multiple=True, metavar="NODES", callback=_expressions, help=told)


message = click.option("-m", "--message", default="", help="Why; it goes into the ledger.")


class ReportFile(click.ParamType[tuple[str, Path]]):
    """``FORMAT=FILE`` with one of the formats that a command can write."""

    name = "format=file"

    def __init__(self, *formats: str) -> None:
        self.formats = formats

    def convert(
        self, value: str | tuple[str, Path], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Split the text; anything but ``FORMAT=FILE`` is wrong use."""
        if isinstance(value, tuple):
            return value
        kind, equals, file = value.partition("=")
        if not equals or not file or kind not in self.formats:
            self.fail(f"{value!r}: write {' or '.join(f'{known}=FILE' for known in self.formats)}", param, ctx)
        return kind, Path(file)


def reports(*formats: str) -> Callable[[_Function], _Function]:
    """Return the option ``--report FORMAT=FILE``, which may be given several times."""
    return click.option(
        "--report",
        type=ReportFile(*formats),
        multiple=True,
        metavar="FORMAT=FILE",
        help=f"Also write a report: {', '.join(formats)}.",
    )
