"""What we read of NetBox device-type and rack-type files, and of our overlays; the rest of a file is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Arch, FabricKind

_KG = {"kg": 1.0, "g": 0.001, "lb": 0.45359237, "oz": 0.028349523125}
_SPEED_MBIT = {  # the part of a NetBox interface type before the first `base`
    "100": 100, "1000": 1_000, "2.5g": 2_500, "5g": 5_000, "10g": 10_000, "25g": 25_000, "40g": 40_000,
    "50g": 50_000, "100g": 100_000, "200g": 200_000, "400g": 400_000, "800g": 800_000, "1.6t": 1_600_000,
    "infiniband-edr": 100_000, "infiniband-hdr": 200_000, "infiniband-ndr": 400_000, "infiniband-xdr": 800_000,
}  # fmt: skip


class _Netbox(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Interface(_Netbox):
    """An interface of a device type."""

    name: str
    type: str = "other"
    mgmt_only: bool = False

    @property
    def speed_mbit_s(self) -> int | None:
        """Nominal speed by NetBox's type; None where the type does not say."""
        head = self.type.partition("base")[0] if "base" in self.type else self.type
        return _SPEED_MBIT.get(head)


class PowerPort(_Netbox):
    """A power inlet; draws in W as NetBox has them."""

    name: str
    type: str | None = None
    maximum_draw: float | None = None
    allocated_draw: float | None = None


_PartT = TypeVar("_PartT", Interface, PowerPort)


def _in_bay(part: _PartT, position: str) -> _PartT:
    return part.model_copy(update={"name": part.name.replace("{module}", position)})


def _weight_unit(value: Any) -> Any:
    return value or "kg"


class ModuleType(_Netbox):
    """A NetBox module type; ``{module}`` in the names of its parts stands for the bay's position."""

    manufacturer: str
    model: str
    weight: float | None = None
    weight_unit: Annotated[Literal["kg", "g", "lb", "oz"], BeforeValidator(_weight_unit)] = "kg"
    interfaces: list[Interface] = Field(default=[])
    power_ports: Annotated[list[PowerPort], Field(alias="power-ports")] = Field(default=[])


class ModuleBay(_Netbox):
    """A bay of a device type that a module fills, such as that of a power supply."""

    name: str
    position: str = ""


class DeviceType(_Netbox):
    """A NetBox device type."""

    manufacturer: str
    model: str
    slug: str
    u_height: Annotated[float, Field(ge=0)] = 1.0
    is_full_depth: bool = True
    airflow: str | None = None
    weight: float | None = None
    weight_unit: Annotated[Literal["kg", "g", "lb", "oz"], BeforeValidator(_weight_unit)] = "kg"
    interfaces: list[Interface] = Field(default=[])
    power_ports: Annotated[list[PowerPort], Field(alias="power-ports")] = Field(default=[])
    module_bays: Annotated[list[ModuleBay], Field(alias="module-bays")] = Field(default=[])

    def fitted(self, modules: Sequence[tuple[str, ModuleType]]) -> Self:
        """Return the device with the interfaces and power ports of the modules, each in the bay at a position."""
        interfaces = [_in_bay(part, bay) for bay, module in modules for part in module.interfaces]
        ports = [_in_bay(part, bay) for bay, module in modules for part in module.power_ports]
        return self.model_copy(
            update={"interfaces": [*self.interfaces, *interfaces], "power_ports": [*self.power_ports, *ports]}
        )

    @property
    def weight_kg(self) -> float | None:
        """Weight in kg, None where unknown."""
        return None if self.weight is None else self.weight * _KG[self.weight_unit]


class RackType(_Netbox):
    """A NetBox rack type."""

    manufacturer: str
    model: str
    slug: str
    u_height: Annotated[float, Field(gt=0)]
    outer_width: float | None = None
    outer_depth: float | None = None
    outer_unit: Literal["mm", "in"] | None = None
    weight: float | None = None
    max_weight: float | None = None
    weight_unit: Annotated[Literal["kg", "g", "lb", "oz"], BeforeValidator(_weight_unit)] = "kg"

    @property
    def weight_kg(self) -> float | None:
        """Weight of the empty rack in kg, None where unknown."""
        return None if self.weight is None else self.weight * _KG[self.weight_unit]

    @property
    def max_kg(self) -> float | None:
        """What the rack may carry, in kg; None where unknown."""
        return None if self.max_weight is None else self.max_weight * _KG[self.weight_unit]

    @property
    def width_mm(self) -> float | None:
        """Outer width in mm, None where unknown."""
        return self._mm(self.outer_width)

    @property
    def depth_mm(self) -> float | None:
        """Outer depth in mm, None where unknown."""
        return self._mm(self.outer_depth)

    @property
    def footprint_m2(self) -> float | None:
        """Floor area in m2, None where unknown."""
        width, depth = self.width_mm, self.depth_mm
        return None if width is None or depth is None else width * depth / 1e6

    def _mm(self, length: float | None) -> float | None:
        return None if length is None else length * (25.4 if self.outer_unit == "in" else 1)


class AcceleratorsNoun(Noun):
    """The accelerators of a device."""

    vendor: Literal["nvidia", "amd", "other"]
    model: str
    count: Annotated[int, Field(ge=1)]


class Overlay(Noun):
    """An overlay: figures with their source, one for all or for each; ``unknown`` says why a figure is not there."""

    source: str | dict[str, str]
    unknown: dict[str, str] = Field(default={})

    def source_of(self, figure: str) -> str | None:
        """Return where a figure comes from; None where nobody says."""
        return self.source if isinstance(self.source, str) else self.source.get(figure)


class DeviceOverlay(Overlay):
    """An overlay of a device type: what the NetBox format cannot say.

    ``draw`` is the maximum draw; ``psus_needed`` of its power supplies carry it; ``liquid_share`` is the share of the
    heat that liquid takes; ``nvlink_domain`` counts the accelerators of its scale-up domain; ``ports`` are a switch's
    ports for a fabric, a range of names; ``modules`` names the module type in each bay, by name or range of names.
    Where ``supplies`` are ``unknown``, an inlet's maximum draw is not what its power supply can give.
    """

    arch: Arch | None = None
    sockets: Annotated[int, Field(ge=1)] | None = None
    cores: Annotated[int, Field(ge=1)] | None = None
    memory: units.Gibibytes | None = None
    accelerators: AcceleratorsNoun | None = None
    nvlink_domain: Annotated[int, Field(ge=2)] | None = None
    draw: units.Kw | None = None
    psus_needed: Annotated[int, Field(ge=1)] | None = None
    liquid_share: units.Percent | None = None
    max_inlet: units.Celsius | None = None
    unit: Literal["U", "OU"] = "U"
    busbar: bool = False
    nics: dict[str, FabricKind] = Field(default={})
    ports: str | None = None
    modules: dict[str, str] = Field(default={})


class ShelvesNoun(Noun):
    """The power shelves of a rack with a busbar."""

    count: Annotated[int, Field(ge=1)]
    rating: units.Kw


class RackOverlay(Overlay):
    """An overlay of a rack type; ``equipment`` is what every such rack holds: device type → its positions."""

    unit: Literal["U", "OU"] = "U"
    busbar: bool = False
    shelves: ShelvesNoun | None = None
    equipment: dict[str, str] = Field(default={})
    max_power: units.Kw | None = None


class OverlayFile(Noun):
    """An overlay file."""

    devices: dict[str, DeviceOverlay] = Field(default={})
    racks: dict[str, RackOverlay] = Field(default={})
