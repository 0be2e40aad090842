"""A hall as a Pulumi component."""

from __future__ import annotations

from gigaworks.stacks.resource import Component, Resource


class Hall(Resource):
    """The hall: IT kW, air kW, floor load."""

    kind = "gigaworks:hall:Hall"


class PowerDevice(Resource):
    """A UPS, busway or rack tap of this hall."""

    kind = "gigaworks:hall:PowerDevice"


class CoolingDevice(Resource):
    """A loop or CDU group of this hall."""

    kind = "gigaworks:hall:CoolingDevice"


class Rack(Resource):
    """A rack with its nodes; what stands here is what the fleet may act on."""

    kind = "gigaworks:hall:Rack"


class PduLimits(Resource):
    """The power limit that a rack PDU holds, by Redfish."""

    kind = "gigaworks:hall:PduLimits"


class NodeSettings(Resource):
    """What a node's BMC holds: power cap and default boot source, by Redfish."""

    kind = "gigaworks:hall:NodeSettings"


class HallStack(Component):
    """Everything in one hall that has weight, draws power or sets a limit."""

    nouns = (Hall, PowerDevice, CoolingDevice, Rack, PduLimits, NodeSettings)
