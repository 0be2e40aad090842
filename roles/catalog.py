"""Which roles there are: ours, and those in a site's own ``roles/`` folder, loaded alike.

A role is a package: ``__init__.py`` (its docstring says what it sets and what proves it; ``ARCHITECTURES``; optional
``why_not(context)``, ``MEASURES = True``, ``EXERCISED`` and ``EXAMPLE``, the parameters that its page shows),
``params.py`` (``Params``, pydantic), ``checks.py`` (``checks(params, context)``) and ``deploy.py``
(``deploy(params, context)``, pyinfra operations; imported by workers only).
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from gigaworks.inventory.blueprint import Blueprint, RoleCall
from gigaworks.inventory.problem import Place, Problem

if TYPE_CHECKING:
    from pydantic import BaseModel

    from gigaworks.roles.check import Check
    from gigaworks.roles.target import Context

OURS = Path(__file__).parent


@dataclass(frozen=True)
class Role:
    """A role by its name. ``module`` holds the docstring; the parts are imported when asked for."""

    name: str
    module: ModuleType

    @property
    def architectures(self) -> tuple[str, ...]:
        """The architectures on which the role does its work; elsewhere it is skipped, loudly."""
        return cast("tuple[str, ...]", self.module.ARCHITECTURES)

    @property
    def exercised(self) -> tuple[str, ...]:
        """The architectures on which the tests run the role's real programs; the others know recorded facts only."""
        return cast("tuple[str, ...]", getattr(self.module, "EXERCISED", ()))

    @property
    def measures(self) -> bool:
        """Whether its checks are measurements: they load the node, and run only where they are asked for by name."""
        return bool(getattr(self.module, "MEASURES", False))

    @property
    def params(self) -> type[BaseModel]:
        """The model of its parameters."""
        return cast("type[BaseModel]", self._part("params").Params)

    @property
    def deploy(self) -> Callable[[Any, Context], None]:
        """The function that calls pyinfra operations; importing it imports pyinfra."""
        return cast("Callable[[Any, Context], None]", self._part("deploy").deploy)

    @property
    def checks(self) -> Callable[[Any, Context], list[Check]]:
        """The function that returns what is read back or measured."""
        return cast("Callable[[Any, Context], list[Check]]", self._part("checks").checks)

    def why_not(self, context: Context) -> str:
        """Return why the role has nothing to do on a node; empty where it has."""
        if context.arch not in self.architectures:
            return f"{context.arch} is not among the role's architectures: {', '.join(self.architectures)}"
        reason = getattr(self.module, "why_not", None)
        return str(reason(context)) if reason else ""

    def _part(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.module.__name__}.{name}")


def names(folder: Path | None = None) -> list[str]:
    """Return every role's name, sorted; ``folder`` is a site's own roles folder."""
    return sorted({path.parent.name for base in (OURS, folder) if base for path in base.glob("*/params.py")})


@functools.cache
def role(name: str, folder: Path | None = None) -> Role:
    """Return a role; a site's own goes before ours of the same name.

    Raises:
        KeyError: there is no such role.
    """
    if folder and (folder / name / "params.py").is_file():
        return Role(name, _load(name, folder))
    if (OURS / name / "params.py").is_file():
        return Role(name, importlib.import_module(f"gigaworks.roles.{name}"))
    raise KeyError(name)


def _load(name: str, folder: Path) -> ModuleType:
    module_name = f"gigaworks_site_roles_{abs(hash(str(folder.resolve())))}_{name}"
    start = folder / name / "__init__.py"
    spec = importlib.util.spec_from_file_location(module_name, start, submodule_search_locations=[str(folder / name)])
    if spec is None or spec.loader is None:
        raise KeyError(name)
    sys.modules[module_name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[module_name]
        raise
    return module


def validate(blueprint: Blueprint, folder: Path | None = None) -> list[Problem]:
    """Return every unknown role and every parameter that a role does not take, each with its place.

    ``folder`` is the site's own roles folder.
    """
    known = names(folder)
    problems: list[Problem] = []
    for profile in blueprint.profiles.values():
        for call in profile.roles:
            if call.role in known:
                problems += _wrong_params(call, profile.name, folder)
            else:
                problems.append(
                    Problem(
                        summary="no such role",
                        detail=f"profile {profile.name} names role {call.role!r}",
                        fix=_meant(call.role, known),
                        where=_place(call.where),
                        id="ROLE-1",
                        subject=profile.name,
                    )
                )
    return problems


def _wrong_params(call: RoleCall, profile: str, folder: Path | None) -> list[Problem]:
    import pydantic

    try:
        model = role(call.role, folder).params
    except Exception as error:  # a site's own role is anybody's code
        return [
            Problem(
                summary="the role cannot be loaded",
                detail=f"{call.role}: {type(error).__name__}: {error}",
                fix=f"Mend roles/{call.role} in the site folder.",
                where=_place(call.where),
                id="ROLE-2",
                subject=profile,
            )
        ]
    try:
        model.model_validate(call.params)
    except pydantic.ValidationError as error:
        return [_wrong_param(call, profile, model, dict(found)) for found in error.errors(include_url=False)]
    return []


def _wrong_param(call: RoleCall, profile: str, model: type[BaseModel], found: dict[str, Any]) -> Problem:
    path = [str(part) for part in found["loc"]]
    name = ".".join(path)
    unknown = found["type"] == "extra_forbidden"
    field = model.model_fields.get(path[0]) if path else None
    if unknown:
        fix = _meant(path[-1], _fields(model, nested=len(path) > 1))
    else:
        fix = (field.description or "") if field else ""
    return Problem(
        summary="no such role parameter" if unknown else "a role parameter cannot be used",
        detail=f"role {call.role}, {name}: " + ("unknown" if unknown else f"{found['msg']}, got {found['input']!r}"),
        fix=fix,
        where=_place(
            next((call.origins[key] for key in (name, path[0] if path else "") if key in call.origins), call.where)
        ),
        id="ROLE-3",
        subject=profile,
    )


def _fields(model: type[BaseModel], nested: bool) -> list[str]:
    if not nested:
        return sorted(model.model_fields)
    parts = model.model_json_schema().get("$defs", {}).values()
    return sorted({name for part in parts for name in part.get("properties", {})})


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Use one of: {', '.join(known)}."


def _place(where: str) -> Place | None:
    if not where:
        return None
    file, _, rest = where.partition(":")
    line, _, column = rest.partition(":")
    return Place(file=file, line=int(line or 0), column=int(column or 0))
