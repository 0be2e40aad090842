"""The engine's calls, answered: checks and diffs purely, the rest by the handler of the resource's type."""
# ruff: noqa: N802, ARG002 - names and arguments are the protocol's

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from gigaworks.inventory.problem import GigaworksError
from gigaworks.stacks.compare import compare
from gigaworks.stacks.provider.handler import Context, HalfMadeError, Handler, Inputs, UnreadableError

log = logging.getLogger(__name__)
NO_DIFF = pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)
VERSION = "0.1.0"
UNREADABLE = "unreadable"  # the property that says why a device could not be looked at


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Our provider. ``Check`` and ``Diff`` run on the engine's main loop: they touch nothing and take microseconds."""

    def __init__(self, context: Context, handlers: Mapping[str, Handler]) -> None:
        self.context = context
        self.handlers = handlers

    async def Handshake(self, request: Any, context: Any) -> Any:
        """Agree on what is understood."""
        return pb.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=True)

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Name our version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    async def GetSchema(self, request: Any, context: Any) -> Any:
        """Return the list of types; there are no generated SDKs."""
        types = {kind: {"description": (type(each).__doc__ or "").strip()} for kind, each in self.handlers.items()}
        return pb.GetSchemaResponse(
            schema=json.dumps({"name": "gigaworks", "version": VERSION, "resources": types}, sort_keys=True)
        )

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """Take any configuration: there is none."""
        return pb.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """See no difference in no configuration."""
        return NO_DIFF

    async def Configure(self, request: Any, context: Any) -> Any:
        """Say what we support."""
        return pb.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=True)

    async def Check(self, request: Any, context: Any) -> Any:
        """Take the inputs as they are, if all are there that the type needs."""
        handler = self.handlers.get(_type(request.urn))
        if handler is None:
            failures = [pb.CheckFailure(reason=f"{_type(request.urn)} is no type of this provider")]
        else:
            missing = sorted(handler.needs - set(request.news.fields))
            failures = [pb.CheckFailure(property=name, reason="it must be there") for name in missing]
        return pb.CheckResponse(inputs=request.news, failures=failures)

    async def Diff(self, request: Any, context: Any) -> Any:
        """Compare inputs with inputs; nothing ever asks for a replacement."""
        if request.old_inputs == request.news:
            return NO_DIFF
        changes = compare(_dict(request.old_inputs), _dict(request.news))
        detail = {
            each.path: pb.PropertyDiff(
                kind=pb.PropertyDiff.ADD
                if each.before is None
                else pb.PropertyDiff.DELETE
                if each.after is None
                else pb.PropertyDiff.UPDATE,
                inputDiff=True,
            )
            for each in changes
        }
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if changes else pb.DiffResponse.DIFF_NONE,
            diffs=sorted({each.path.partition(".")[0].partition("[")[0] for each in changes}),
            detailedDiff=detail,
            hasDetailedDiff=True,
        )

    async def Create(self, request: Any, context: Any) -> Any:
        """Make it so and record it; what is there already is adopted."""
        inputs = _dict(request.properties)
        name = _name(request.urn, inputs)
        if not request.preview:
            await self._apply(request.urn, name, inputs, context, request.properties)
        return pb.CreateResponse(id=name, properties=request.properties)

    async def Update(self, request: Any, context: Any) -> Any:
        """Make it so and record it."""
        if not request.preview:
            await self._apply(request.urn, request.id, _dict(request.news), context, request.news)
        return pb.UpdateResponse(properties=request.news)

    async def Read(self, request: Any, context: Any) -> Any:
        """Look at the world; what is gone has no id, and what cannot be looked at says so among its inputs."""
        handler, inputs = self.handlers[_type(request.urn)], _dict(request.inputs)
        inputs.pop(UNREADABLE, None)
        try:
            observed = await handler.observe(self.context, request.id, inputs)
        except UnreadableError as error:
            observed = {**inputs, UNREADABLE: _words(error)}
        except Exception as error:  # whatever it is, the engine gets a sentence and the log the rest
            await _abort(context, error)
        if observed is None:
            return pb.ReadResponse(id="")
        found = request.inputs if observed == inputs else _struct(observed)
        return pb.ReadResponse(id=request.id, properties=found, inputs=found)

    async def Delete(self, request: Any, context: Any) -> Any:
        """Take it away and forget it."""
        handler = self.handlers[_type(request.urn)]
        try:
            await asyncio.to_thread(self.context.check_lease)
            await handler.remove(self.context, request.id, _dict(request.properties))
            await asyncio.to_thread(lambda: self.context.plant.remove(handler.noun, request.id))
        except Exception as error:  # see Read
            await _abort(context, error)
        return empty_pb2.Empty()

    async def Cancel(self, request: Any, context: Any) -> Any:
        """Begin nothing new is the engine's part; what is in flight is finished here."""
        return empty_pb2.Empty()

    async def _apply(self, urn: str, name: str, inputs: Inputs, context: Any, given: struct_pb2.Struct) -> None:
        handler = self.handlers[_type(urn)]
        try:
            await asyncio.to_thread(self.context.check_lease)
            await handler.apply(self.context, name, inputs)
            await asyncio.to_thread(lambda: self.context.plant.put(_stack(urn), handler.noun, name, inputs))
        except HalfMadeError as error:
            await _abort_half_made(context, error, name, given)
        except Exception as error:  # see Read
            await _abort(context, error)


def _stack(urn: str) -> str:
    return urn.partition("::")[0].rpartition(":")[2]


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str, inputs: Inputs) -> str:
    """Return the name in the plant, which is the key in the blueprint: ``hall/name`` for what stands in a hall."""
    name = urn.rpartition("::")[2]
    return f"{inputs['hall']}/{name}" if "hall" in inputs else name


def _dict(given: struct_pb2.Struct) -> Inputs:
    return json_format.MessageToDict(given)


def _struct(given: Inputs) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(given)
    return made


def _words(error: Exception) -> str:
    if isinstance(error, GigaworksError):
        return "\n".join(": ".join(filter(None, (p.summary, p.detail, p.fix))) for p in error.problems)
    return f"{type(error).__name__}: {error}"


async def _abort(context: Any, error: Exception) -> NoReturn:
    if isinstance(error, GigaworksError):
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, _words(error))
    log.error("a call failed", exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, _words(error))
    raise AssertionError from error  # abort always raises


async def _abort_half_made(context: Any, error: HalfMadeError, name: str, given: struct_pb2.Struct) -> NoReturn:
    detail = any_pb2.Any()
    detail.Pack(pb.ErrorResourceInitFailed(id=name, properties=given, inputs=given, reasons=[_words(error)]))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=_words(error), details=[detail])
    await context.abort(
        grpc.StatusCode.UNKNOWN,
        _words(error),
        trailing_metadata=(("grpc-status-details-bin", status.SerializeToString()),),
    )
    raise AssertionError from error  # abort always raises
