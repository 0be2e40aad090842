"""Finding a device or rack type by ``manufacturer/model``, in the site's own folders first, then in ours."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from gigaworks.inventory.catalog.types import (
    DeviceOverlay,
    DeviceType,
    Interface,
    ModuleType,
    OverlayFile,
    RackOverlay,
    RackType,
)
from gigaworks.inventory.media import form_of
from gigaworks.inventory.model.reading import read_model
from gigaworks.inventory.model.words import FabricKind
from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import RangeError, did_you_mean, expand
from gigaworks.inventory.source import Unreadable, misplaced, parse, read_text

_T = TypeVar("_T", bound=BaseModel)

SHIPPED = Path(__file__).parent
FOLDERS = ("device-types", "module-types", "rack-types", "overlays")


@dataclass(frozen=True)
class Device:
    """A device type with its overlay; None is unknown."""

    ref: str
    type: DeviceType
    overlay: DeviceOverlay
    ports: list[Interface] = field(default_factory=list)  # of a switch: those that a fabric may use

    @functools.cached_property
    def draw_kw(self) -> float | None:
        """Maximum draw: the overlay's; else what its inlets take at most, an upper bound; else unknown.

        Of inlets that say what they take, those count that the device needs (``psus_needed``), the largest, or all.
        """
        declared: float | None = self.overlay.draw
        if declared is not None:
            return declared
        ports = self.type.power_ports
        for watts in ([p.allocated_draw for p in ports], [p.maximum_draw for p in ports]):
            if watts and all(watts):
                return sum(sorted((w or 0 for w in watts), reverse=True)[: self.overlay.psus_needed]) / 1000
        return None

    @functools.cached_property
    def nics(self) -> dict[str, FabricKind]:
        """The fabric of each interface that is not for management only: as overlaid, else the first is in-band."""
        names = [i.name for i in self.type.interfaces if not i.mgmt_only]
        if self.overlay.nics:
            return {name: kind for name, kind in self.overlay.nics.items() if name in names}
        return {name: "compute" if n else "mgmt" for n, name in enumerate(names)}

    @functools.cached_property
    def speeds(self) -> dict[str, int | None]:
        """Nominal Mbit/s of each interface; None where its type does not say."""
        return {i.name: i.speed_mbit_s for i in self.type.interfaces}

    @functools.cached_property
    def forms(self) -> dict[str, str | None]:
        """The plug of each interface, such as OSFP; None where its type does not say."""
        return {i.name: form_of(i.type) for i in self.type.interfaces}

    @functools.cached_property
    def joins_domain(self) -> bool:
        """Whether its accelerators are part of a scale-up domain larger than the node, as in an NVL72 rack."""
        accelerators, domain = self.overlay.accelerators, self.overlay.nvlink_domain
        return accelerators is not None and domain is not None and domain > accelerators.count

    @functools.cached_property
    def liquid_share(self) -> float:
        """Share of the heat that liquid takes, 0 to 1; air takes what nobody declares to be liquid."""
        return (self.overlay.liquid_share or 0) / 100


class Equipment(NamedTuple):
    """A device that belongs to a rack type, such as a power shelf, and its lowest unit."""

    device: Device
    position: int


@dataclass
class Catalogue:
    """The types that a site may use; files are read when they are asked for."""

    problems: list[Problem] = field(default_factory=list)
    _files: dict[str, dict[str, tuple[Path, str]]] = field(default_factory=dict)
    _devices: dict[str, Device | None] = field(default_factory=dict)
    _racks: dict[str, tuple[RackType, RackOverlay] | None] = field(default_factory=dict)
    _equipment: dict[str, list[Equipment]] = field(default_factory=dict)
    _device_overlays: dict[str, DeviceOverlay] = field(default_factory=dict)
    _rack_overlays: dict[str, RackOverlay] = field(default_factory=dict)

    def names(self, folder: str) -> list[str]:
        """Return every name known in ``device-types``, ``module-types`` or ``rack-types``."""
        return sorted(self._files.get(folder, {}))

    def device(self, ref: str) -> Device | None:
        """Return a device type by ``manufacturer/model``, None where there is none or its file is broken."""
        if ref not in self._devices:
            made = self._read("device-types", ref, DeviceType)
            overlay = self._device_overlays.get(ref) or DeviceOverlay(source="none")
            self._devices[ref] = None
            if made is not None:
                whole = self._fitted(made, overlay)
                self._devices[ref] = Device(ref, whole, overlay, self._ports_of(whole, overlay))
        return self._devices[ref]

    def _fitted(self, device: DeviceType, overlay: DeviceOverlay) -> DeviceType:
        """Return the device with the modules that its overlay puts into its bays."""
        positions = {bay.name: bay.position or bay.name for bay in device.module_bays}
        inside: list[tuple[str, ModuleType]] = []
        for key, ref in overlay.modules.items():
            place = overlay.item_at("modules", key)
            module = self._read("module-types", ref, ModuleType)
            if module is None:
                self._unknown("module type", ref, self.names("module-types"), place)
            bays = self._range("module bay", key, list(positions), place)
            inside += [(positions[bay], module) for bay in bays if module is not None]
        return device.fitted(inside)

    def _ports_of(self, device: DeviceType, overlay: DeviceOverlay) -> list[Interface]:
        """Return the interfaces that a fabric may use: as overlaid, else all that are not for management only."""
        if overlay.ports is None:
            return [i for i in device.interfaces if not i.mgmt_only]
        by_name = {i.name: i for i in device.interfaces}
        return [by_name[name] for name in self._range("interface", overlay.ports, list(by_name), overlay.at("ports"))]

    def _range(self, what: str, key: str, known: list[str], place: Place) -> list[str]:
        """Return the names of a range that are known; the others are problems."""
        try:
            names = expand(key)
        except RangeError as error:
            self.problems.append(Problem("bad range", str(error), "", place))
            return []
        for name in names:
            if name not in known:
                self._unknown(what, name, known, place)
        return [name for name in names if name in known]

    def _unknown(self, what: str, name: str, known: list[str], place: Place) -> None:
        fix = did_you_mean(name, known) or f"known: {', '.join(known[:8]) or 'none'}"
        self.problems.append(Problem(f"unknown {what}", f"there is no {what} `{name}`", fix, place))

    def rack(self, ref: str) -> tuple[RackType, RackOverlay] | None:
        """Return a rack type by ``model`` or ``manufacturer/model``, None where there is none."""
        if ref not in self._racks:
            made = self._read("rack-types", ref, RackType)
            overlay = self._rack_overlays.get(ref) or self._rack_overlays.get(ref.rpartition("/")[2])
            self._racks[ref] = (made, overlay or RackOverlay(source="none")) if made else None
        return self._racks[ref]

    def equipment(self, ref: str) -> list[Equipment]:
        """Return what every rack of a type holds, from the bottom up."""
        if ref not in self._equipment:
            found = self.rack(ref)
            self._equipment[ref] = self._equipment_of(*found) if found else []
        return self._equipment[ref]

    def _equipment_of(self, rack: RackType, overlay: RackOverlay) -> list[Equipment]:
        made: list[Equipment] = []
        for ref, positions in overlay.equipment.items():
            place = overlay.item_at("equipment", ref)
            device = self.device(ref)
            if device is None:
                self._unknown("device type", ref, self.names("device-types"), place)
            units = self._range("unit", positions, [str(n + 1) for n in range(int(rack.u_height))], place)
            made += [Equipment(device, int(unit)) for unit in units if device is not None]
        return sorted(made, key=lambda item: item.position)

    def add(self, base: Path, prefix: str) -> None:
        """Add the types and overlays under ``base``; what was added before wins. ``prefix`` names it in places."""
        for folder in ("device-types", "module-types", "rack-types"):
            known = self._files.setdefault(folder, {})
            for path in sorted(p for p in (base / folder).rglob("*.y*ml") if p.suffix in (".yaml", ".yml")):
                if self._misplaced(path, base):
                    continue
                name = prefix + path.relative_to(base).as_posix()
                key = f"{slug(path.parent.name)}/{slug(path.stem)}"
                known.setdefault(key, (path, name))
                if folder == "rack-types":
                    known.setdefault(slug(path.stem), (path, name))
        for path in sorted((base / "overlays").glob("*.yaml")):
            if self._misplaced(path, base):
                continue
            made = self._load(path, prefix + path.relative_to(base).as_posix(), OverlayFile)
            if made is not None:
                self._device_overlays = {**made.devices, **self._device_overlays}
                self._rack_overlays = {**made.racks, **self._rack_overlays}

    def _misplaced(self, path: Path, base: Path) -> bool:
        problem = misplaced(path, base) if path.is_symlink() else None
        self.problems += [problem] if problem else []
        return problem is not None

    def _read(self, folder: str, ref: str, model: type[_T]) -> _T | None:
        path, name = self._files.get(folder, {}).get(ref, (None, ""))
        return self._load(path, name, model) if path else None

    def _load(self, path: Path, name: str, model: type[_T]) -> _T | None:
        try:
            top, problems = parse(read_text(path, name), name)
        except Unreadable as error:
            self.problems.append(error.problem)
            return None
        if model is OverlayFile and top.get("schema") == 1:
            del top["schema"]
        made, more = read_model(model, top, Place(name, 1))
        self.problems += problems + more
        return made


def slug(text: str) -> str:
    """Return ``text`` in lower case with a dash for everything that is no letter, digit or dot."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def catalogue(root: Path) -> Catalogue:
    """Return the catalogue of a site folder: its own types first, then those that ship with Gigaworks."""
    made = Catalogue()
    made.add(root, "")
    made.add(SHIPPED, "catalog/")
    return made
