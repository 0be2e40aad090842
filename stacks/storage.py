"""The storage as a Pulumi component."""

from __future__ import annotations

from gigaworks.stacks.resource import Component, Resource


class Volume(Resource):
    """A distributed volume over storage servers."""

    kind = "gigaworks:storage:Volume"


class StorageStack(Component):
    """The site's volumes."""

    nouns = (Volume,)
