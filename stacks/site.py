"""The site as a Pulumi component."""

from __future__ import annotations

from gigaworks.stacks.resource import Component, Resource


class Site(Resource):
    """The site: where it is, under whose law, how much power is contracted."""

    kind = "gigaworks:site:Site"


class Power(Resource):
    """A power device before every hall: utility feed, transformer, switchgear."""

    kind = "gigaworks:site:Power"


class SiteStack(Component):
    """The site and the power that reaches its halls."""

    nouns = (Site, Power)
