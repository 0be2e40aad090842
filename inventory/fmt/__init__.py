"""One form for site files: keys of a noun in the model's order, one indentation, comments kept."""

from __future__ import annotations

import re
from pathlib import Path

from gigaworks.inventory.fmt.layout import written
from gigaworks.inventory.fmt.order import shape_of_file
from gigaworks.inventory.fmt.tree import read
from gigaworks.inventory.load import site_files
from gigaworks.inventory.problem import Place, Problem, SiteError
from gigaworks.inventory.source import Map, Unreadable, parse, read_text

_ANCHOR = re.compile(r"[:\-\[,{]\s+&\w")  # an alias must stay behind its anchor


def formatted(text: str, name: str) -> str:
    """Return a site file's text in the one form; what it declares and its comments stay the same.

    Keys of a noun stand in the order in which the schema lists them, unless the file has anchors; names stand as they
    were written. Two spaces indent; a flow mapping or list is one line of at most 120 columns or is filled to that
    width, and those under one parent are aligned; a comment behind a value begins in column 30, or two spaces behind
    it where the value is longer; at most one line is empty. ``formatted(formatted(x)) == formatted(x)``.

    Raises:
        SiteError: the text is no site file that can be read whole; ``name`` is the file's in the problem's place.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    before = _values(text, name)
    tree, comments = read(text)
    result = written(tree, shape_of_file(before, ordered=not _ANCHOR.search(text)))
    if _values(result, name) != before or sorted(read(result)[1]) != sorted(comments):
        detail = "its form cannot be changed without changing what it says"
        raise SiteError(Problem("cannot be formatted", detail, "write it in a simpler way", Place(name)))
    return result


def files(path: Path) -> dict[Path, str]:
    """Return the text of a site file, or of every site file in a folder.

    Raises:
        SiteError: one of them cannot be read.
    """
    found, problems = site_files(path) if path.is_dir() else ([path], [])
    root = path if path.is_dir() else path.parent
    texts: dict[Path, str] = {}
    for file in found:
        try:
            texts[file] = read_text(file, file.relative_to(root).as_posix())
        except Unreadable as error:
            problems.append(error.problem)
    if problems:
        raise SiteError(*problems)
    return texts


def _values(text: str, name: str) -> Map:
    try:
        top, problems = parse(text, name)
    except Unreadable as error:
        raise SiteError(error.problem) from None
    if problems:
        raise SiteError(*problems)
    return top
