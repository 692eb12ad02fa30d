"""An action: its name, request and response types, what policies call it and on which resource, in one declaration.

The cloud API, the console, its OpenAPI document, the list of actions that policies may name and the generated tests
all derive from these.

    @action("im", "ModifyAppInfo", kind="write", level="app")
    async def modify_app_info(call: Call, request: ModifyAppInfo) -> AppInfo:
        '''Change name, type or introduction of an app.'''
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from sodam.access.model import Caller
from sodam.control import invalid, malformed

if TYPE_CHECKING:
    from sodam.access.policies import Authority
    from sodam.apps.model import App
    from sodam.cloudapi.plane import ControlPlane

Kind = Literal["read", "write", "list"]
Level = Literal["app", "list", "operation", "user", "job"]
"""What an action's resource is.

``app``: the app of its SDKAppID. ``list``: apps, of which those that the caller may see are listed. ``operation``:
none, the policy's resource must be ``*``. ``user``: the user of its TargetUin, or the caller. ``job``: the app of its
job.
"""
Handler = Callable[["Call", Any], Awaitable[Any]]
Facts = Callable[[Any], tuple[Any, Any] | None]
"""What a write gave back to before and after; None: that write is not the change."""
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])
MAX_BODY = 1024 * 1024


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def check_text(body: bytes) -> None:
    """Raises ControlError for a NUL character: no database keeps it in a text, and nobody means it."""
    if b"\\u0000" in body and _NUL.search(body):
        raise invalid("the request holds a NUL character", detail="NulCharacter")


def _telling(decode: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """The decoder, with a refusal that names the field. What is no JSON at all stays an error of msgspec."""

    def checked(body: bytes) -> Any:
        try:
            return decode(body)
        except msgspec.ValidationError as error:
            raise malformed(error) from None

    return checked


class Nothing(msgspec.Struct):
    """An object without fields."""


@dataclass(frozen=True, slots=True)
class Action:
    service: str
    name: str
    kind: Kind
    level: Level
    request: type
    response: type
    handler: Handler
    audited: bool
    """Its calls are in the audit log though it changes nothing, because it reveals a secret or takes data out."""
    max_body: int
    decode: Callable[[bytes], Any]
    also: type | None
    """Further fields of the request: those of the REST command that the action is."""

    @property
    def id(self) -> str:
        """As policies name it: ``im:ModifyAppInfo``."""
        return f"{self.service}:{self.name}"

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.handler) or ""


class Call:
    """One call under way: who calls, what the call may use, and what the audit log shall say of it."""

    __slots__ = (
        "about_app",
        "action",
        "after",
        "app",
        "authority",
        "before",
        "caller",
        "facts",
        "plane",
        "request_id",
        "resource",
        "told",
    )

    def __init__(
        self, plane: ControlPlane, action: Action, caller: Caller, authority: Authority, request_id: str
    ) -> None:
        self.plane = plane
        self.action = action
        self.caller = caller
        self.authority = authority
        self.request_id = request_id
        self.app: App | None = None
        """The app of an action of level ``app``, once it is allowed."""
        self.resource = "*"
        self.about_app = 0
        """SDKAppID that the call is about; 0: none."""
        self.before: Any = None
        self.after: Any = None
        """What changed; without it the audit log keeps the request."""
        self.facts: Facts | None = None
        self.told = False
        """The audit log has an event for each item already."""

    @property
    def the_app(self) -> App:
        assert self.app is not None, "only actions of level app have one"
        return self.app

    def changed(self, before: Any, after: Any) -> None:
        """What the audit log says of the change. Called before the write, whose transaction takes the event along."""
        self.before, self.after = before, after

    def changed_by(self, facts: Facts) -> None:
        """As ``changed``, where only the write knows: ``facts`` gets what it gives back, while it is under way."""
        self.facts = facts


class Table:
    """Actions by service and name."""

    def __init__(self) -> None:
        self.actions: dict[tuple[str, str], Action] = {}

    def find(self, service: str, name: str) -> Action | None:
        return self.actions.get((service, name))

    def action(
        self,
        service: str,
        name: str,
        *,
        kind: Kind,
        level: Level,
        audited: bool = False,
        max_body: int = MAX_BODY,
        request: type | None = None,
        response: type | None = None,
        also: type | None = None,
        decode: Callable[[bytes], Any] | None = None,
    ) -> Callable[[H], H]:
        """Declare an action. The types are the handler's annotations unless given."""

        def declare(handler: H) -> H:
            hints = typing.get_type_hints(handler)
            taken = request or hints[list(inspect.signature(handler).parameters)[1]]
            given = response or hints.get("return", type(None))
            key = (service, name)
            assert key not in self.actions, f"{service}:{name} is declared twice"
            self.actions[key] = Action(
                service=service,
                name=name,
                kind=kind,
                level=level,
                request=taken,
                response=Nothing if given is type(None) else given,
                handler=handler,
                audited=audited,
                max_body=max_body,
                decode=_telling(decode or msgspec.json.Decoder(taken, strict=False).decode),
                also=also,
            )
            return handler

        return declare


TABLE = Table()
"""Filled by the files that ``table.py`` names."""
action = TABLE.action
