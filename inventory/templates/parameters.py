"""The parameters of a template: type, default, range and what they mean."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.reading import read_model
from gigaworks.inventory.problem import Place, SiteError
from gigaworks.inventory.source import parse, read_text

Value = int | str


class Parameter(Noun):
    """A parameter: a whole number in a range and perhaps a multiple of another, one of some words, or any text.

    The type is that of ``default``.
    """

    description: str
    default: int | str
    minimum: int | None = None
    maximum: int | None = None
    multiple_of: int = 1
    choices: list[str] = Field(default=[])

    def value(self, text: str) -> Value | None:
        """Return the value that ``text`` gives, None where it is none of this parameter."""
        if isinstance(self.default, str):
            return text if text and (not self.choices or text in self.choices) else None
        if not text.isdecimal():
            return None
        number = int(text)
        too_small = self.minimum is not None and number < self.minimum
        too_large = self.maximum is not None and number > self.maximum
        return None if too_small or too_large or number % self.multiple_of else number

    @property
    def takes(self) -> str:
        """Say in words what it may be."""
        if isinstance(self.default, str):
            return " or ".join(self.choices) if self.choices else "a text"
        multiple = f", a multiple of {self.multiple_of}" if self.multiple_of > 1 else ""
        return f"a whole number from {self.minimum:,} to {self.maximum:,}{multiple}"


class TemplateFile(Noun):
    """What `template.yaml` declares."""

    parameters: dict[str, Parameter] = Field(default={})


def read_parameters(path: Path) -> dict[str, Parameter]:
    """Return the parameters that a template declares; none where the file is not there.

    Raises:
        SiteError: with what is wrong in the file.
    """
    if not path.is_file():
        return {}
    name = f"{path.parent.name}/{path.name}"
    top, problems = parse(read_text(path, name), name)
    made, more = read_model(TemplateFile, top, Place(name, 1))
    if made is None or problems or more:
        raise SiteError(*problems, *more)
    return made.parameters
