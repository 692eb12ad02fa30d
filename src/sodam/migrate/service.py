"""A migration from its beginning or from where it was stopped, its report, and the comparison afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sodam.migrate import accounts, groups
from sodam.migrate.messages import digest, fetch_group, fetch_pair, pair, take_pair
from sodam.migrate.model import Run, parts
from sodam.migrate.remote import Endpoint, Remote, RemoteError
from sodam.migrate.store import DONE, FETCH, Item, Journal, JournalError

_ONE_TO_ONE: Final = 1
_COMPARED: Final = "\x1ecompared"


class MigrateError(Exception):
    """The migration cannot go on as it was asked for; one line."""


@asynccontextmanager
async def opened(
    source: Endpoint,
    target: Endpoint,
    place: Path,
    *,
    dry: bool,
    profile_tags: Sequence[str],
    say: Callable[[str], None],
) -> AsyncIterator[Run]:
    """A migration whose journal is at ``place``.

    Raises MigrateError when that is one of other servers, in use, or no journal.
    """
    try:
        journal = Journal(place)
    except JournalError as error:
        raise MigrateError(str(error)) from None
    run = Run(Remote(source), Remote(target), journal, dry=dry, profile_tags=profile_tags, say=say)
    try:
        for name, end in (("source", source), ("target", target)):
            given = f"{end.url.rstrip('/')} {end.sdkappid}"
            kept = run.journal.meta(name, given)
            if kept != given:
                raise MigrateError(f"this journal is of the {name} {kept}, not {given}: name another with --work")
        yield run
    finally:
        run.journal.close()
        await run.source.close()
        await run.target.close()


async def migrate(run: Run, user_ids: Iterable[str]) -> None:
    """Take over the accounts named, all groups, and what belongs to either. Raises RemoteError when nobody answers."""
    run.journal.add("account", user_ids)
    await groups.find(run)
    await accounts.accounts(run)
    await accounts.relations(run)
    run.say(f"relations: {run.journal.count('relations')}")
    await groups.groups(run)
    known = -1
    while known != (known := run.journal.count("account")):  # each may name some that the list did not have
        await accounts.relations(run)
        await find_pairs(run)
        await accounts.each(run, "pair", lambda item: take_pair(run, item), "conversations")
    run.say(f"conversations: {run.journal.count('pair')}")


async def find_pairs(run: Run, *, again: bool = False) -> None:
    """Who writes to whom: from each account's conversation list, since no command lists all conversations."""
    run.journal.add("talker", [item.id for item in every(run, "account")])
    if again:
        run.journal.put("talker", [item.id for item in every(run, "account")], FETCH)
    await accounts.each(run, "talker", lambda item: _pairs_of(run, item.id))


async def _pairs_of(run: Run, user_id: str) -> None:
    ask: dict[str, Any] = {"From_Account": user_id, "AssistFlags": 2}
    ask |= dict.fromkeys(("TimeStamp", "StartIndex", "TopTimeStamp", "TopStartIndex"), 0)
    while True:
        page = await run.read("conversation list", user_id, "recentcontact/get_list", ask)
        if page is None:
            return
        found = page.get("SessionItem") or []
        run.journal.add("pair", [pair(user_id, item["To_Account"]) for item in found if item["Type"] == _ONE_TO_ONE])
        if page.get("CompleteFlag") or not found:
            return
        ask |= {name: page[name] for name in ("TimeStamp", "StartIndex", "TopTimeStamp", "TopStartIndex")}


def every(run: Run, kind: str) -> Iterable[Item]:
    """All of a kind that are known."""
    after = ""
    while items := run.journal.all(kind, after):
        after = items[-1].id
        yield from items


async def compare(run: Run, *, followed: bool = False) -> list[str]:
    """What differs between the target and what was taken over: a line each. Histories by number, order and hash.

    ``followed``: what the source has now, instead of what it had when it was read first.
    """
    differing: list[str] = []

    async def at(remote: Remote, kind: str, name: str, moved: str = "") -> str:
        under = name + _COMPARED
        fetch = fetch_pair if kind == "pair" else fetch_group
        try:
            await fetch(remote, run.journal, name, under, False)
            return digest(run.journal, under, moved)
        except RemoteError as error:
            return str(error)
        finally:
            run.journal.forget(under)

    async def one(item: Item) -> None:
        expected = await at(run.source, item.kind, item.id, item.id) if followed else item.extra
        found = await at(run.target, item.kind, item.id)
        if found != expected:
            shown = f"{item.kind} {item.id.replace(chr(31), ' ')}"
            differing.append(f"{shown}: {expected} at the source, {found} at the target")

    for kind in ("pair", "history"):
        items = [item for item in every(run, kind) if item.state == DONE]
        for some in parts(items, run.workers):
            await asyncio.gather(*(one(item) for item in some))
    for item in [*every(run, "members")]:
        there, here = await _count(run, item.id, source=True), await _count(run, item.id, source=False)
        if there != here:
            differing.append(f"members of {item.id}: {there} at the source, {here} at the target")
    for item in [*every(run, "relations")]:
        there, here = await _friends(run, item.id, source=True), await _friends(run, item.id, source=False)
        if there != here:
            differing.append(f"friends of {item.id}: {there} at the source, {here} at the target")
    return differing


async def _count(run: Run, group_id: str, *, source: bool) -> int:
    remote = run.source if source else run.target
    page = await remote.call("group_open_http_svc/get_group_member_info", {"GroupId": group_id, "Limit": 1})
    return int(page["MemberNum"])


async def _friends(run: Run, user_id: str, *, source: bool) -> int:
    remote = run.source if source else run.target
    ask = {"From_Account": user_id, "StartIndex": 0, "StandardSequence": 0, "CustomSequence": 0}
    page = await remote.call("sns/friend_get", ask)
    return int(page["FriendNum"])


def report(run: Run) -> tuple[list[str], bool]:
    """What was taken over and what could not be, with the reason and an example of each kind; whether all could."""
    lines = [f"{name}: {value}" for name, value in run.journal.tallies().items()]
    refused = run.journal.refusals()
    if refused:
        lines.append("Not taken over:")
    for kind, code, number, example, text in refused:
        lines.append(f"  {kind}: {number} with code {code}, as {example.replace(chr(31), ' ')}: {text}")
    return lines, not refused
