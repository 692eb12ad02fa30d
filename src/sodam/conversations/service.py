"""The conversation list of a user, of whatever types its conversations are.

What is kept beside the list (marks, custom data, groups) is in ``marks.py``. Changes notify the owner's devices after
their commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Live, of_user
from sodam.clock import now as wall_clock
from sodam.conversations import events, store
from sodam.conversations.marks import Marks
from sodam.conversations.model import MAX_PINNED, NOTHING, PAGE, Contact, Cursor, Listed, Page
from sodam.conversations.sources import Sources
from sodam.errors import ApiError, Code
from sodam.notices import Notice
from sodam.storage import Database, Tx


class Conversations:
    def __init__(
        self,
        db: Database,
        live: Live,
        accounts: AccountService,
        sources: Sources,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._live = live
        self._accounts = accounts
        self.sources = sources
        self._clock = clock
        self.marks = Marks(db, live, accounts, sources, clock)

    async def page(
        self, app: App, owner: str, cursor: Cursor | None = None, *, pinned_first: bool = True, size: int = PAGE
    ) -> Page:
        """A page of the list: pinned conversations first, then by what was said last, newest first.

        The order is that of arrival to the microsecond, also within a second. Conversations in which their owner
        may see nothing that was ever said are left out. The whole list ends at the app's ``conversation_limit``.
        """
        limit = app.settings.conversation_limit
        found: list[Listed] = []
        for _, source in self.sources:
            found += await source.listed(app, owner, limit)

        def rank(one: Listed) -> tuple[bool, int, Contact]:
            return (pinned_first and one.pinned_at > 0, one.moved_at, one.contact)

        found.sort(key=rank, reverse=True)
        found = found[:limit]
        if cursor is not None:
            found = [one for one in found if rank(one)[:2] < tuple(cursor)]
        while size < len(found) and rank(found[size])[:2] == rank(found[size - 1])[:2]:
            size += 1  # a page does not end between two of the same microsecond: the next one goes on behind it
        page, more = found[:size], len(found) > size
        following = Cursor(*rank(page[-1])[:2]) if more else None
        for kind, source in self.sources:
            await source.fill(app, owner, [one for one in page if one.contact.type == kind])
        page = [one for one in page if not one.gone]
        entries = await store.entries(self._db, app.sdkappid, owner, [one.contact for one in page])
        for one in page:
            one.entry = entries.get(one.contact, NOTHING)
        return Page(page, following, max((one.msg_time for one in page), default=0))

    async def pin(self, app: App, owner: str, contacts: Sequence[Contact], *, pinned: bool, exclude: int = 0) -> None:
        """Pin conversations, or unpin them; those that do not exist yet are made.

        Raises ApiError 50001 for an unknown user (51007 for a group) to be pinned, 51012 for more than ``MAX_PINNED``;
        then nothing is changed.
        """
        alive = await self.sources.known(app, owner, contacts)
        known = [contact for contact in dict.fromkeys(contacts) if contact in alive]
        if pinned and len(known) < len(set(contacts)):
            gone = next(contact for contact in contacts if contact not in alive)
            raise ApiError(self.sources.unknown(gone.type))
        now = int(self._clock()) if pinned else 0

        async def run(tx: Tx) -> None:
            if not await self._accounts.alive(tx, app.sdkappid, (owner,)):
                raise ApiError(Code.CONV_ACCOUNT_NOT_FOUND)
            await store.lock(tx, app.sdkappid, owner)
            if pinned:
                before: set[Contact] = set()
                for kind, source in self.sources:
                    before |= {Contact(kind, one) for one in await source.pinned(tx, app.sdkappid, owner)}
                if len(before.union(known)) > max(MAX_PINNED, len(before)):
                    raise ApiError(Code.CONV_TOP_FULL)
            for kind, source in self.sources:
                if ids := [contact.id for contact in known if contact.type == kind]:
                    await source.put_pins(tx, app.sdkappid, owner, ids, now)

        await self._db.write(run)
        if known:
            self._notify(app, owner, events.pinned(known, pinned=pinned), exclude)

    async def delete(
        self, app: App, owner: str, contacts: Sequence[Contact], *, clear: bool, exclude: int = 0
    ) -> list[Code | None]:
        """Take conversations off the list until something new is said; ``clear``: their histories, too, for ``owner``.

        One result a conversation: None, or 50001 (51007 for a group) where there is neither such a conversation nor
        such a user. The owner's other devices follow where the app says so.
        """
        known = await self.sources.known(app, owner, contacts)
        results: list[Code | None] = []
        for contact in contacts:
            source = self.sources.get(contact.type)
            there = source is not None and await source.hide(app, owner, contact.id, clear=clear)
            results.append(None if there or contact in known else self.sources.unknown(contact.type))
        done = [contact for contact, code in zip(contacts, results, strict=True) if code is None]
        if done and app.settings.conversation_deletion_sync:
            self._notify(app, owner, events.deleted(done), exclude)
        return results

    async def forget_accounts(self, tx: Tx, deleted: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts: what they kept of their conversations goes."""
        for event in deleted:
            await store.forget(tx, event.app, event.user_ids)

    def _notify(self, app: App, owner: str, notice: Notice, exclude: int) -> None:
        self._live.send(of_user(app.sdkappid, owner), notice, exclude=exclude)
