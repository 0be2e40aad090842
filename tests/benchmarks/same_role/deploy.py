"""The same 21 operations, as stock pyinfra runs them."""

from __future__ import annotations

from pyinfra import host

from tests.benchmarks.same_role.operations import operations

operations(host.data.node_name, host.data.node_index, host.data.peers)
