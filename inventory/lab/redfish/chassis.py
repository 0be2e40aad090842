"""The chassis around a machine or a PDU: power supplies, cooling, sensors, and the power limit that can be set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gigaworks.inventory.lab.redfish.protocol import ROOT
from gigaworks.inventory.lab.redfish.resource import (
    Body,
    Check,
    Resource,
    Tree,
    collection,
    link,
    number,
    one_of,
    status,
    things,
)

COLLECTION = f"{ROOT}/Chassis"
URI = f"{COLLECTION}/1"
_CONTROL = f"{URI}/Controls/PowerLimit"
_SENSORS = f"{URI}/Sensors"
_INLET_C = 24.0  # simulated; nothing heats it


@dataclass(frozen=True)
class PowerLimit:
    """A limit in W that can be set; None is no limit."""

    read: Callable[[], int | None]
    write: Callable[[int | None], None]
    least_w: int
    most_w: int


@dataclass(frozen=True)
class Chassis:
    """A simulated chassis. ``draw_w`` is its simulated draw; ``below`` are links to what it holds."""

    name: str
    kind: str  # Redfish's ChassisType
    manufacturer: str
    model: str
    serial: str
    powered: Callable[[], bool]
    draw_w: Callable[[], float]
    limit: PowerLimit
    below: Body
    supplies: int  # power supplies

    def tree(self) -> Tree:
        """Return the chassis and everything in it."""
        powers = f"{URI}/PowerSubsystem"
        return {
            COLLECTION: collection("Chassis", "Chassis", COLLECTION, ["1"]),
            URI: Resource("Chassis.v1_28_0.Chassis", self._read),
            powers: Resource(
                "PowerSubsystem.v1_1_3.PowerSubsystem",
                lambda: {
                    "Id": "PowerSubsystem",
                    "Name": "Power subsystem (simulated)",
                    "CapacityWatts": self.limit.most_w,
                    "PowerSupplies": link(f"{powers}/PowerSupplies"),
                    "Status": status(),
                },
            ),
            **things(
                "PowerSupply",
                "Power supplies",
                f"{powers}/PowerSupplies",
                {f"PSU{n}": self._supply(f"PSU{n}") for n in range(1, self.supplies + 1)},
            ),
            f"{URI}/ThermalSubsystem": Resource(
                "ThermalSubsystem.v1_5_0.ThermalSubsystem",
                lambda: {"Id": "ThermalSubsystem", "Name": "Thermal subsystem (simulated)", "Status": status()},
            ),
            f"{URI}/EnvironmentMetrics": Resource(
                "EnvironmentMetrics.v1_5_0.EnvironmentMetrics",
                self._environment,
                self._limit_checks("PowerLimitWatts/"),
                self._set_limit,
            ),
            **things("Sensor", "Sensors", _SENSORS, self._sensors()),
            **things("Control", "Controls", f"{URI}/Controls", {"PowerLimit": self._control()}),
        }

    def _read(self) -> Body:
        return {
            "Id": "1",
            "Name": f"Chassis of {self.name}",
            "ChassisType": self.kind,
            "Manufacturer": self.manufacturer,
            "Model": self.model,
            "SerialNumber": self.serial,
            "PowerState": "On" if self.powered() else "Off",
            "PowerSubsystem": link(f"{URI}/PowerSubsystem"),
            "ThermalSubsystem": link(f"{URI}/ThermalSubsystem"),
            "EnvironmentMetrics": link(f"{URI}/EnvironmentMetrics"),
            "Sensors": link(_SENSORS),
            "Controls": link(f"{URI}/Controls"),
            "Links": self.below,
            "Status": status(),
        }

    def _supply(self, name: str) -> Resource:
        return Resource(
            "PowerSupply.v1_6_0.PowerSupply",
            lambda: {
                "Id": name,
                "Name": f"{name} (simulated)",
                "PowerSupplyType": "AC",
                "PowerCapacityWatts": self.limit.most_w // self.supplies,
                "Status": status(),
            },
        )

    def _limit(self) -> Body:
        limit = self.limit.read()
        return {
            "SetPoint": limit,
            "ControlMode": "Disabled" if limit is None else "Automatic",
            "AllowableMin": self.limit.least_w,
            "AllowableMax": self.limit.most_w,
        }

    def _limit_checks(self, prefix: str) -> dict[str, Check]:
        return {
            f"{prefix}SetPoint": number(self.limit.least_w, self.limit.most_w, null=True),
            f"{prefix}ControlMode": one_of("Automatic", "Disabled"),
        }

    def _set_limit(self, values: Body) -> None:
        plain = {path.rpartition("/")[2]: value for path, value in values.items()}
        wanted = plain.get("SetPoint", self.limit.read())
        if plain.get("ControlMode") == "Disabled":
            wanted = None
        self.limit.write(None if wanted is None else round(wanted))

    def _environment(self) -> Body:
        return {
            "Id": "EnvironmentMetrics",
            "Name": "Environment metrics (simulated)",
            "PowerWatts": {"DataSourceUri": f"{_SENSORS}/PowerDraw", "Reading": self.draw_w()},
            "TemperatureCelsius": {"DataSourceUri": f"{_SENSORS}/InletTemperature", "Reading": _INLET_C},
            "PowerLimitWatts": {"DataSourceUri": _CONTROL, **self._limit(), "Reading": self.draw_w()},
        }

    def _sensors(self) -> Tree:
        return {
            "PowerDraw": _sensor("PowerDraw", "Power draw", "Power", "W", self.draw_w),
            "InletTemperature": _sensor(
                "InletTemperature", "Inlet temperature", "Temperature", "Cel", lambda: _INLET_C
            ),
        }

    def _control(self) -> Resource:
        return Resource(
            "Control.v1_7_0.Control",
            lambda: {
                "Id": "PowerLimit",
                "Name": "Power limit (simulated)",
                "ControlType": "Power",
                "SetPointType": "Single",
                "SetPointUnits": "W",
                "PhysicalContext": "Chassis",
                **self._limit(),
                "Status": status(),
            },
            self._limit_checks(""),
            self._set_limit,
        )


def _sensor(key: str, name: str, kind: str, units: str, read: Callable[[], float]) -> Resource:
    return Resource(
        "Sensor.v1_12_0.Sensor",
        lambda: {
            "Id": key,
            "Name": f"{name} (simulated)",
            "ReadingType": kind,
            "ReadingUnits": units,
            "Reading": read(),
            "PhysicalContext": "Chassis",
            "Status": status(),
        },
    )
