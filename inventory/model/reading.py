"""Plain values to nouns; what pydantic finds wrong becomes problems with a place."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import did_you_mean
from gigaworks.inventory.source import Map, Seq

_T = TypeVar("_T", bound=BaseModel)
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "list_type": "a list",
}
_OURS = ("unit", "negative", "prefix", "address", "date", "mac", "number")  # the errors that our own values raise


def read_model(model: type[_T], value: Map, whole: Place) -> tuple[_T | None, list[Problem]]:
    """Return the noun, or None and every problem; unknown keys alone do not cost the noun."""
    problems: list[Problem] = []
    try:
        return model.model_validate(value, context={"problems": problems}), problems
    except ValidationError as error:
        seen: dict[tuple[Any, ...], list[Any]] = {}
        for item in error.errors(include_url=False, include_context=True):
            seen.setdefault(_walk(value, item["loc"], whole)[0], []).append(item)
        for items in seen.values():
            problems += [_problem(value, items, whole)]
        return None, problems


def _walk(value: Any, loc: tuple[int | str, ...], whole: Place) -> tuple[tuple[int | str, ...], Place, Any]:
    """Follow ``loc`` as far as the file goes; names that pydantic adds for unions are passed over."""
    path: list[int | str] = []
    place = getattr(value, "place", whole)
    for step in loc:
        if step == "[key]" and path and isinstance(path[-1], str):
            break
        in_map = isinstance(value, Map) and step in value
        in_seq = isinstance(value, Seq) and isinstance(step, int) and step < len(value)
        if not (in_map or in_seq):
            continue
        place, value = value.values_at[step], value[step]
        path.append(step)
    return tuple(path), place, value


def _problem(top: Map, items: list[Any], whole: Place) -> Problem:
    path, place, value = _walk(top, items[0]["loc"], whole)
    name = ".".join(str(p) for p in path if isinstance(p, str))
    kinds = {item["type"] for item in items}
    first = items[0]
    key_place = _key_place(top, path) or place
    if "missing" in kinds:
        missing = ", ".join(f"`{item['loc'][-1]}`" for item in items if item["type"] == "missing")
        return Problem(
            "missing key",
            f"`{name}` has no {missing}" if name else f"the file has no {missing}",
            f"add {missing}",
            key_place,
        )
    custom = next((item for item in items if item["type"] in _OURS), None)
    if custom:
        units = custom.get("ctx", {}).get("units")
        fix = f"one of the units {units}" if units else ""
        summary = {"unit": "wrong unit", "negative": "below zero"}.get(custom["type"], f"no {custom['type']}")
        return Problem(summary, f"`{name}`: {custom['msg']}", fix, place)
    if first["type"] == "literal_error":
        expected = first["ctx"]["expected"].replace("'", "`")
        fix = (
            did_you_mean(value, [w.strip("` ") for w in expected.replace(" or ", ", ").split(",")])
            if isinstance(value, str)
            else ""
        )
        return Problem("unknown value", f"`{name}` is {_show(value)}; it may be {expected}", fix, place)
    if first["type"] == "string_pattern_mismatch":
        detail = f"`{name}` is {_show(value)}; it has the form {first['ctx']['pattern']}"
        return Problem("wrong value", detail, "", place)
    wanted = list(dict.fromkeys(_EXPECTED[item["type"]] for item in items if item["type"] in _EXPECTED))
    if len(wanted) == len(kinds):
        fix = "write it in quotes" if "text" in wanted and isinstance(value, int | float) else ""
        return Problem("wrong type", f"`{name}` is {_show(value)}; it should be {' or '.join(wanted)}", fix, place)
    return Problem("wrong value", f"`{name}` is {_show(value)}: {first['msg'][0].lower()}{first['msg'][1:]}", "", place)


def _key_place(value: Any, path: tuple[int | str, ...]) -> Place | None:
    """Return where the name stands that leads to ``path``."""
    for step in path[:-1]:
        value = value[step]
    return value.keys_at[str(path[-1])] if path and isinstance(value, Map) else None


def _show(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"`{value[:60]}`"
    return "a list" if isinstance(value, list) else "a mapping"
