"""The entry of a Redfish service: versions, service root, OData documents, message registry, firmware list."""

from __future__ import annotations

from gigaworks.inventory.lab.redfish.messages import REGISTRY
from gigaworks.inventory.lab.redfish.parts import FIRMWARE
from gigaworks.inventory.lab.redfish.protocol import ROOT, SESSIONS
from gigaworks.inventory.lab.redfish.resource import Answer, Body, Resource, Tree, link, status, things
from gigaworks.inventory.lab.redfish.systems import uuid_of

_SCHEMAS = "http://redfish.dmtf.org/schemas/v1"
_ENTITY_CONTAINER = "ServiceRoot.v1_20_0"


def tree(name: str, manager: str, services: Tree) -> Tree:
    """Return ``services`` with the entry in front; what is offered follows from what is there."""
    firmware = f"{ROOT}/UpdateService/FirmwareInventory"
    registries = f"{ROOT}/Registries"
    base = REGISTRY.partition(".")[0]
    whole: Tree = {
        **services,
        f"{ROOT}/UpdateService": Resource(
            "UpdateService.v1_17_0.UpdateService",
            lambda: {
                "Id": "UpdateService",
                "Name": "Update service",
                "ServiceEnabled": False,  # firmware is listed here, not changed
                "FirmwareInventory": link(firmware),
                "Status": status(),
            },
        ),
        **things("SoftwareInventory", "Firmware", firmware, {"BMC": _firmware(manager)}),
        **things("MessageRegistryFile", "Message registries", registries, {base: _registry(base)}),
    }
    offered = [
        child
        for child in (
            "Systems",
            "Chassis",
            "Managers",
            "PowerEquipment",
            "SessionService",
            "AccountService",
            "Tasks",
            "UpdateService",
            "Registries",
        )
        if _home(child) in whole
    ]
    whole["/redfish"] = Resource(answer=lambda: Answer(200, {"v1": f"{ROOT}/"}))
    whole[ROOT] = Resource("ServiceRoot.v1_20_0.ServiceRoot", lambda: _root(name, offered))
    whole[f"{ROOT}/odata"] = Resource(answer=lambda: Answer(200, _odata(offered)))
    types = sorted({resource.type for resource in whole.values() if resource.type})
    whole[f"{ROOT}/$metadata"] = Resource(answer=lambda: Answer(200, _metadata(types)))
    return whole


def _home(child: str) -> str:
    return f"{ROOT}/TaskService" if child == "Tasks" else f"{ROOT}/{child}"


def _root(name: str, offered: list[str]) -> Body:
    return {
        "Id": "RootService",
        "Name": f"Redfish service of {name}",
        "RedfishVersion": "1.20.0",
        "UUID": uuid_of(f"{name}/service"),
        "Vendor": "Gigaworks lab",
        "Product": "Management controller (simulated)",
        "ProtocolFeaturesSupported": {
            "ExcerptQuery": False,
            "FilterQuery": False,
            "OnlyMemberQuery": False,
            "SelectQuery": False,
            "ExpandQuery": {"ExpandAll": False, "Levels": False, "Links": False, "NoLinks": False},
        },
        **{child: link(_home(child)) for child in offered},
        "Links": {"Sessions": link(SESSIONS)},
    }


def _odata(offered: list[str]) -> Body:
    entries = [("Service", f"{ROOT}/"), *((child, _home(child)) for child in offered), ("Sessions", SESSIONS)]
    return {
        "@odata.context": f"{ROOT}/$metadata",
        "value": [{"name": name, "kind": "Singleton", "url": url} for name, url in entries],
    }


def _metadata(types: list[str]) -> str:
    schemas: dict[str, list[str]] = {}
    for name in [*types, "RedfishExtensions.v1_0_0.Unused", "Message.v1_3_0.Message"]:
        namespace = name.rpartition(".")[0]
        schemas.setdefault(namespace.partition(".")[0], []).append(namespace)
    references = "".join(
        f'<edmx:Reference Uri="{_SCHEMAS}/{schema}_v1.xml">'
        + "".join(
            f'<edmx:Include Namespace="{namespace}"{_alias(namespace)}/>' for namespace in sorted({schema, *namespaces})
        )
        + "</edmx:Reference>\n"
        for schema, namespaces in sorted(schemas.items())
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">\n'
        f"{references}"
        '<edmx:DataServices><Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Service">'
        f'<EntityContainer Name="Service" Extends="{_ENTITY_CONTAINER}.ServiceContainer"/>'
        "</Schema></edmx:DataServices>\n</edmx:Edmx>\n"
    )


def _alias(namespace: str) -> str:
    return ' Alias="Redfish"' if namespace.startswith("RedfishExtensions") and "." in namespace else ""


def _firmware(manager: str) -> Resource:
    return Resource(
        "SoftwareInventory.v1_13_0.SoftwareInventory",
        lambda: {
            "Id": "BMC",
            "Name": "Firmware of the management controller",
            "Version": FIRMWARE,
            "Updateable": False,
            "RelatedItem": [link(manager)],
            "Status": status(),
        },
    )


def _registry(base: str) -> Resource:
    return Resource(
        "MessageRegistryFile.v1_1_5.MessageRegistryFile",
        lambda: {
            "Id": base,
            "Name": "DMTF Base Message Registry File",
            "Registry": REGISTRY,
            "Languages": ["en"],
            "Location": [
                {
                    "Language": "en",
                    "PublicationUri": f"https://redfish.dmtf.org/registries/{REGISTRY}.0.json",
                }
            ],
        },
    )
