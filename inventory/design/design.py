"""The whole design: a site and the numbers that its names hold → a blueprint and the numbers to keep."""

from __future__ import annotations

from gigaworks.inventory import blueprint as b
from gigaworks.inventory.design import access, addresses, cooling, fabric, nics, nodes, power, profiles, scale_up, space
from gigaworks.inventory.design.cables import Cabling
from gigaworks.inventory.design.links import Link
from gigaworks.inventory.design.numbers import Allocations, Numbers
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site


def design(site: Site, allocations: Allocations) -> tuple[b.Blueprint, Allocations]:
    """Return the blueprint, and every number that its names hold now."""
    numbers = Numbers(allocations)
    placed = space.place(site, numbers)
    draws = nodes.draws(site, placed)
    graph = power.graph(site, placed, draws)

    managed = [f"{name}-bmc" for name, node in site.nodes.items() if node.noun.bmc != "none"]
    managed += [nodes.pdu_name(site, key, n) for key in site.racks for n in range(len(site.feeds[key]))]
    managed += list(site.switches)
    oob_name = next(name for name, network in site.networks.items() if network.kind == "oob")
    oob = addresses.hosts(numbers, oob_name, site.networks[oob_name], managed)
    mgmt = addresses.hosts(numbers, site.boot.network, site.networks[site.boot.network], site.nodes)

    pdus, outlets = nodes.pdus(site, numbers, placed, oob, {key: device.usable_kw for key, device in graph.items()})
    management = {
        name: addresses.controller(site, name, access.management_port(placed[name].device), oob[name], "root")
        for name in site.switches
    }
    cabling = Cabling(site, placed, pdus.values(), numbers)
    ends = nics.endpoints(site, placed) | access.endpoints(site, placed, pdus.values())
    switches: dict[str, b.Switch] = {}
    links: dict[str, Link] = {}
    for name in sorted(site.fabrics.keys() | {switch.within for switch in site.switches.values()}):
        made = fabric.design_fabric(site, numbers, name, ends.get(name, []), management, placed, cabling)
        switches |= made.switches
        links |= made.links if name in site.fabrics else {}
    domains = scale_up.domains(site, placed)
    drawing = nodes.Nodes(site, draws, oob, mgmt, links, outlets, domains)
    designed = {name: drawing.node(placed[name]) for name in sorted(site.nodes)}
    result = b.Blueprint(
        site=_facts(site),
        halls={
            name: b.Hall(
                name=name,
                it_kw=hall.it_power,
                air_kw=hall.air_cooling,
                floor_kg_m2=hall.floor_load,
                where=where(hall.at()),
            )
            for name, hall in sorted(site.halls.items())
        },
        racks=_racks(site, numbers, placed, draws),
        power=dict(sorted(graph.items())),
        cooling=cooling.groups(site, placed, draws),
        pdus=dict(sorted(pdus.items())),
        nodes=designed,
        switches=dict(sorted(switches.items())),
        cables=cabling.cables(numbers),
        networks=addresses.networks(site),
        volumes=_volumes(site),
        profiles={name: profiles.profile(site, name) for name in sorted(site.profiles)},
        policy=_policy(site),
        boot=_boot(site),
        domains=domains,
        rack_types=_rack_types(site),
        device_types=_device_types(site, placed),
    )
    return result, numbers.allocations()


def _facts(site: Site) -> b.SiteFacts:
    facts = site.facts
    return b.SiteFacts(
        name=facts.name, country=facts.country, jurisdiction=facts.jurisdiction, domain=facts.domain,
        contracted_kw=facts.contracted_power, lab=facts.lab, database=facts.database, state=facts.state,
        where=where(facts.at()),
    )  # fmt: skip


