"""A command: its name, request and response types, handler, limits, errors and documentation, in one declaration.

Everything that lists commands derives from these: dispatch, OpenAPI, the reference page, rate limits, metrics labels,
the fuzz test and the compatibility table.

    accounts = Service("im_open_login_svc", bad_json=..., bad_request=..., internal=...)

    @accounts.command("kick", rate=200, errors=(Code.ACCOUNT_NOT_FOUND,), fields={"UserID": Code.ACCOUNT_BAD_PARAMETER})
    async def kick(call: Call, request: Kick) -> None:
        '''Make every signature issued until now invalid. Source: rest-accounts-relations.md 3.5.'''
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.messages.model import Source
from sodam.wire.nulls import Cut, cutter

if TYPE_CHECKING:
    from sodam.services import Services

Handler = Callable[["Call", Any], Awaitable[Any]]
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])


class Empty(msgspec.Struct):
    """A request without fields: a JSON object whose content is ignored."""


class Call:
    """Who calls, for which app, and what the call may use."""

    __slots__ = (
        "address",
        "admin",
        "after",
        "app",
        "caller",
        "client_ip",
        "code",
        "connection",
        "display",
        "info",
        "instid",
        "parameters",
        "platform",
        "services",
        "status",
    )

    def __init__(
        self,
        services: Services,
        app: App,
        caller: str,
        *,
        admin: bool,
        platform: str = "RESTAPI",
        instid: int = 0,
        client_ip: str = "",
    ) -> None:
        self.services = services
        self.app = app
        self.caller = caller
        self.admin = admin
        """True for REST (the caller is an administrator), False for a signed-in client acting for itself."""
        self.platform = platform
        self.instid = instid
        self.client_ip = client_ip
        self.address = ""
        """Of REST: scheme, host and port that the request came to, for addresses in its answer."""
        self.parameters: Mapping[str, str] = {}
        """Those of the address, for REST."""
        self.status = "OK"
        """ActionStatus of a successful answer; batchsendmsg may set SomeError."""
        self.code = 0
        self.info = ""
        self.display = ""
        self.connection: Any = None
        """The client's connection, for the few commands that concern it; None for REST."""
        self.after: Callable[[], None] | None = None
        """Called when the answer is on its way to a client."""

    @property
    def source(self) -> Source:
        """For webhooks of what the call causes."""
        return Source(self.platform, self.client_ip)

    def fail(self, code: Code, info: str = "") -> None:
        """Answer ``FAIL`` with a body, as batch calls do when every item failed."""
        self.status, self.code, self.info = "FAIL", int(code), info or code.meaning

    def acting_for(self, user_id: str, refused: Code) -> str:
        """``user_id`` if the caller may act for it: an administrator for anyone, a client for itself."""
        if not self.admin and user_id != self.caller:
            raise ApiError(refused, "a client may act for its own account only")
        return user_id


@dataclass(frozen=True, slots=True)
class Command:
    service: Service
    name: str
    request: type
    response: type | None
    handler: Handler
    rate: int
    """Calls per second and app (rest-accounts-relations.md 1.4)."""
    errors: tuple[Code, ...]
    fields: Mapping[str, Code]
    """Code when this request field is missing or has the wrong type; others give the service's bad_request."""
    decode: Callable[[bytes], Any]
    cut: Cut | None
    """Takes fields that are null out of a body; None: there are no fields."""
    eager: Callable[[Services, App], bool] | None
    """Whether this call waits for the database and the message log only, so that the gateway may drive it without a
    task: it must not use what needs a current task, as ``asyncio.timeout`` does. None: never."""
    keeps_text: bool
    """Its texts are kept as bytes, so that they may hold a NUL character."""
    guest: bool = False
    """A client may send it without signing in; ``Call.caller`` is empty then."""
    own: bool = False
    """A user may send it over REST, too, for itself: ``Call.admin`` says who it is."""
    path: str = field(init=False)
    """``service/command``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", f"{self.service.name}/{self.name}")

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.handler) or ""


@dataclass(slots=True, eq=False)
class Service:
    """A Tencent service name with its own codes for the failures that are the same everywhere."""

    name: str
    bad_json: Code
    bad_request: Code
    internal: Code
    display: bool = False
    """Answers carry ErrorDisplay."""
    commands: dict[str, Command] = field(default_factory=dict)

    def command(
        self,
        name: str,
        *,
        rate: int = 200,
        errors: tuple[Code, ...] = (),
        fields: Mapping[str, Code] | None = None,
        eager: Callable[[Services, App], bool] | None = None,
        keeps_text: bool = False,
        guest: bool = False,
        own: bool = False,
    ) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            hints = typing.get_type_hints(handler)
            names = list(inspect.signature(handler).parameters)
            request = hints[names[1]]
            response = hints.get("return")
            codes = dict(fields or {})
            self.commands[name] = Command(
                service=self,
                name=name,
                request=request,
                response=None if response is type(None) else response,
                handler=handler,
                rate=rate,
                errors=tuple(dict.fromkeys((self.bad_json, self.bad_request, *errors, *codes.values(), self.internal))),
                fields=codes,
                decode=msgspec.json.Decoder(request, strict=False).decode,
                cut=cutter(request),
                eager=eager,
                keeps_text=keeps_text,
                guest=guest,
                own=own,
            )
            return handler

        return declare
