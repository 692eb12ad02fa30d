"""The SQL of the outbox. Entries are taken with a lease: a worker that dies gives them back by saying nothing.

An entry that somebody works on is due when its lease ends. Of a lane only the first entry counts: those behind it go
when it is done, whenever they are due. Who looks for entries of a topic and who ends work on one hold the topic
(``hold_topics``): otherwise what is put off behind another would not be seen by whoever ends that one just then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from sodam.outbox import store_bundles, store_lanes
from sodam.outbox.model import Entry, New
from sodam.storage import Bulk, Database, Tx, batches, hold, in_list

_ENTRY: Final = "id, app, topic, body, conv, seq, tries, lane"
_PUT: Final = Bulk(
    "INSERT INTO outbox (app, topic, body, conv, seq, lane, due, tries, lease_owner, lease_until, dead, error)",
    ("bigint", "text", "bytea", "text", "bigint", "text", "bigint", "bigint", "text", "bigint", "bigint", "text"),
)
_SORT: Final = Bulk(_PUT.head, _PUT.types, "RETURNING id")
_LOOKED_AT: Final = 4
"""Due entries that one take looks at, for each that it may take."""
OF_A_LANE: Final = 32
"""Entries of a lane that are taken together, at most."""
TOGETHER: Final = 64
"""Entries that one take makes an owner's, of all lanes: messages wait for the transaction that does it, and for the one
that forgets them (512 were 15 ms for one of a hundred on SQLite, 64 are 3.5)."""
_BEHIND_MS: Final = 3_600_000
"""So long after the first of its lane what stands behind it is looked at again, should nobody have it go before."""
_LANES: Final = 16
"""Lanes whose entries one statement finds."""
_LEAST: Final = 4
"""Of a lane that has so many, however many lanes there are, unless fewer are asked for."""


async def put(tx: Tx, entries: Sequence[New], due: int) -> None:
    """Sorted entries. ``due`` is in unix milliseconds, as are all times here."""
    if entries:
        await tx.bulk(_PUT, [(*entry, due, 0, "", 0, 0, "") for entry in entries])


class Free(NamedTuple):
    """How many lanes of an app may be taken, and how many entries in all."""

    topic: str
    app: int
    lanes: int
    entries: int
    is_sorted: bool = True
    """False: nothing in the outbox is due, only bundles are looked at."""


async def turn(
    tx: Tx,
    owner: str,
    finished: Sequence[Sequence[Entry]],
    free: Sequence[Free],
    kept: Sequence[Entry],
    now: int,
    until: int,
) -> list[list[Entry]]:
    """What one look at the outbox writes: forget the groups that are done, take the next ones of each place, and hold
    ``kept``, which are still at work, until then, too."""
    await hold_topics(tx, {group[0].topic for group in finished} | {one.topic for one in free})
    due = await finish(tx, owner, finished, now)
    for some in batches([entry.id for entry in kept]):
        await tx.execute(
            f"UPDATE outbox SET lease_until = $2, due = $2 WHERE lease_owner = $1 AND id IN {in_list(some, 3)}",
            owner,
            until,
            *some,
        )
    groups: list[list[Entry]] = []
    for one in free:
        one = one._replace(is_sorted=one.is_sorted or (one.topic, one.app) in due)
        groups += await take(tx, owner, one, now, until)
    return groups


async def hold_topics(tx: Tx, topics: Iterable[str]) -> None:
    """Until ``tx`` ends nobody else takes entries of these, or ends work on one."""
    for topic in sorted(topics):
        await hold(tx, f"outbox:{topic}")


async def take(tx: Tx, owner: str, free: Free, now: int, until: int) -> list[list[Entry]]:
    """Of lanes that are free and due, the first entries, now this owner's until ``until``.

    The caller holds the topic.
    """
    groups = await _take_sorted(tx, owner, free, now, until) if free.is_sorted else []
    looked, more = 0, True
    while more and looked < _LOOKED_AT * free.entries:
        left = free._replace(lanes=free.lanes - len(groups), entries=free.entries - sum(map(len, groups)))
        if left.lanes <= 0 or left.entries <= 0:
            break
        new, more = await store_bundles.take_out(tx, free.topic, free.app, left.entries)
        looked += len(new)
        if new:
            groups += await _sort(tx, owner, left, new, now, until)
    return groups


async def _sort(tx: Tx, owner: str, free: Free, new: Sequence[New], now: int, until: int) -> list[list[Entry]]:
    """Put entries that were not sorted yet into their lanes. The first ones of lanes that are free are this owner's at
    once; what stands behind others waits until it is its turn (see ``_put_behind``)."""
    behind = await store_lanes.occupied(tx, free.topic, free.app, [one.lane for one in new if one.lane])
    most = max(_LEAST, min(OF_A_LANE, free.entries // max(1, min(len(new), free.lanes))))
    groups: dict[str | int, list[int]] = {}
    rows: list[tuple[int | str | bytes, ...]] = []
    left = free.entries
    for at, one in enumerate(new):
        group = groups.get(one.lane or at)
        if one.lane in behind:
            rows.append((*one, now + _BEHIND_MS, 0, "", 0, 0, ""))
        elif left and (len(groups) < free.lanes if group is None else len(group) < most):
            groups.setdefault(one.lane or at, []).append(at)
            left -= 1
            rows.append((*one, until, 1, owner, until, 0, ""))
        else:
            rows.append((*one, now if group is None else now + _BEHIND_MS, 0, "", 0, 0, ""))
            if one.lane:
                behind.add(one.lane)
    numbers = sorted(row[0] for row in await tx.bulk(_SORT, rows))
    return [[_entry(numbers[at], new[at]) for at in group] for group in groups.values()]


def _entry(number: int, new: New) -> Entry:
    return Entry(number, new.app, new.topic, new.body, new.conv, new.seq, 0, new.lane)


async def _take_sorted(tx: Tx, owner: str, free: Free, now: int, until: int) -> list[list[Entry]]:
    topic, app = free.topic, free.app
    due = await tx.fetch(
        "SELECT id, lane FROM outbox WHERE topic = $1 AND dead = 0 AND app = $2 AND due <= $3 "
        "ORDER BY due, id LIMIT $4",
        topic,
        app,
        now,
        _LOOKED_AT * free.entries,
    )
    lanes: dict[str, list[int]] = {}
    for number, lane in due:
        lanes.setdefault(lane, []).append(number)
    alone = lanes.pop("", [])
    of_a_lane = max(_LEAST, min(OF_A_LANE, free.entries // max(1, min(len(lanes) + len(alone), free.lanes))))
    groups, behind = await _groups(tx, free, lanes, of_a_lane, now)
    if alone:
        at_place = {number: place for place, (number, _) in enumerate(due)}
        groups += [[number] for number in alone]
        groups.sort(key=lambda group: at_place.get(group[0], 0))
    del groups[free.lanes :]
    left = free.entries
    for at, group in enumerate(groups):
        groups[at] = group[:left]
        left -= len(groups[at])
    await _put_behind(tx, behind)
    taken: dict[int, Entry] = {}
    for some in batches([number for group in groups for number in group]):
        rows = await tx.fetch(
            "UPDATE outbox SET lease_owner = $1, lease_until = $2, due = $2, tries = tries + 1 "
            f"WHERE id IN {in_list(some, 3)} RETURNING {_ENTRY}",
            owner,
            until,
            *some,
        )
        for row in rows:
            taken[row[0]] = Entry(row[0], row[1], row[2], row[3], row[4], row[5], row[6] - 1, row[7])
    return [found for group in groups if (found := [taken[number] for number in group if number in taken])]


async def _put_behind(tx: Tx, numbers: Sequence[int]) -> None:
    """Have entries behind others of their lane looked at no more before the first of the lane is done, which may take
    many leases: ``next_in`` has the next one go then, and is all that has it go. Each is put off once; otherwise a lane
    with a long backlog would be gone through with every lease, and others would wait for that.

    The caller holds the topic.
    """
    for some in batches(numbers):
        await tx.execute(
            "UPDATE outbox SET due = COALESCE((SELECT h.due FROM outbox h WHERE h.topic = outbox.topic AND h.dead = 0 "
            f"AND h.app = outbox.app AND h.lane = outbox.lane ORDER BY h.id LIMIT 1) + {_BEHIND_MS}, due) "
            f"WHERE id IN {in_list(some, 1)}",
            *some,
        )


async def _groups(
    tx: Tx, free: Free, lanes: dict[str, list[int]], most: int, now: int
) -> tuple[list[list[int]], list[int]]:
    """Of lanes with due entries, the first entries of each whose first one is due, so many of a lane at most; and the
    due ones of lanes at whose first one somebody works, or which waits."""
    groups: list[list[int]] = []
    behind: list[int] = []
    names = list(lanes)
    for start in range(0, len(names), _LANES):
        some = names[start : start + _LANES]
        if len(groups) >= free.lanes or sum(map(len, groups)) >= free.entries:
            break
        rows = await store_lanes.first(tx, free.topic, free.app, some, most)
        found: dict[str, list[int]] = {lane: [] for lane in some}
        ended = set[str]()
        for number, lane, leased, due in sorted(rows, key=itemgetter(0)):
            if leased > now or (not found[lane] and due > now):
                ended.add(lane)
            elif lane not in ended:
                found[lane].append(number)
        for lane, numbers in found.items():
            if numbers:
                groups.append(numbers[:most])
            else:
                behind += lanes[lane]
    return groups, behind


async def finish(tx: Tx, owner: str, groups: Sequence[Sequence[Entry]], now: int) -> set[tuple[str, int]]:
    """Forget what was done, each group one lane's; an entry whose lease was lost is another's. The next ones may go:
    topics and apps of those are returned."""
    for some in batches([entry.id for group in groups for entry in group]):
        await tx.execute(f"DELETE FROM outbox WHERE lease_owner = $1 AND id IN {in_list(some, 2)}", owner, *some)
    lanes: dict[tuple[str, int], list[str]] = {}
    for group in groups:
        if group and group[0].lane:
            lanes.setdefault((group[0].topic, group[0].app), []).append(group[0].lane)
    return {of for of, names in lanes.items() if await store_lanes.next_in(tx, *of, names, now)}


async def note(tx: Tx, owner: str, number: int, body: bytes, until: int) -> bool:
    """Change the body of an entry that this owner holds, and hold it until ``until``; whether it still holds it."""
    changed = await tx.fetch(
        "UPDATE outbox SET body = $3, lease_until = $4, due = $4 WHERE id = $1 AND lease_owner = $2 RETURNING id",
        number,
        owner,
        body,
        until,
    )
    return bool(changed)


async def put_off(tx: Tx, owner: str, number: int, due: int, error: str, body: bytes | None) -> None:
    await tx.execute(
        "UPDATE outbox SET due = $3, error = $4, body = COALESCE($5, body), lease_owner = '', lease_until = 0 "
        "WHERE id = $1 AND lease_owner = $2",
        number,
        owner,
        due,
        error,
        body,
    )


async def give_back(tx: Tx, owner: str, entries: Sequence[Entry], due: int) -> None:
    """Those that were taken and not tried."""
    for entry in entries:
        await tx.execute(
            "UPDATE outbox SET due = $3, tries = tries - 1, lease_owner = '', lease_until = 0 "
            "WHERE id = $1 AND lease_owner = $2",
            entry.id,
            owner,
            due,
        )


async def bury(tx: Tx, owner: str, entry: Entry, error: str) -> None:
    """Set an entry aside as dead: it holds up nothing behind it any longer."""
    await tx.execute(
        "UPDATE outbox SET dead = 1, error = $3, lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2",
        entry.id,
        owner,
        error,
    )


async def release(tx: Tx, owner: str, now: int) -> None:
    """Give back what this owner holds: it ends."""
    await tx.execute(
        "UPDATE outbox SET lease_owner = '', lease_until = 0, due = $2, tries = tries - 1 WHERE lease_owner = $1",
        owner,
        now,
    )


async def hurry(tx: Tx, topic: str, app: int, now: int) -> None:
    """What failed before is tried now, not when its pause ends."""
    await tx.execute(
        "UPDATE outbox SET due = $3 WHERE topic = $1 AND dead = 0 AND app = $2 AND due > $3 AND tries > 0 "
        "AND lease_owner = ''",
        topic,
        app,
        now,
    )


async def revive(tx: Tx, topic: str, app: int, now: int) -> int:
    """Have everything tried anew that was set aside as dead; how many."""
    return await tx.execute(
        "UPDATE outbox SET dead = 0, tries = 0, due = $3 WHERE topic = $1 AND dead = 1 AND app = $2", topic, app, now
    )


async def counts(db: Database, topic: str, app: int) -> tuple[int, int]:
    """How many entries wait, and how many are dead."""
    rows = await db.scan(
        "SELECT COALESCE(SUM(1 - dead), 0), COALESCE(SUM(dead), 0) FROM outbox WHERE topic = $1 AND app = $2 UNION ALL "
        "SELECT COALESCE(SUM(entries), 0), 0 FROM outbox_bundle WHERE topic = $1 AND app = $2",
        topic,
        app,
    )
    return sum(int(row[0]) for row in rows), sum(int(row[1]) for row in rows)
