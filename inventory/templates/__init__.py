"""Site folders to begin with: list them, say what can be set, write one out.

A template is a folder: its `README.md` says in the first line what it is, `template.yaml` declares its parameters, and
every other file is written out, `.j2` taken off its name and YAML in the one form of `fmt`, unless nothing comes out.
`${name}` stands for a setting and `{% … %}` is Jinja; what several templates share lies in `blocks/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.problem import Problem, WrongUse
from gigaworks.inventory.ranges import HOST_NAME, did_you_mean
from gigaworks.inventory.templates.parameters import Parameter, Value, read_parameters

_HERE = Path(__file__).parent
_PARAMETERS = "template.yaml"


@dataclass(frozen=True)
class Template:
    """A template: what it is, and what can be set."""

    name: str
    summary: str
    parameters: dict[str, Parameter]


def templates() -> dict[str, Template]:
    """Return every template by name."""
    found = sorted(path.parent for path in _HERE.glob("*/README.md"))
    return {path.name: _template(path) for path in found}


def _template(folder: Path) -> Template:
    summary = (folder / "README.md").read_text().splitlines()[0].lstrip("# ")
    return Template(folder.name, summary, read_parameters(folder / _PARAMETERS))


def copy_template(name: str, target: Path, settings: dict[str, str]) -> list[Path]:
    """Write a site folder from a template and return its files; the site is named after the folder unless set.

    Raises:
        WrongUse: there is no such template or setting, a value does not fit, or ``target`` holds files already.
    """
    from gigaworks.inventory.fmt import formatted

    known = templates()
    if name not in known:
        fix = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise WrongUse(Problem("unknown template", f"there is no template `{name}`", fix))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WrongUse(Problem("folder not empty", f"{target} holds files already", "give a new folder's name"))
    values = _values(known[name], {"name": target.resolve().name, **settings})
    written = []
    for path, text in _rendered(_HERE / name, values).items():
        written.append(target / path)
        text = formatted(text, path.as_posix()) if path.suffix == ".yaml" else text  # noqa: PLW2901
        write_whole(written[-1], text.encode())
    write_whole(target / ".gitignore", b".gigaworks/\n")
    return [*written, target / ".gitignore"]


def _values(template: Template, settings: dict[str, str]) -> dict[str, Value]:
    """Return a value for every parameter: as set, else its default."""
    problems = []
    if not HOST_NAME.fullmatch(settings["name"]):
        fix = "small letters, digits and dashes; another folder's name, or --set name=demo"
        problems.append(Problem("bad name", f"`{settings['name']}` cannot be a site's name", fix))
    values: dict[str, Value] = {key: parameter.default for key, parameter in template.parameters.items()}
    values["name"] = settings["name"]
    for key, text in sorted(settings.items()):
        if key not in values:
            fix = did_you_mean(key, values) or f"known: {', '.join(sorted(values))}"
            detail = f"template `{template.name}` has no setting `{key}`"
            problems.append(Problem("unknown setting", detail, fix))
        elif key != "name":
            value = template.parameters[key].value(text)
            if value is None:
                detail = f"`{key}` is `{text}`; it is {template.parameters[key].takes}"
                fix = f"--set {key}={template.parameters[key].default}"
                problems.append(Problem("wrong setting", detail, fix))
            else:
                values[key] = value
    if problems:
        raise WrongUse(*problems)
    return values


def _rendered(folder: Path, values: dict[str, Value]) -> dict[Path, str]:
    """Return the text of each file by its path in the new folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - what it writes is YAML, not HTML
        loader=FileSystemLoader([folder, _HERE / "blocks"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        variable_start_string="${",
        variable_end_string="}",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sources = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    rendered = {
        path.with_suffix("") if path.suffix == ".j2" else path: environment.get_template(path.as_posix()).render(values)
        for path in sources
        if path.name != _PARAMETERS and not path.name.startswith(("_", "."))
    }
    return {path: text for path, text in rendered.items() if text.strip()}
