"""What users keep of their conversations beside the list: marks, custom data, conversation groups
(rest-accounts-relations.md 8.4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Live, of_user
from sodam.conversations import events, store
from sodam.conversations.model import (
    MAX_CUSTOM,
    MAX_ENTRIES,
    MAX_GROUP_NAME,
    MAX_GROUPS,
    NOTHING,
    Contact,
    Entry,
    Group,
    MarkChange,
)
from sodam.conversations.sources import Sources
from sodam.errors import ApiError, Code
from sodam.notices import Notice
from sodam.storage import Database, Tx

T = TypeVar("T")
_replace = msgspec.structs.replace
Results = list[Code | None]
"""One an item, in their order; None: done."""


class Kept(NamedTuple):
    """A page of what is kept of conversations."""

    entries: list[tuple[Contact, Entry]]
    groups: list[Group]
    next: int | None
    """How many entries stand before the next page; None: this was the last."""


class Marks:
    def __init__(
        self, db: Database, live: Live, accounts: AccountService, sources: Sources, clock: Callable[[], float]
    ) -> None:
        self._db = db
        self._live = live
        self._accounts = accounts
        self._sources = sources
        self._clock = clock

    async def mark(self, app: App, owner: str, changes: Sequence[MarkChange], *, exclude: int = 0) -> Results:
        """Set and clear marks and custom data.

        Results: 50002 custom data that are too long or hold a NUL character, 50001 unknown user, 51007 unknown group,
        51008 for more than ``MAX_ENTRIES`` conversations with marks or custom data. Raises ApiError 50001 for an
        unknown owner.
        """
        known = await self._sources.known(app, owner, (change.contact for change in changes))

        async def run(tx: Tx, now: int) -> tuple[Results, dict[Contact, tuple[int, Entry]]]:
            held = await store.entries(tx, app.sdkappid, owner, known)
            room = MAX_ENTRIES - (await store.counts(tx, app.sdkappid, owner)).marked
            changed: dict[Contact, tuple[int, Entry]] = {}
            results: Results = []
            for change in changes:
                refusal = self._refusal(change, known)
                before = held.get(change.contact, NOTHING)
                after = _marked(before, change, now)
                added = int(after.marked) - int(before.marked)
                if refusal is None and added > room:
                    refusal = Code.CONV_MARKS_FULL
                results.append(refusal)
                if refusal is not None or _replace(after, changed_at=before.changed_at) == before:
                    continue
                room -= added
                held[change.contact] = after
                what = (after.marks != before.marks) | 2 * (after.custom != before.custom)
                changed[change.contact] = (changed.get(change.contact, (0, after))[0] | what, after)
            await store.put(tx, app.sdkappid, owner, {contact: entry for contact, (_, entry) in changed.items()})
            return results, changed

        results, changed = await self._change(app, owner, run)
        if changed:
            self._notify(app, owner, events.marked(changed), exclude)
        return results

    async def make_group(
        self, app: App, owner: str, name: str, contacts: Sequence[Contact], *, exclude: int = 0
    ) -> tuple[Group, Results]:
        """Make a group of conversations, or put more into the one with this name.

        Results as ``mark``, 51008 for more than ``MAX_ENTRIES`` conversations in groups. Raises ApiError 50001 for an
        unknown owner, 50002 for no name or one with a NUL character, 51011 for too long a one, 51010 for more than
        ``MAX_GROUPS``.
        """
        _check_name(name)
        known = await self._sources.known(app, owner, contacts)

        async def run(tx: Tx, now: int) -> tuple[Group, Results]:
            groups = await store.groups(tx, app.sdkappid, owner)
            group = next((one for one in groups if one.name == name), None)
            if group is None:
                if len(groups) >= MAX_GROUPS:
                    raise ApiError(Code.CONV_CONTACT_GROUPS_FULL)
                group = Group(await store.lock(tx, app.sdkappid, owner), name)
                await store.add_group(tx, app.sdkappid, owner, group)
            changes = [(True, contact) for contact in contacts]
            return group, await self._regroup(tx, app, owner, group, changes, known, now)

        group, results = await self._change(app, owner, run)
        done = [contact for contact, code in zip(contacts, results, strict=True) if code is None]
        self._notify(app, owner, events.group_made(group, done), exclude)
        return group, results

    async def delete_group(self, app: App, owner: str, name: str, *, exclude: int = 0) -> Group:
        """Its conversations stay. Raises ApiError 51009 for an unknown group, 50001 for an unknown owner."""

        async def run(tx: Tx, now: int) -> Group:
            group = await _named(tx, app, owner, name)
            members = await store.in_group(tx, app.sdkappid, owner, group.id)
            left = {contact: _without(entry, group.id, now) for contact, entry in members.items()}
            await store.put(tx, app.sdkappid, owner, left)
            await store.delete_group(tx, app.sdkappid, owner, group.id)
            return group

        group = await self._change(app, owner, run)
        self._notify(app, owner, events.group_deleted(group), exclude)
        return group

    async def rename_group(self, app: App, owner: str, old: str, new: str, *, exclude: int = 0) -> Group:
        """Raises ApiError 51009 for an unknown group, 51011 for too long a name, 50002 for none or one that another
        group has, 50001 for an unknown owner."""
        _check_name(new)

        async def run(tx: Tx, now: int) -> Group:
            group = Group((await _named(tx, app, owner, old)).id, new)
            if any(one.name == new and one.id != group.id for one in await store.groups(tx, app.sdkappid, owner)):
                raise ApiError(Code.CONV_BAD_REQUEST, "there is a conversation group of the new name")
            await store.rename_group(tx, app.sdkappid, owner, group)
            return group

        group = await self._change(app, owner, run)
        if old != new:
            self._notify(app, owner, events.group_renamed(group, old), exclude)
        return group

    async def change_group(
        self, app: App, owner: str, name: str, changes: Sequence[tuple[bool, Contact]], *, exclude: int = 0
    ) -> tuple[Group, Results]:
        """Put conversations into a group (True) or out of it (False). Raises ApiError 51009 for an unknown group,
        50001 for an unknown owner; results as ``make_group``."""
        known = await self._sources.known(app, owner, (contact for _, contact in changes))

        async def run(tx: Tx, now: int) -> tuple[Group, Results]:
            group = await _named(tx, app, owner, name)
            return group, await self._regroup(tx, app, owner, group, changes, known, now)

        group, results = await self._change(app, owner, run)
        done = [change for change, code in zip(changes, results, strict=True) if code is None]
        if done:
            self._notify(app, owner, events.group_changed(group, done), exclude)
        return group, results

    async def search(
        self, app: App, owner: str, contacts: Sequence[Contact]
    ) -> tuple[dict[Contact, Entry], list[Group]]:
        """What is kept of these conversations, and the owner's groups."""
        found = await store.entries(self._db, app.sdkappid, owner, contacts)
        return found, await store.groups(self._db, app.sdkappid, owner)

    async def groups(self, app: App, owner: str) -> list[Group]:
        """By GroupId."""
        return await store.groups(self._db, app.sdkappid, owner)

    async def kept(self, app: App, owner: str, skip: int, limit: int) -> Kept:
        """Everything that is kept, in pages."""
        found = await store.page(self._db, app.sdkappid, owner, skip, limit + 1)
        groups = await store.groups(self._db, app.sdkappid, owner)
        return Kept(found[:limit], groups, skip + limit if len(found) > limit else None)

    async def _change(self, app: App, owner: str, run: Callable[[Tx, int], Awaitable[T]]) -> T:
        """Under the owner's lock, so that limits and names hold whoever writes at the same time."""
        now = int(self._clock())

        async def locked(tx: Tx) -> T:
            if not await self._accounts.alive(tx, app.sdkappid, (owner,)):
                raise ApiError(Code.CONV_ACCOUNT_NOT_FOUND)
            await store.lock(tx, app.sdkappid, owner)
            return await run(tx, now)

        return await self._db.write(locked)

    def _refusal(self, change: MarkChange, known: Collection[Contact]) -> Code | None:
        if change.contact not in known:
            return self._sources.unknown(change.contact.type)
        if change.custom is not None and (len(change.custom.encode()) > MAX_CUSTOM or "\0" in change.custom):
            return Code.CONV_BAD_REQUEST
        return None

    async def _regroup(
        self,
        tx: Tx,
        app: App,
        owner: str,
        group: Group,
        changes: Iterable[tuple[bool, Contact]],
        known: Collection[Contact],
        now: int,
    ) -> Results:
        # What is taken out may be gone, so that it is looked for, too.
        changes = list(changes)
        held = await store.entries(tx, app.sdkappid, owner, {contact for _, contact in changes})
        room = MAX_ENTRIES - (await store.counts(tx, app.sdkappid, owner)).grouped
        changed: dict[Contact, Entry] = {}
        results: Results = []
        for add, contact in changes:
            before = held.get(contact, NOTHING)
            if add and contact not in known:
                results.append(self._sources.unknown(contact.type))
                continue
            after = _without(before, group.id, now)
            if add:
                after = _replace(after, groups=tuple(sorted((*after.groups, group.id))))
            added = int(bool(after.groups)) - int(bool(before.groups))
            if added > room:
                results.append(Code.CONV_MARKS_FULL)
                continue
            room -= added
            held[contact] = changed[contact] = after
            results.append(None)
        await store.put(tx, app.sdkappid, owner, changed)
        return results

    def _notify(self, app: App, owner: str, notice: Notice, exclude: int) -> None:
        self._live.send(of_user(app.sdkappid, owner), notice, exclude=exclude)


def _marked(entry: Entry, change: MarkChange, now: int) -> Entry:
    custom = entry.custom if change.custom is None else change.custom
    return _replace(entry, marks=entry.marks & ~change.clear | change.set, custom=custom, changed_at=now)


def _without(entry: Entry, group_id: int, now: int) -> Entry:
    return _replace(entry, groups=tuple(one for one in entry.groups if one != group_id), changed_at=now)


def _check_name(name: str) -> None:
    if not name or "\0" in name:
        raise ApiError(Code.CONV_BAD_REQUEST, "a conversation group has a name without a NUL character")
    if len(name.encode()) > MAX_GROUP_NAME:
        raise ApiError(Code.CONV_CONTACT_GROUP_NAME)


async def _named(tx: Tx, app: App, owner: str, name: str) -> Group:
    for group in await store.groups(tx, app.sdkappid, owner):
        if group.name == name:
            return group
    raise ApiError(Code.CONV_CONTACT_GROUP_NOT_FOUND)
