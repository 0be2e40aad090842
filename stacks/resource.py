"""What our resources and components have in common: all properties are inputs, taken as they stand in the slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pulumi

from gigaworks.stacks.slicing.declared import Declared


class Resource(pulumi.CustomResource):
    """A resource that our provider makes true; none of its properties ever replaces it."""

    kind: ClassVar[str]

    def __init__(self, declared: Declared, opts: pulumi.ResourceOptions) -> None:
        super().__init__(self.kind, declared.name, dict(declared.properties), opts)


class Component(pulumi.ComponentResource):
    """A stack's one component: the parent of everything that its slice declares."""

    nouns: ClassVar[Sequence[type[Resource]]]

    def __init__(self, name: str) -> None:
        super().__init__(f"gigaworks:stacks:{type(self).__name__}", name)
        self._classes = {noun.kind: noun for noun in self.nouns}

    def declare(
        self, declared: Declared, provider: pulumi.ProviderResource, depends_on: Sequence[Resource]
    ) -> Resource:
        """Declare one resource of the slice under this component."""
        options = pulumi.ResourceOptions(parent=self, provider=provider, depends_on=list(depends_on))
        return self._classes[declared.type](declared, options)
