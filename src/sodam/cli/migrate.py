"""``sodam migrate``: an app of any server that speaks REST API v4, taken over into an app of another."""

from __future__ import annotations

import asyncio
import csv
import os
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from cyclopts import Parameter

from sodam.apps.webhooks import check_url
from sodam.cli.common import EXIT_OK, EXIT_PROBLEM, CliError
from sodam.cli.hook_port import listening
from sodam.migrate import service
from sodam.migrate.follow import Follower
from sodam.migrate.listener import Hook
from sodam.migrate.model import PROFILE_TAGS, Run
from sodam.migrate.remote import Endpoint, RemoteError
from sodam.migrate.service import MigrateError

_SOURCE_KEY: Final = "SODAM_SOURCE_KEY"
_TARGET_KEY: Final = "SODAM_TARGET_KEY"
_SIGNED_WITH: Final = "SODAM_SOURCE_HOOK_SIGNED_WITH"
_LISTEN: Final = "127.0.0.1:9090"
_SHOWN: Final = 50
_PORTS: Final = 65535


def migrate(
    *,
    source: Annotated[str, Parameter(help="Where the app is: https://console.tim.qq.com, or another Sodam.")],
    source_app: Annotated[int, Parameter(help="Its SDKAppID there; its key is read from SODAM_SOURCE_KEY.")],
    target: Annotated[str, Parameter(help="Where it is to be: a running Sodam.")] = "http://127.0.0.1:8080",
    target_app: Annotated[int, Parameter(help="The SDKAppID there (its key: SODAM_TARGET_KEY); 0: the same.")] = 0,
    accounts: Annotated[Path, Parameter(help="UserIDs, one a line, or a CSV with a column UserID.")],
    work: Annotated[Path, Parameter(help="File that keeps how far it is; name the same one to go on.")] = Path(
        "migrate.db"
    ),
    identifier: Annotated[str, Parameter(help="UserID of an administrator of both apps.")] = "administrator",
    profile_fields: Annotated[str, Parameter(help="Custom profile fields to take over, parted by commas.")] = "",
    rate: Annotated[float, Parameter(help="Calls a second that the source is asked at most; 0: no limit.")] = 150.0,
    target_rate: Annotated[float, Parameter(help="The same for the target.")] = 0.0,
    dry_run: Annotated[bool, Parameter(help="Read everything, write nothing, say what there is.")] = False,
    compare: Annotated[
        bool, Parameter(help="Afterwards read the target and compare numbers, order and hashes.")
    ] = False,
    follow: Annotated[
        bool,
        Parameter(help="Then keep the copy fresh by the source's webhooks, until it is ended by Ctrl-C or SIGTERM."),
    ] = False,
    listen: Annotated[str, Parameter(help="Where --follow takes the source's webhooks in, as HOST:PORT.")] = _LISTEN,
    forward: Annotated[str, Parameter(help="The app's own receiver: --follow passes every request on to it.")] = "",
) -> int:
    """Take an app over: accounts, profiles, relations, groups, members, histories, by REST API v4 on both sides.

    Custom fields must be declared at the target first. What could not be taken over is listed, with the reason; exit
    code 1 then, or when the comparison finds a difference. Stopped at any moment, it goes on when called again.
    """
    keys = [os.environ.get(name, "") for name in (_SOURCE_KEY, _TARGET_KEY)]
    for name, key in zip((_SOURCE_KEY, _TARGET_KEY), keys, strict=True):
        if not key and not (dry_run and name == _TARGET_KEY):
            raise CliError(f"set {name} to the key of the app")
    for url in (source, target):
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise CliError(f"{url!r} is no http or https address")
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _PORTS:
        raise CliError(f"--listen {listen!r} is no HOST:PORT")
    if forward and (wrong := check_url(forward)):
        raise CliError(f"--forward {wrong}")
    if follow and dry_run:
        raise CliError("--dry-run writes nothing, so there is nothing to keep fresh: leave --follow away")
    ends = (
        Endpoint(source, source_app, keys[0], identifier, rate),
        Endpoint(target, target_app or source_app, keys[1] or "-", identifier, target_rate),
    )
    tags = (*PROFILE_TAGS, *(tag.strip() for tag in profile_fields.split(",") if tag.strip()))
    ids = _user_ids(accounts)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "migrate.db" if dry_run else work
        try:
            wanted = _Wanted(dry_run, compare and not dry_run, (host, int(port)) if follow else None, forward)
            return asyncio.run(_run(ends, ids, place, tags, wanted))
        except (RemoteError, MigrateError) as error:
            raise CliError(f"{error} (what is done is kept in {work})" if not dry_run else str(error)) from None


@dataclass(frozen=True)
class _Wanted:
    dry: bool
    compare: bool
    listen: tuple[str, int] | None
    """Where webhooks come in while the copy follows; None: it does not."""
    forward: str


async def _run(
    ends: tuple[Endpoint, Endpoint], ids: list[str], place: Path, tags: tuple[str, ...], wanted: _Wanted
) -> int:
    async with service.opened(*ends, place, dry=wanted.dry, profile_tags=tags, say=_say) as run:
        if wanted.listen:
            await _follow(run, ids, wanted.listen, wanted.forward)
        else:
            await service.migrate(run, ids)
        lines, whole = service.report(run)
        print("\n".join(lines))
        differing = await service.compare(run, followed=wanted.listen is not None) if wanted.compare else []
        if wanted.compare:
            print("\n".join(differing[:_SHOWN]) or "The target holds what was taken over, in the same order.")
            if len(differing) > _SHOWN:
                print(f"and {len(differing) - _SHOWN} more")
        return EXIT_OK if whole and not differing else EXIT_PROBLEM


async def _follow(run: Run, ids: list[str], listen: tuple[str, int], forward: str) -> None:
    """Take over, then follow until a signal says that the switch is there. Raises CliError when the port is taken."""
    follower = Follower(run)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, follower.end)
    hook = Hook(run.journal, run.source.endpoint.sdkappid, os.environ.get(_SIGNED_WITH, ""), follower.wake, forward)
    try:
        taken = socket.create_server(listen)
    except OSError as error:
        raise CliError(f"cannot listen on {listen[0]}:{listen[1]}: {error.strerror}") from None
    async with listening(hook, taken):
        _say(f"Callback URL for the source: http://{listen[0]}:{taken.getsockname()[1]}/")
        await follower.follow(ids)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _user_ids(path: Path) -> list[str]:
    """From a list, or the column UserID of a CSV. Raises CliError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path}: {error}") from None
    if lines and "UserID" in next(csv.reader([lines[0]])):
        return [row["UserID"] for row in csv.DictReader(lines) if row.get("UserID")]
    return [line.strip() for line in lines if line.strip()]
