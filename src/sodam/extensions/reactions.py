"""Reactions to messages (rest-messages.md 6.11): what users think of a message, in a word or a picture each."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.accounts.events import AccountsDeleted
from sodam.bus import Live, of_user
from sodam.errors import ApiError, Code
from sodam.extensions import events, store, store_reactions
from sodam.extensions.model import MAX_REACTIONS, MAX_USERS, Reaction, Subject
from sodam.messages.model import REACTIONS
from sodam.notices import Notice
from sodam.storage import Database, Tx


class Reactions:
    def __init__(self, db: Database, live: Live) -> None:
        self._db = db
        self._live = live

    async def add(self, subject: Subject, user_id: str, reaction: str) -> None:
        """Raises ApiError 23004 (the message is gone), 23005 (too many reactions), 23006 (too many users), 23007 (the
        user has reacted so)."""

        async def run(tx: Tx) -> Reaction:
            reactions = await self._locked(tx, subject)
            users = reactions.get(reaction)
            if users is None and len(reactions) >= MAX_REACTIONS:
                raise ApiError(Code.REACTION_LIMIT)
            users = users or []
            if user_id in users:
                raise ApiError(Code.REACTION_EXISTS)
            if len(users) >= MAX_USERS:
                raise ApiError(Code.REACTION_USER_LIMIT)
            await store_reactions.add(tx, subject.ref, reaction, user_id)
            await subject.record(tx, REACTIONS, reaction, _size(reaction))
            return Reaction(reaction, [*users, user_id])

        self._notify(subject, user_id, await self._db.write(run), added=True)

    async def remove(self, subject: Subject, user_id: str, reaction: str) -> None:
        """Raises ApiError 23004 (the message is gone), 23008 (no such reaction), 23009 (not by this user)."""

        async def run(tx: Tx) -> Reaction:
            users = (await self._locked(tx, subject)).get(reaction)
            if users is None:
                raise ApiError(Code.REACTION_NOT_FOUND)
            if user_id not in users:
                raise ApiError(Code.REACTION_NOT_GIVEN)
            await store_reactions.remove(tx, subject.ref, reaction, user_id)
            await subject.record(tx, REACTIONS, reaction, _size(reaction))
            return Reaction(reaction, [one for one in users if one != user_id])

        self._notify(subject, user_id, await self._db.write(run), added=False)

    @staticmethod
    async def _locked(tx: Tx, subject: Subject) -> dict[str, list[str]]:
        if not await subject.hold(tx):
            raise ApiError(Code.EXTENSION_NOT_FOUND)
        await store.lock(tx, subject.ref)
        return {one.id: one.users for one in await store_reactions.read(tx, subject.ref)}

    def _notify(self, subject: Subject, user_id: str, reaction: Reaction, *, added: bool) -> None:
        own = events.reacted_oneself(subject, reaction.id, added=added)
        self._live.send(of_user(subject.ref.app, user_id), own)
        subject.notify(events.reacted(subject, [reaction]))

    async def read(self, subject: Subject) -> list[Reaction]:
        """In the order in which they were first given."""
        return await store_reactions.read(self._db, subject.ref)

    async def missed(self, subject: Subject, user_id: str, reactions: Sequence[str]) -> list[Notice]:
        """By what a device of ``user_id`` learns how these reactions are now."""
        users = {one.id: one.users for one in await self.read(subject)}
        now = [Reaction(reaction, users.get(reaction, [])) for reaction in reactions]
        own = [events.reacted_oneself(subject, one.id, added=user_id in one.users) for one in now]
        return [*own, events.reacted(subject, now)]

    async def missed_by_all(self, subject: Subject, reactions: Sequence[str]) -> list[tuple[Notice, str]]:
        """By what devices of many users learn how these reactions are now, each with the user whom it is for; empty:
        everybody. Who took one back is not known, so that everybody hears first that it is not theirs."""
        users = {one.id: one.users for one in await self.read(subject)}
        now = [Reaction(reaction, users.get(reaction, [])) for reaction in dict.fromkeys(reactions)]
        found: list[tuple[Notice, str]] = []
        for one in now:
            found.append((events.reacted_oneself(subject, one.id, added=False), ""))
            given = events.reacted_oneself(subject, one.id, added=True)
            found += [(given, user_id) for user_id in one.users]
        return [*found, (events.reacted(subject, now), "")]

    async def forget_accounts(self, tx: Tx, deleted: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts."""
        for event in deleted:
            await store_reactions.forget(tx, event.app, event.user_ids)


def _size(reaction: str) -> int:
    return len(reaction.encode()) + 500  # with the users that a notice names
