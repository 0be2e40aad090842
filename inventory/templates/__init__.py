"""Site folders to begin with: list them, copy one."""

from __future__ import annotations

import string
from pathlib import Path

from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.problem import Problem, WrongUse
from gigaworks.inventory.ranges import HOST_NAME, did_you_mean

_HERE = Path(__file__).parent


def templates() -> dict[str, str]:
    """Return each template's name and what it is, from the first line of its README."""
    found = sorted(path for path in _HERE.iterdir() if (path / "site.yaml").is_file())
    return {path.name: (path / "README.md").read_text().splitlines()[0].lstrip("# ") for path in found}


def copy_template(name: str, target: Path, settings: dict[str, str]) -> list[Path]:
    """Write a site folder from a template and return its files; the site is named after the folder unless set.

    Raises:
        WrongUse: there is no such template or setting, or ``target`` holds files already.
    """
    known = templates()
    if name not in known:
        fix = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise WrongUse(Problem("unknown template", f"there is no template `{name}`", fix))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WrongUse(Problem("folder not empty", f"{target} holds files already", "give a new folder's name"))
    values = {"name": target.resolve().name, **settings}
    if not HOST_NAME.fullmatch(values["name"]):
        fix = "small letters, digits and dashes; another folder's name, or --set name=demo"
        raise WrongUse(Problem("bad name", f"`{values['name']}` cannot be a site's name", fix))
    sources = {path: path.read_text() for path in sorted((_HERE / name).rglob("*")) if path.is_file()}
    asked = {field for text in sources.values() for field in string.Template(text).get_identifiers()}
    for unknown in sorted(values.keys() - asked):
        fix = did_you_mean(unknown, asked) or f"known: {', '.join(sorted(asked))}"
        raise WrongUse(Problem("unknown setting", f"template `{name}` has no setting `{unknown}`", fix))
    written = []
    for path, text in sources.items():
        written.append(target / path.relative_to(_HERE / name))
        write_whole(written[-1], string.Template(text).substitute(values).encode())
    write_whole(target / ".gitignore", b".gigaworks/\n")
    return [*written, target / ".gitignore"]
