"""Quantities as people write them, ``480 kW``, and the plain numbers that the blueprint holds."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_QUANTITY = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*([^\s\d].*)?")


def _unit(example: str, **factors: float) -> Any:
    """Return the annotation of a float that is written with a unit; ``factors`` turn each unit into the first one.

    Names in ``factors`` spell ``/`` as ``_per_`` and ``%`` as ``percent``.
    """
    known = {name.replace("_per_", "/").replace("percent", "%"): factor for name, factor in factors.items()}

    def read(value: Any) -> float:
        match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None or match[2] not in known:
            number = (
                str(value) if isinstance(value, int | float) and not isinstance(value, bool) else match and match[1]
            )
            meant = f"{number} {next(iter(known))}" if number and (not match or not match[2]) else example
            raise PydanticCustomError(
                "unit",
                "{value} has no unit that fits here; write it as `{example}`",
                {"value": _show(value), "example": meant, "units": ", ".join(known)},
            )
        number = float(match[1])
        if number < 0 and "C" not in known:
            raise PydanticCustomError("negative", "{value} is below zero", {"value": _show(value)})
        return round(number * known[match[2]], 9)

    units = "|".join(re.escape(unit) for unit in known)
    schema = {"type": "string", "pattern": rf"^-?\d+(\.\d+)?\s*({units})$", "examples": [example]}
    return Annotated[float, BeforeValidator(read), WithJsonSchema(schema)]


def _show(value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return f"`{str(value)[:60]}`"
    return f"a {type(value).__name__}" if value is not None else "nothing"


Kw = _unit("480 kW", kW=1, W=0.001, MW=1000)
Kva = _unit("250 kVA", kVA=1, VA=0.001, MVA=1000)
Amperes = _unit("63 A", A=1, kA=1000)
Volts = _unit("400 V", V=1, kV=1000)
Celsius = _unit("32 C", C=1)
Kelvin = _unit("10 K", K=1)
LitresPerMinute = _unit("900 L/min", L_per_min=1, L_per_s=60, m3_per_h=1000 / 60)
CubicMetresPerHour = _unit("12000 m3/h", m3_per_h=1)
KjPerKgKelvin = _unit("3.94 kJ/kgK", kJ_per_kgK=1)
KgPerLitre = _unit("1.02 kg/L", kg_per_L=1, kg_per_m3=0.001)
KwPerMinute = _unit("200 kW/min", kW_per_min=1, kW_per_s=60)
KgPerSquareMetre = _unit("1500 kg/m2", kg_per_m2=1, t_per_m2=1000)
Kg = _unit("1200 kg", kg=1, t=1000)
Metres = _unit("2.5 m", m=1, cm=0.01, mm=0.001)
MbitPerSecond = _unit("10 Gbit/s", Mbit_per_s=1, Gbit_per_s=1000, Tbit_per_s=1_000_000)
GbytesPerSecond = _unit("10 GB/s", GB_per_s=1, MB_per_s=0.001, TB_per_s=1000)
Terabytes = _unit("7.68 TB", TB=1, GB=0.001, PB=1000)
Gibibytes = _unit("64 GiB", GiB=1, MiB=1 / 1024, TiB=1024)
Parameters = _unit("405 billion", billion=1e9, million=1e6, trillion=1e12)
Seconds = _unit("10 min", s=1, min=60, h=3600)
Percent = _unit("10 %", percent=1)
