"""``sodam usersig make|check``: the tickets with which users and administrators identify themselves."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sodam import private_map_key as map_keys
from sodam import usersig
from sodam.cli.common import EXIT_OK, EXIT_PROBLEM, STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.cli.offline import NoData, app_of, with_server
from sodam.errors import ApiError
from sodam.server import Server
from sodam.storage import StorageError
from sodam.usersig import Claims, Keys

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS)


def make(
    user_id: str,
    /,
    *,
    sdkappid: int,
    key: str | None = None,
    expire: int = usersig.DEFAULT_EXPIRE,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Print a UserSig (version 2) for a user.

    Parameters
    ----------
    user_id
        The UserID that it is for.
    sdkappid
        The app.
    key
        The app's secret key; looked up in the database when left out.
    expire
        Lifetime in seconds; 180 days when left out.
    """
    secrets = (key,) if key else _stored(sdkappid, flags).secrets
    if not secrets:
        raise CliError(f"app {sdkappid} has no secret key, only a public one: sign with the private key yourself")
    try:
        token = usersig.generate(sdkappid, secrets[0], user_id, expire=expire, now=int(time.time()))
    except ValueError as error:
        raise CliError(str(error)) from None
    print(token)
    return EXIT_OK


def map_key(
    user_id: str,
    room: str,
    /,
    *,
    sdkappid: int,
    key: str | None = None,
    number: bool = False,
    privileges: int = map_keys.ALL,
    expire: int = 86400,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Print a PrivateMapKey: a UserSig that says which room of calls a user may enter.

    Parameters
    ----------
    user_id
        The UserID that it is for.
    room
        The room, as a text.
    sdkappid
        The app.
    key
        The app's secret key; looked up in the database when left out.
    number
        The room is a number, as older clients have it.
    privileges
        What the user may do there, added up: 1 create the room, 2 enter, 4 send and 8 receive sound, 16 send and 32
        receive pictures, 64 send and 128 receive a screen; 255, all of it, when left out.
    expire
        Lifetime in seconds; a day when left out.
    """
    secrets = (key,) if key else _stored(sdkappid, flags).secrets
    if not secrets:
        raise CliError(f"app {sdkappid} has no secret key, only a public one: sign with the private key yourself")
    try:
        named: int | str = int(room) if number else room
        now = int(time.time())
        made = map_keys.generate(sdkappid, secrets[0], user_id, named, privileges=privileges, expire=expire, now=now)
    except ValueError as error:
        raise CliError(str(error)) from None
    print(made)
    return EXIT_OK


def check(
    token: str,
    /,
    *,
    key: str | None = None,
    user_id: str | None = None,
    sdkappid: int | None = None,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Show what a UserSig says and whether it is valid; exit code 1 when it is not.

    Parameters
    ----------
    token
        The UserSig, or - to read it from standard input.
    key
        The app's secret key; looked up in the database when left out.
    user_id
        The UserID that the client sends; the one in the token when left out.
    sdkappid
        The app that the client names; the one in the token when left out.
    """
    text = sys.stdin.readline().strip() if token == "-" else token  # noqa: S105 - a sign, not a secret
    try:
        claims = usersig.inspect(text)
        _print(claims)
        if usersig.userbuf(text) is not None:
            _print_room(text)
        keys = Keys(secrets=(key,)) if key else _stored(sdkappid or claims.sdkappid, flags)
        usersig.verify(
            text,
            keys=keys,
            sdkappid=sdkappid or claims.sdkappid,
            user_id=user_id or claims.user_id,
            now=int(time.time()),
        )
    except ApiError as error:
        print(f"invalid    {error}")
        return EXIT_PROBLEM
    print("valid")
    return EXIT_OK


def _stored(sdkappid: int, flags: Any) -> Keys:
    async def work(server: Server) -> Keys:
        return app_of(server, sdkappid).keys

    try:
        return with_server(settings_from(flags, dict(os.environ)), work)
    except (StorageError, NoData) as error:
        if isinstance(error, StorageError) and not error.in_use:
            raise
        raise CliError(f"{error}; with --key and the app's secret key nothing has to be looked up") from None


def _print(claims: Claims) -> None:
    print(f"version    {claims.version}")
    print(f"UserID     {claims.user_id}")
    print(f"SDKAppID   {claims.sdkappid}")
    print(f"issued     {_moment(claims.issued)}")
    print(f"expires    {_moment(claims.expires_at)}")


def _moment(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"{seconds} (no date that a calendar has)"


def _print_room(token: str) -> None:
    """Of a PrivateMapKey."""
    found = map_keys.inspect(token)
    print(f"room       {found.room}{' (a number)' if isinstance(found.room, int) else ''}")
    print(f"privileges {found.privileges}")
