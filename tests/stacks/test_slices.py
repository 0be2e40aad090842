"""The blueprint cut into stacks: pure, stable, and moved by nothing that is none of their business."""

from __future__ import annotations

import msgspec
import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import canonical
from gigaworks.stacks.hall import HallStack
from gigaworks.stacks.network import NetworkStack
from gigaworks.stacks.programs import slices
from gigaworks.stacks.provider.types import HANDLERS
from gigaworks.stacks.site import SiteStack
from gigaworks.stacks.slicing.declared import StackSlice
from gigaworks.stacks.storage import StorageStack
from tests.stacks.sites import site

DIGESTS = {"bmc-password": "ab12", "boot/dnsmasq.conf": "cd34"}


def _moved(before: dict[str, StackSlice], after: dict[str, StackSlice]) -> set[str]:
    return {name for name in before if before[name].digest != after[name].digest}


def test_there_is_a_stack_for_site_halls_network_and_storage() -> None:
    """The names are those that the CLI shows, in the order in which they are applied."""
    assert list(slices(site(), DIGESTS)) == ["site", "hall-h1", "network", "storage"]


def test_the_same_blueprint_gives_the_same_digests() -> None:
    """A slice is the same bytes every time, also after the blueprint went through a file."""
    again = msgspec.json.decode(canonical(site()), type=Blueprint)
    assert not _moved(slices(site(), DIGESTS), slices(again, DIGESTS))


def test_every_declared_type_has_a_component_class_and_a_handler() -> None:
    """Nothing is declared that the provider or the program does not know."""
    classes = {noun.kind for stack in (SiteStack, HallStack, NetworkStack, StorageStack) for noun in stack.nouns}
    declared = {each.type for stack in slices(site(), DIGESTS).values() for each in stack.resources}
    assert declared == classes == set(HANDLERS)


def test_a_dependency_is_declared_before_what_depends_on_it() -> None:
    """The program can look every dependency up when it meets the resource, power devices in any order included."""
    for stack in slices(site(), DIGESTS).values():
        seen: set[str] = set()
        for each in stack.resources:
            assert set(each.depends_on) <= seen, each.local
            assert each.local not in seen
            seen.add(each.local)


def test_where_something_stands_in_the_files_is_no_change() -> None:
    """Moving a line in the site's files moves no stack."""
    before = site()
    racks = {key: msgspec.structs.replace(rack, where="elsewhere.yaml:99") for key, rack in before.racks.items()}
    after = msgspec.structs.replace(before, racks=racks)
    assert not _moved(slices(before, DIGESTS), slices(after, DIGESTS))


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ("one more rack", {"hall-h1"}),
        ("another password", {"hall-h1"}),
        ("another boot file", {"network"}),
        ("another profile on a node", set()),
        ("another volume option", {"storage"}),
    ],
)
def test_a_change_moves_its_own_stacks_only(change: str, moved: set[str]) -> None:
    """What is unchanged is not previewed, so a change must not spill into other slices."""
    before = site()
    after, digests = before, dict(DIGESTS)
    if change == "one more rack":
        after = site(racks=4)
    elif change == "another password":
        digests["bmc-password"] = "ef56"
    elif change == "another boot file":
        digests["boot/dnsmasq.conf"] = "ef56"
    elif change == "another profile on a node":
        node = msgspec.structs.replace(before.nodes["n01-1"], profile="other")
        after = msgspec.structs.replace(before, nodes={**before.nodes, "n01-1": node})
    else:
        volume = msgspec.structs.replace(before.volumes["scratch"], options={"performance.io-thread-count": "8"})
        after = msgspec.structs.replace(before, volumes={"scratch": volume})
    assert _moved(slices(before, DIGESTS), slices(after, digests)) == moved


def test_unknown_is_absent_and_never_null() -> None:
    """No property anywhere is null: a null would read as a value that somebody gave."""

    def nulls(value: object) -> bool:
        if isinstance(value, dict):
            return any(nulls(each) for each in value.values())
        return any(nulls(each) for each in value) if isinstance(value, list) else value is None

    for stack in slices(site(), DIGESTS).values():
        for each in stack.resources:
            assert not nulls(each.properties), each.local
