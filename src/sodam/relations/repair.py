"""Finds and repairs inconsistencies: what a restored backup or a hand in the database may leave.

orphan      a relation of or to an account that does not exist        repaired: erased on both sides
count       a user's counts are not those of the rows, or missing      repaired: counted anew
group       a friend is in a group that does not exist                 repaired: taken out
mutual      a follow's mutual mark is wrong                            repaired: set anew
expired     a request that is older than requests live                 repaired: erased
one-sided   B is in A's list, but A is not in B's. An administrator or a one-sided deletion makes such pairs, too:
            they are counted always, and repaired only when asked to, by completing the pair or by removing its half
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from sodam.apps.model import App
from sodam.relations import store, store_follow, store_lists, store_walk
from sodam.relations.cache import Changed
from sodam.relations.erase import Eraser
from sodam.relations.events import Notices
from sodam.relations.model import FRIENDS, HAS, PENDENCY_SECONDS, Friend, Origin
from sodam.relations.store_walk import Entry
from sodam.relations.work import Core, Work
from sodam.storage import Tx

OneSided = Literal["keep", "complete", "remove"]
Progress = Callable[[str, int], None]
_NOBODY: Final = Origin("", admin=True)
_KEPT: Final = 1000


class Finding(NamedTuple):
    kind: str
    user_id: str
    other: str = ""


@dataclass(slots=True)
class Report:
    rows: Counter[str] = field(default_factory=Counter)
    """Rows looked at, by table."""
    found: Counter[str] = field(default_factory=Counter)
    """Findings by kind."""
    examples: list[Finding] = field(default_factory=list)
    """The first 1000 findings."""
    repaired: int = 0

    def note(self, kind: str, user_id: str, other: str = "") -> None:
        self.found[kind] += 1
        if len(self.examples) < _KEPT:
            self.examples.append(Finding(kind, user_id, other))

    @property
    def wrong(self) -> int:
        """Findings that are errors, which one-sided pairs need not be."""
        return sum(count for kind, count in self.found.items() if kind != "one-sided")


class RelationRepair:
    def __init__(self, core: Core, eraser: Eraser) -> None:
        self._core = core
        self._eraser = eraser

    async def check(
        self, app: App, *, repair: bool = False, one_sided: OneSided = "keep", progress: Progress = lambda *_: None
    ) -> Report:
        """Look at every relation of an app; ``repair`` what is wrong. It may run beside a server: a repair looks again
        under the same locks as every change. ``progress`` hears the table and the rows so far.
        """
        report = Report()
        missing: set[str] = set()
        recount: set[str] = set()
        follows: set[str] = set()
        half: list[tuple[str, str]] = []
        for table in ("friend", "blacklist", "pendency", "follow"):
            async for page in store_walk.walk(self._core.db, app.sdkappid, table):
                report.rows[table] += len(page)
                gone = await self._orphans(app, page, table, report)
                missing |= gone
                sound = [entry for entry in page if not {entry.owner, entry.peer} & gone]
                if table == "follow":
                    follows |= await self._follows(app, sound, report)
                else:
                    recount |= await self._owners(app, sound, table, report)
                if table == "friend":
                    half.extend(self._one_sided(sound, report))
                progress(table, report.rows[table])
        if repair:
            await self._erase(app, missing)
        if one_sided != "keep":
            await self._halves(app, half, one_sided, report)
        recount |= await self._counts(app, "relation_owner", report, missing)
        follows |= await self._counts(app, "follow_owner", report, missing)
        if repair:
            await self._recount(app, recount - missing)
            await self._recount_follows(app, follows - missing)
            report.repaired += report.wrong
        return report

    # Finding

    async def _orphans(self, app: App, page: list[Entry], table: str, report: Report) -> set[str]:
        ids = {user_id for entry in page for user_id in (entry.owner, entry.peer)}
        gone = ids - (await self._core.accounts.find_many(app.sdkappid, ids)).keys()
        for entry in page:
            if gone & {entry.owner, entry.peer}:
                report.note("orphan", entry.owner, entry.peer)
        return gone

    async def _owners(self, app: App, page: list[Entry], table: str, report: Report) -> set[str]:
        """Users to count anew: without a row, with friends in unknown groups, with expired requests."""
        groups = await store_walk.groups_of(self._core.db, app.sdkappid, list({entry.owner for entry in page}))
        found = set()
        for entry in page:
            if entry.owner not in groups:
                if entry.owner not in found:
                    report.note("count", entry.owner)
                found.add(entry.owner)
            elif table == "friend" and entry.value & ~groups[entry.owner]:
                report.note("group", entry.owner, entry.peer)
                found.add(entry.owner)
            elif table == "pendency" and entry.value <= self._core.now() - PENDENCY_SECONDS:
                report.note("expired", entry.owner, entry.peer)
                found.add(entry.owner)
        return found

    async def _follows(self, app: App, page: list[Entry], report: Report) -> set[str]:
        ids = list({user_id for entry in page for user_id in (entry.owner, entry.peer)})
        counted = await store_walk.counted_followers(self._core.db, app.sdkappid, ids)
        found = set(ids) - counted
        for user_id in found:
            report.note("count", user_id)
        for entry in page:
            if bool(entry.value) != entry.reverse:
                report.note("mutual", entry.owner, entry.peer)
                found.add(entry.owner)
        return found

    @staticmethod
    def _one_sided(page: list[Entry], report: Report) -> list[tuple[str, str]]:
        half = [(entry.owner, entry.peer) for entry in page if not entry.reverse]
        for owner, peer in half:
            report.note("one-sided", owner, peer)
        return half

    async def _counts(self, app: App, table: str, report: Report, missing: set[str]) -> set[str]:
        found = set()
        async for page in store_walk.counts(self._core.db, app.sdkappid, table):
            for row in page:
                if row.said != row.real and row.user_id not in missing:
                    report.note("count", row.user_id)
                    found.add(row.user_id)
        return found

    # Repairing

    async def _erase(self, app: App, missing: set[str]) -> None:
        for user_id in sorted(missing):

            async def run(tx: Tx, user_id: str = user_id) -> None:
                if not await self._core.accounts.alive(tx, app.sdkappid, [user_id]):  # it may have come back meanwhile
                    await self._eraser.erase(tx, app.sdkappid, [user_id])

            await self._core.db.write(run)

    async def _halves(self, app: App, half: list[tuple[str, str]], how: OneSided, report: Report) -> None:
        for owner, peer in half:

            async def run(work: Work, alive: set[str], owner: str = owner, peer: str = peer) -> bool:
                bits = (await work.between(owner, [peer], FRIENDS)).get(peer, 0)
                if bits != HAS or peer not in alive:
                    return False
                if how == "remove":
                    await work.unfriend(owner, [peer], [])
                elif work.owners[peer].friends < app.limits.friends:
                    work.befriend(Friend(owner=peer, peer=owner, added_at=work.now))
                else:
                    return False
                return True

            report.repaired += await self._core.change(app, _NOBODY, owner, [peer], run)

    async def _recount(self, app: App, user_ids: Iterable[str]) -> None:
        cutoff = self._core.now() - PENDENCY_SECONDS
        for user_id in sorted(user_ids):

            async def run(tx: Tx, user_id: str = user_id) -> None:
                owner = (await store.hold_owners(tx, app.sdkappid, [user_id]))[user_id]
                await store_lists.expire(tx, app.sdkappid, user_id, cutoff)
                await store_walk.recount(tx, app.sdkappid, owner)
                await store.save_owners(tx, app.sdkappid, [owner])
                changed = Changed(app.sdkappid, [user_id])
                tx.after_commit(lambda: self._core.announcer.announce(app.sdkappid, changed, Notices(), _NOBODY))

            await self._core.db.write(run)

    async def _recount_follows(self, app: App, user_ids: Iterable[str]) -> None:
        for user_id in sorted(user_ids):

            async def run(tx: Tx, user_id: str = user_id) -> None:
                counts = (await store_follow.hold(tx, app.sdkappid, [user_id]))[user_id]
                real = await store_walk.recount_follows(tx, app.sdkappid, user_id)
                counts.followers, counts.following, counts.mutual = real
                await store_follow.save(tx, app.sdkappid, [counts])

            await self._core.db.write(run)
