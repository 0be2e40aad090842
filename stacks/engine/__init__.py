"""The real Pulumi engine, self-hosted: our slices in, previews, results and drift out."""

from gigaworks.stacks.compare import PathChange
from gigaworks.stacks.engine.changes import (
    Emit,
    Progress,
    ResourceChange,
    ResourceDrift,
    StackDrift,
    StackPreview,
    StackResult,
)
from gigaworks.stacks.engine.engine import Engine
from gigaworks.stacks.engine.lease import Lease

__all__ = [
    "Emit",
    "Engine",
    "Lease",
    "PathChange",
    "Progress",
    "ResourceChange",
    "ResourceDrift",
    "StackDrift",
    "StackPreview",
    "StackResult",
]
