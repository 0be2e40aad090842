"""CSV that spreadsheets and importers read alike: RFC 4180, a header, UTF-8, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what spreadsheets take for the beginning of a formula


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection). None is an empty
    cell; a whole float has no fraction; truth is ``true`` and ``false``, as NetBox reads it.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return file.getvalue()


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_RUNS) else cell
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
