"""Redfish over HTTP: who may do what, entity tags, headers and error answers (DSP0266), for any tree of resources."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod

from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.lab.redfish.messages import RefusalError, error_body, message
from gigaworks.inventory.lab.redfish.messages import message as said
from gigaworks.inventory.lab.redfish.resource import Body, Resource, Tree, checked

ROOT = "/redfish/v1"
PUBLIC = {"/redfish", ROOT, f"{ROOT}/odata", f"{ROOT}/$metadata"}
SESSIONS = f"{ROOT}/SessionService/Sessions"
_KNOWN_METHODS = {"GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"}

log = logging.getLogger(__name__)


class Who(Protocol):
    """The user of a request."""

    name: str
    must_change_password: bool

    @property
    def uri(self) -> str:
        """Where the account is."""

    @property
    def privileges(self) -> frozenset[str]:
        """What the account's role allows."""


class Service(Protocol):
    """A Redfish service as the HTTP side sees it."""

    delay_s: float

    def tree(self) -> Tree:
        """Return every resource by its URI without a slash at the end."""

    def by_password(self, name: str, password: str) -> Who | None:
        """Return the user with this password."""

    def by_token(self, token: str) -> Who | None:
        """Return the user of a session."""


def handler(service: Service, sleep: Callable[[float], Any]) -> Callable[[web.BaseRequest], Any]:
    """Return the aiohttp handler that serves ``service``; ``sleep`` waits out the service's artificial delay."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if service.delay_s:
            await sleep(service.delay_s)
        try:
            return await _respond(service, request)
        except RefusalError as refusal:
            return _json(refusal.status, error_body(refusal.messages), refusal.headers)
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return _json(500, error_body([message("InternalError")]), {})

    return handle


async def _respond(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    path = request.path.rstrip("/")
    who = _authenticate(service, request, path)
    if request.method not in _KNOWN_METHODS:
        raise RefusalError(501, message("OperationNotAllowed"))
    path = path.removesuffix("/Members") if path == f"{SESSIONS}/Members" else path
    resource = service.tree().get(path)
    if resource is None:
        raise RefusalError(404, message("ResourceMissingAtURI", path))
    allow = {"Allow": ", ".join(resource.methods)}
    if request.method == "OPTIONS":
        return _json(204, None, allow)
    if request.method not in resource.methods:
        raise RefusalError(405, message("OperationNotAllowed"), headers=allow)
    if request.headers.get("OData-Version", "4.0") != "4.0":
        raise RefusalError(412, message("HeaderInvalid", "OData-Version"))
    if any(key.startswith("$") for key in request.query):
        raise RefusalError(501, message("QueryNotSupported"))
    only_own = _authorise(who, request.method, resource)
    if request.method in ("GET", "HEAD"):
        return _read(request, path, resource, allow)
    if resource.create and request.method == "POST":
        answer = await resource.create(await _body(request), who.name if who else "")
        return _json(answer.status, answer.body, {**allow, **answer.headers}, _etag(answer.body))
    body = await _body(request)  # nothing waits after this, so that of two writers with one tag only one wins
    return _change(service, request, path, body, only_own)


def _change(service: Service, request: web.BaseRequest, path: str, body: Body, only_own: bool) -> web.Response:
    resource = service.tree().get(path)
    if resource is None:
        raise RefusalError(404, message("ResourceMissingAtURI", path))
    current = shown(path, resource)
    wanted = request.headers.get("If-Match", "*")
    if wanted != "*" and _etag(current) not in _tags(wanted):
        raise RefusalError(412, message("PreconditionFailed"))
    if request.method == "PATCH" and resource.apply:
        allowed = {key: check for key, check in resource.writable.items() if not only_own or key == "Password"}
        resource.apply(checked(body, current, allowed))
        new = shown(path, service.tree()[path])
        return _json(200, new, {"Allow": ", ".join(resource.methods), **_described_by(resource)}, _etag(new))
    if resource.delete:
        resource.delete()
    return _json(204, None, {})


def _authenticate(service: Service, request: web.BaseRequest, path: str) -> Who | None:
    """Return who asks; None where nobody needs to be known. Comes before everything else, conditions included."""
    public = path in PUBLIC or (request.method == "POST" and path in (SESSIONS, f"{SESSIONS}/Members"))
    if public:
        return None
    token = request.headers.get("X-Auth-Token")
    who = None
    if token is not None:
        who = service.by_token(token)
    elif request.headers.get("Authorization", "").startswith("Basic "):
        try:
            pair = base64.b64decode(request.headers["Authorization"][6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        name, _, password = pair.partition(":")
        who = service.by_password(name, password)
    if who is None:
        raise RefusalError(
            401, message("NoValidSession"), headers={"WWW-Authenticate": 'Basic realm="Redfish (simulated)"'}
        )
    return who


def _authorise(who: Who | None, method: str, resource: Resource) -> bool:
    """Refuse, or return whether the user may do this only because the resource is their own."""
    if who is None:
        return False
    own = resource.owner == who.name
    if who.must_change_password and not own:
        raise RefusalError(403, message("PasswordChangeRequired", who.uri))
    needed = resource.read_privilege if method in ("GET", "HEAD") else resource.privilege
    if needed in who.privileges and not who.must_change_password:
        return False
    if own and "ConfigureSelf" in who.privileges:
        return True
    raise RefusalError(403, message("InsufficientPrivilege"))


def _read(request: web.BaseRequest, path: str, resource: Resource, allow: dict[str, str]) -> web.Response:
    if resource.answer:
        answer = resource.answer()
        return _json(answer.status, answer.body, {**allow, **answer.headers}, _etag(answer.body))
    body = shown(path, resource)
    etag = _etag(body)
    if etag and etag in _tags(request.headers.get("If-None-Match", "")):
        return _json(304, None, {"ETag": etag})
    return _json(200, body, {**allow, **_described_by(resource)}, etag)


def shown(path: str, resource: Resource) -> Body:
    """Return the body of a resource as it is served, with its identity and entity tag."""
    body = resource.read() if resource.read else {}
    uri = f"{ROOT}/" if path == ROOT else path
    whole = {"@odata.id": uri, "@odata.type": f"#{resource.type}", **body}
    digest = hashlib.sha256(canonical(whole) + str(resource.revision).encode()).hexdigest()[:16]
    return {**whole, "@odata.etag": f'"{digest}"'}


def _etag(body: Body | str | None) -> str | None:
    found = body.get("@odata.etag") if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _described_by(resource: Resource) -> dict[str, str]:
    schema = resource.type.rpartition(".")[0]
    uri = f"http://redfish.dmtf.org/schemas/v1/{schema}.json"
    return {"Link": f"<{uri}>; rel=describedby"} if schema else {}


async def _body(request: web.BaseRequest) -> Body:
    try:
        body = msgspec.json.decode(await request.read() or b"{}")
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise RefusalError(400, message("MalformedJSON"))
    return body


def _json(status: int, body: Body | str | None, headers: dict[str, str], etag: str | None = None) -> web.Response:
    extra = {"OData-Version": "4.0", "Cache-Control": "no-cache", **headers, **({"ETag": etag} if etag else {})}
    if body is None:
        return web.Response(status=status, headers=extra)
    if isinstance(body, str):
        return web.Response(status=status, text=body, content_type="application/xml", headers=extra)
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json", headers=extra)


class RedfishProtocol(web.RequestHandler):
    """aiohttp's protocol, but an unknown method gets 501 as DSP0266 wants, not 400."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - the names are aiohttp's
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """Answer a request that could not be parsed."""
        status = 501 if isinstance(exc, BadHttpMethod) else status
        answer = _json(status, error_body([said("OperationNotAllowed" if status == 501 else "MalformedJSON")]), {})
        answer.force_close()
        return answer


class RedfishServer(web.Server):
    """aiohttp's server with our protocol."""

    def __call__(self) -> RedfishProtocol:
        """Return the protocol of a new connection."""
        return RedfishProtocol(self, loop=self._loop, **self._kwargs)