def _racks(
    site: Site, numbers: Numbers, placed: dict[str, space.Placed], draws: dict[str, float | None]
) -> dict[str, b.Rack]:
    inside: dict[str, list[space.Placed]] = {key: [] for key in site.racks}
    for item in placed.values():
        inside[item.rack].append(item)
    slots = space.slots(site, numbers)
    made = {}
    for key, rack in sorted(site.racks.items()):
        kind, overlay = space.rack_of(site, rack.noun.type)
        fitted = [item.device for item in site.catalogue.equipment(rack.noun.type)]
        drawn = [*(draws[item.name] for item in inside[key]), *(device.draw_kw for device in fitted)]
        heavy = [*(item.device for item in inside[key]), *fitted]
        made[key] = b.Rack(
            name=rack.name,
            hall=rack.hall or "",
            row=rack.within,
            type=rack.noun.type,
            height=kind.u_height,
            unit=overlay.unit,
            slot=slots[key],
            max_kw=rack.noun.max_power or overlay.max_power or 0.0,
            max_kg=kind.max_kg,
            feeds=site.feeds[key],
            cooling=site.cooled_by.get(key),
            draw_kw=round(sum(draw or 0.0 for draw in drawn), 3),
            unknown_draws=drawn.count(None),
            weight_kg=round((kind.weight_kg or 0) + sum(device.type.weight_kg or 0 for device in heavy), 3),
            where=where(rack.noun.at()),
        )
    return made


def _rack_types(site: Site) -> dict[str, b.RackModel]:
    made = {}
    for ref in sorted({rack.noun.type for rack in site.racks.values()}):
        kind, _ = space.rack_of(site, ref)
        made[ref] = b.RackModel(
            manufacturer=kind.manufacturer, model=kind.model, width_mm=kind.width_mm, depth_mm=kind.depth_mm,
            equipment=[
                b.Equipment(device=it.device.ref, position=it.position, height=space.units_of(it.device))
                for it in site.catalogue.equipment(ref)
            ],
        )  # fmt: skip
    return made


def _device_types(site: Site, placed: dict[str, space.Placed]) -> dict[str, b.DeviceModel]:
    devices = {item.device.ref: item.device for item in placed.values()}
    for ref in {rack.noun.type for rack in site.racks.values()}:
        devices |= {item.device.ref: item.device for item in site.catalogue.equipment(ref)}
    return {
        ref: b.DeviceModel(
            manufacturer=device.type.manufacturer,
            model=device.type.model,
            height=device.type.u_height,
            full_depth=device.type.is_full_depth,
            airflow=device.type.airflow,
            weight_kg=device.type.weight_kg,
            draw_kw=device.draw_kw,
            ports={port.name: port.type for port in device.type.interfaces if not port.mgmt_only},
            management_ports={port.name: port.type for port in device.type.interfaces if port.mgmt_only},
        )
        for ref, device in sorted(devices.items())
    }


def _volumes(site: Site) -> dict[str, b.Volume]:
    return {
        name: b.Volume(
            name=name, kind=noun.kind, data=noun.data, parity=noun.parity, servers=site.servers[name],
            brick=noun.brick, mount=noun.mount, options=dict(sorted(noun.options.items())), where=where(noun.at()),
        )
        for name, noun in sorted(site.volumes.items())
    }  # fmt: skip


def _policy(site: Site) -> b.Policy:
    policy = site.policy
    return b.Policy(
        pue=policy.pue, derating=policy.derating, power_factor=policy.power_factor, canary=policy.canary,
        wave_growth=policy.wave_growth, max_parallel=policy.max_parallel, fail_percent=round(policy.fail_budget),
        phase_balance_percent=policy.phase_balance, inrush=policy.inrush, ramp_s=policy.ramp,
        time_limits_s={state: round(limit) for state, limit in sorted(policy.time_limits.items())},
    )  # fmt: skip


def _boot(site: Site) -> b.Boot:
    network = site.networks[site.boot.network]
    address = site.boot.address or network.gateway or network.prefix.network_address + 1
    images = {str(arch): image for arch, image in sorted(site.boot.images.items())}
    return b.Boot(address=str(address), http_port=site.boot.http_port, network=site.boot.network, images=images)
