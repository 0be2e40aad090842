"""The network as a Pulumi component."""

from __future__ import annotations

from gigaworks.stacks.resource import Component, Resource


class Network(Resource):
    """A prefix with a role."""

    kind = "gigaworks:network:Network"


class Switch(Resource):
    """A switch's whole configuration, written over SSH and read back."""

    kind = "gigaworks:network:Switch"


class BootServices(Resource):
    """DHCP and HTTP for what boots: their files, loaded."""

    kind = "gigaworks:network:BootServices"


class NetworkStack(Component):
    """Prefixes, switches and boot services."""

    nouns = (Network, Switch, BootServices)
