"""What a computer system consists of: processors, accelerators, memory, network interfaces."""

from __future__ import annotations

from gigaworks.inventory.lab.machine import Hardware, Machine
from gigaworks.inventory.lab.redfish.resource import Body, Resource, Tree, status, things

FIRMWARE = "1.0.0 (simulated)"  # of everything that has firmware here
_ARCHITECTURES = {"x86_64": ("x86", "x86-64"), "aarch64": ("ARM", "ARM-A64"), "riscv64": ("RISC-V", "RV64")}
_GPU_VENDORS = {"nvidia": "NVIDIA", "amd": "AMD", "other": "unknown"}


def cpu_model(hardware: Hardware) -> str:
    """Return what the processors call themselves."""
    return f"{hardware.arch} processor (simulated)"


def simulated(name: str) -> str:
    """Return a name that says what it is."""
    return name if "simulated" in name.lower() else f"{name} (simulated)"


def tree(machine: Machine, system: str) -> Tree:
    """Return the parts below the URI of their system."""
    hardware = machine.hardware
    on = machine.power() == "on"
    return {
        **things("Processor", "Processors", f"{system}/Processors", _processors(hardware)),
        **things("Memory", "Memory modules", f"{system}/Memory", _memory(hardware)),
        **things("EthernetInterface", "Network interfaces", f"{system}/EthernetInterfaces", _interfaces(hardware, on)),
    }


def _processors(hardware: Hardware) -> Tree:
    architecture, instructions = _ARCHITECTURES[hardware.arch]
    found: Tree = {}
    for number in range(hardware.sockets):
        cores = hardware.cores // hardware.sockets + (number < hardware.cores % hardware.sockets)
        found[f"CPU{number}"] = _processor(
            f"CPU{number}",
            ProcessorType="CPU",
            Socket=f"CPU{number}",
            Model=cpu_model(hardware),
            ProcessorArchitecture=architecture,
            InstructionSet=instructions,
            TotalCores=cores,
        )
    if hardware.accelerators:
        for number in range(hardware.accelerators.count):
            found[f"GPU{number}"] = _processor(
                f"GPU{number}",
                ProcessorType="GPU",
                Manufacturer=_GPU_VENDORS[hardware.accelerators.vendor],
                Model=simulated(hardware.accelerators.model),
                SerialNumber=f"{hardware.serial}-GPU{number}",
                FirmwareVersion=FIRMWARE,
            )
    return found


def _processor(name: str, **facts: object) -> Resource:
    return Resource(
        "Processor.v1_22_0.Processor",
        lambda: {"Id": name, "Name": simulated(name), "Status": status(), **facts},
    )


def _memory(hardware: Hardware) -> Tree:
    modules = hardware.sockets
    each_mib = round(hardware.memory_gib * 1024) // modules

    def module(name: str) -> Resource:
        return Resource(
            "Memory.v1_23_0.Memory",
            lambda: {
                "Id": name,
                "Name": simulated(name),
                "MemoryType": "DRAM",
                "CapacityMiB": each_mib,
                "Status": status(),
            },
        )

    return {name: module(name) for name in (f"DIMM{number}" for number in range(modules))}


def _interfaces(hardware: Hardware, on: bool) -> Tree:
    def interface(name: str, mac: str) -> Resource:
        def read() -> Body:
            return {
                "Id": name,
                "Name": f"Network interface {name}",
                "MACAddress": mac,
                "PermanentMACAddress": mac,
                "InterfaceEnabled": True,
                "LinkStatus": "LinkUp" if on else "NoLink",
                "Status": status(),
            }

        return Resource("EthernetInterface.v1_12_4.EthernetInterface", read)

    return {name: interface(name, mac) for name, mac in hardware.macs.items()}
