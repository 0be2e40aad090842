"""Jinja2 templates of roles: an undefined name is an error, never an empty string."""

from __future__ import annotations

import functools
import shlex
from pathlib import Path
from typing import Any

import jinja2


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - configuration files, not HTML
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sh"] = shlex.quote
    return environment


def render(module_file: str, template: str, **values: Any) -> str:
    """Return a template of the role whose deploy.py is ``module_file``, rendered.

    Raises:
        jinja2.UndefinedError: the template names something that is not among ``values``.
    """
    return _environment(Path(module_file).parent / "templates").get_template(template).render(**values)
