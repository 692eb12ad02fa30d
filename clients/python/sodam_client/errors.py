"""Everything the client raises. One base class, so that an application can catch them all."""

from __future__ import annotations


class SodamError(Exception):
    """Base of every error of this package."""


class RequestError(SodamError):
    """The server answered a request with an `ErrorCode` other than 0.

    `code` is the documented number (the same as over REST), `info` the server's words for developers, `servcmd` the
    command. `kick_type` is not 0 when the answer says that this client was signed out, see `KickedError`.
    """

    def __init__(self, servcmd: str, code: int, info: str, kick_type: int = 0) -> None:
        super().__init__(f"{servcmd}: {code} {info}")
        self.servcmd = servcmd
        self.code = code
        self.info = info
        self.kick_type = kick_type


class LoginError(RequestError):
    """The server refused the signature or the account (for example 70001: expired, 70003: wrong)."""


class KickedError(SodamError):
    """The server signed this client out; it does not come back by itself.

    `kick_type`: 1 the account signed in elsewhere, 2 on another device of this platform, 3 by an administrator.
    """

    def __init__(self, kick_type: int) -> None:
        super().__init__(f"signed out by the server (kick type {kick_type})")
        self.kick_type = kick_type


class ConnectionLostError(SodamError):
    """The connection went away before the answer came. Whether the server carried the request out is unknown."""


class RequestTimeoutError(SodamError):
    """No answer in time. Whether the server carried the request out is unknown."""


class ProtocolError(SodamError):
    """The server answered something that is not this protocol."""


class SlowReaderError(SodamError):
    """The reader of `Client.messages()` fell behind by more than `queue_limit` messages."""


class ClientClosedError(SodamError):
    """The client was closed, or never opened."""
