"""What one URI of a Redfish service can do: be read, changed, deleted, added to, or acted on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from gigaworks.inventory.lab.redfish.messages import Message, RefusalError, message, wrong_value

Body = dict[str, Any]
Check = Callable[[Any], Any]  # returns the value to use or raises ValueError
Tree = dict[str, "Resource"]


@dataclass(frozen=True)
class Answer:
    """What a request answers: status, body (text is XML) and further headers."""

    status: int
    body: Body | str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """One URI. ``type`` is ``Chassis.v1_28_0.Chassis``; what is None answers 405.

    ``writable`` maps the path of a property (``Boot/BootSourceOverrideTarget``) to its check, and ``apply`` gets all
    checked values of a PATCH at once. ``create`` makes a member of a collection or, where nothing can be read, carries
    out an action. ``privilege`` is what a change takes; ``owner`` may change their own with ``ConfigureSelf``.
    ``answer`` stands for ``read`` where the answer to a GET is no resource.
    """

    type: str = ""
    read: Callable[[], Body] | None = None
    writable: dict[str, Check] = field(default_factory=dict)
    apply: Callable[[Body], None] | None = None
    create: Callable[[Any, str], Awaitable[Answer]] | None = None
    delete: Callable[[], None] | None = None
    privilege: str = "ConfigureComponents"
    read_privilege: str = "Login"
    owner: str | None = None
    revision: int = 0  # counts changes that the body does not show, such as a new password
    answer: Callable[[], Answer] | None = None

    @property
    def methods(self) -> list[str]:
        """The HTTP methods for the Allow header."""
        return [
            *(["GET", "HEAD"] if self.read or self.answer else []),
            *(["PATCH"] if self.apply else []),
            *(["POST"] if self.create else []),
            *(["DELETE"] if self.delete else []),
        ]


def collection(kind: str, name: str, uri: str, members: list[str], **more: Any) -> Resource:
    """Return a collection resource; ``members`` are the last parts of its members' URIs."""

    def read() -> Body:
        return {
            "Name": name,
            "Members@odata.count": len(members),
            "Members": [link(f"{uri}/{member}") for member in members],
        }

    return Resource(f"{kind}Collection.{kind}Collection", read, **more)


def things(kind: str, name: str, uri: str, members: Tree, **more: Any) -> Tree:
    """Return a collection together with its members, given by the last part of their URIs."""
    return {
        uri: collection(kind, name, uri, list(members), **more),
        **{f"{uri}/{key}": member for key, member in members.items()},
    }


def link(uri: str) -> Body:
    """Return a reference to a resource."""
    return {"@odata.id": uri}


def status(health: str = "OK", state: str = "Enabled", *conditions: Body) -> Body:
    """Return a Status object."""
    return {"State": state, "Health": health, **({"Conditions": list(conditions)} if conditions else {})}


def action(
    name: str,
    parameters: dict[str, Check],
    run: Callable[[Body], Awaitable[Answer]],
    optional: frozenset[str] = frozenset(),
    **more: Any,
) -> Resource:
    """Return the resource at an action's target, whose parameters are checked before it runs."""

    async def act(body: Any, _user: str) -> Answer:
        wrong: list[Message] = [message("ActionParameterUnknown", name, key) for key in body if key not in parameters]
        values: Body = {}
        for key, check in parameters.items():
            if key not in body:
                if key not in optional:
                    wrong.append(message("ActionParameterMissing", name, key))
                continue
            try:
                values[key] = check(body[key])
            except ValueError:
                wrong.append(message("ActionParameterValueError", key, name))
        if wrong:
            raise RefusalError(400, *wrong)
        return await run(values)

    return Resource(create=act, **more)


def checked(body: Any, current: Body, writable: dict[str, Check]) -> Body:
    """Return the values of a PATCH body by the path of their property, or refuse the whole body with every reason.

    Raises:
        RefusalError: 400 with one message a property.
    """
    wrong: list[Message] = []
    values: Body = {}

    def walk(part: Body, shown: Any, prefix: str) -> None:
        for key, value in part.items():
            path = prefix + key
            if key.startswith("@odata."):
                continue
            if path in writable:
                try:
                    values[path] = writable[path](value)
                except ValueError:
                    wrong.append(wrong_value(key, value, path))
            elif isinstance(value, dict) and any(known.startswith(f"{path}/") for known in writable):
                walk(value, shown.get(key, {}), f"{path}/")
            else:
                known = isinstance(shown, dict) and key in shown
                wrong.append(message("PropertyNotWritable" if known else "PropertyUnknown", key, about=path))

    walk(body, current, "")
    if wrong:
        raise RefusalError(400, *wrong)
    if not values:
        raise RefusalError(400, message("NoOperation"))
    return values


def one_of(*allowed: object) -> Check:
    """Return a check for a closed list."""

    def check(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(value)
        return value

    return check


def text(least: int = 1, most: int = 255) -> Check:
    """Return a check for a string with a length."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise ValueError(value)
        return value

    return check


def number(least: float, most: float, null: bool = False) -> Check:
    """Return a check for a number in a range; ``null`` lets None through."""

    def check(value: Any) -> float | None:
        if value is None and null:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise ValueError(value)
        return value

    return check


def boolean(value: Any) -> bool:
    """Check for true or false."""
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - a check says no in one way
    return value
