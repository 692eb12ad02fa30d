"""Key-value pairs of messages (rest-messages.md 2.11 and 2.12): written under the message's lock, numbered by write."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.extensions import events, store
from sodam.extensions.model import (
    MAX_KEYS,
    MAX_TOMBSTONES,
    MAX_WRITES,
    PAGE,
    Changed,
    Extension,
    Item,
    Operation,
    Page,
    Result,
    Subject,
)
from sodam.messages.events import ConversationErased, MessagesErased
from sodam.messages.model import BY_REST, EXTENSIONS, Source
from sodam.notices import Notice
from sodam.storage import Database, Tx


class Extensions:
    def __init__(self, db: Database, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._clock = clock

    async def change(
        self,
        subject: Subject,
        operator: str,
        operation: Operation,
        items: Sequence[Item],
        *,
        versions: bool,
        source: Source = BY_REST,
    ) -> Changed:
        """Set or delete keys, or remove them all; what became of each item. ``versions``: a key is changed only if the
        writer holds it as it is stored, as ordinary users must.

        Results: 23001 the key was changed meanwhile, 23004 a key to delete is not there. Raises ApiError 23002 (the
        message takes no extensions), 23003 (written too often), 23004 (it is gone), 10004 (more than ``MAX_KEYS``).
        """
        if not subject.extensible:
            raise ApiError(Code.EXTENSION_UNSUPPORTED)
        minute = int(self._clock()) // 60

        async def run(tx: Tx) -> tuple[list[Result], list[Extension], int, bool]:
            if not await subject.hold(tx):
                raise ApiError(Code.EXTENSION_NOT_FOUND)
            state = await store.lock(tx, subject.ref)
            if state.minute != minute:
                state.minute, state.writes = minute, 0
            state.writes += 1
            if state.writes > MAX_WRITES:
                raise ApiError(Code.EXTENSION_TOO_FREQUENT)
            seq = state.last_seq + 1
            results: list[Result] = []
            changed: dict[str, Extension] = {}
            if operation == Operation.CLEAR:
                await store.clear(tx, subject.ref)
                state.clear_seq = seq
            else:
                held = await store.held(tx, subject.ref, {item.key for item in items})
                for item in items:
                    result = _changed(operation, item, held.get(item.key), seq, versions=versions)
                    results.append(result)
                    if result.code is None:
                        held[item.key] = changed[item.key] = result.stored
                await self._put(tx, subject, list(changed.values()))
            written = bool(changed) or operation == Operation.CLEAR
            if written:
                state.last_seq = seq
                size = sum(len(one.key.encode()) + len(one.value.encode()) + 40 for one in changed.values())
                await subject.record(tx, EXTENSIONS, str(seq), size)
                if self._db.events.wanted(events.MessageExtended):
                    tx.emit(
                        events.MessageExtended(
                            ref=subject.ref,
                            operator=operator,
                            source=source,
                            operation=operation,
                            extensions=list(changed.values()),
                            last_seq=seq,
                        )
                    )
            await store.save(tx, subject.ref, state)
            return results, list(changed.values()), state.last_seq, written

        results, changed, last_seq, written = await self._db.write(run)
        if written:
            for notice in _notices(subject, operation, changed, last_seq):
                subject.notify(notice)
        return Changed(results, last_seq)

    @staticmethod
    async def _put(tx: Tx, subject: Subject, changed: list[Extension]) -> None:
        if not changed:
            return
        await store.put(tx, subject.ref, changed)
        live, tombstones = await store.counts(tx, subject.ref)
        if live > MAX_KEYS:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"a message has at most {MAX_KEYS} extensions")
        if tombstones > MAX_TOMBSTONES:
            await store.forget_tombstones(tx, subject.ref, tombstones - MAX_TOMBSTONES)

    async def page(self, subject: Subject, start: int) -> Page:
        """Pairs whose number is ``start`` or more; with 0, all that were not deleted. A page is followed by the one
        that starts behind its last number.
        """
        state = await store.state(self._db, subject.ref)
        found = await store.read(self._db, subject.ref, start, PAGE + 1, deleted=start > 0)
        complete = len(found) <= PAGE
        if not complete:  # pairs of one write stay together, or the next page would begin behind some of them
            end = found[-1].seq
            found = [one for one in found if one.seq < end]
        return Page(found, complete, state.last_seq, state.clear_seq)

    async def missed(self, subject: Subject, seqs: Sequence[int]) -> list[Notice]:
        """By what a device learns of these writes: the keys that no later write has changed again."""
        state = await store.state(self._db, subject.ref)
        notices = []
        if state.clear_seq in seqs:
            notices += _notices(subject, Operation.CLEAR, [], state.clear_seq)
        found = await store.of_writes(self._db, subject.ref, [seq for seq in seqs if seq > state.clear_seq] or [0])
        return notices + _notices(subject, Operation.SET, found, state.last_seq)

    async def forget(self, tx: Tx, erased: Sequence[ConversationErased]) -> None:
        """As ``erase``, of all messages."""
        for event in erased:
            await store.forget(tx, event.app, event.type, event.conv)

    async def erase(self, tx: Tx, erased: Sequence[MessagesErased]) -> None:
        """Part of erasing messages: what was added to them goes with them."""
        for event in erased:
            await store.erase(tx, event.app, event.type, event.conv, event.seqs)


def _changed(operation: Operation, item: Item, stored: Extension | None, seq: int, *, versions: bool) -> Result:
    there = stored is not None and stored.value != ""
    allowed = {stored.seq} if stored else {0}
    if not there:
        allowed.add(0)  # whoever learnt of the deletion holds nothing
    now = stored or Extension(item.key, "", 0)
    if versions and item.seq not in allowed:
        return Result(Code.EXTENSION_CONFLICT, now)
    if operation == Operation.DELETE:
        if not there:
            return Result(Code.EXTENSION_NOT_FOUND, now)
        return Result(None, Extension(item.key, "", seq))
    return Result(None, Extension(item.key, item.value, seq))


def _notices(subject: Subject, operation: Operation, changed: Sequence[Extension], seq: int) -> list[Notice]:
    if operation == Operation.CLEAR:
        return [events.extended(subject, operation, (), seq)]
    # A key that is set to nothing is gone: clients announce the two apart.
    alive = [one for one in changed if one.value]
    gone = [one for one in changed if not one.value]
    notices = [events.extended(subject, Operation.SET, alive, seq)] if alive else []
    return [*notices, events.extended(subject, Operation.DELETE, gone, seq)] if gone else notices
