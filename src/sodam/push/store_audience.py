"""The SQL of tags and attributes, and of who has which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sodam.push.model import Filter
from sodam.storage import Bulk, Database, Tx, Value, batches, in_list

_NAME: Final = Bulk(
    "INSERT INTO push_attr_name (app, number, name)",
    ("bigint", "bigint", "text"),
    "ON CONFLICT (app, number) DO UPDATE SET name = excluded.name",
)
_ATTR: Final = Bulk(
    "INSERT INTO push_attr (app, user_id, number, value)",
    ("bigint", "text", "bigint", "text"),
    "ON CONFLICT (app, user_id, number) DO UPDATE SET value = excluded.value",
)
_WALKS: Final = 10
"""So often one page goes on looking for whom the other conditions hold."""
_TAG: Final = Bulk("INSERT INTO push_tag (app, user_id, tag)", ("bigint", "text", "text"), "ON CONFLICT DO NOTHING")


async def names(source: Database | Tx, app: int) -> dict[int, str]:
    rows = await source.fetch("SELECT number, name FROM push_attr_name WHERE app = $1 ORDER BY number", app)
    return {row[0]: row[1] for row in rows}


async def put_names(tx: Tx, app: int, wanted: Mapping[int, str]) -> None:
    await tx.bulk(_NAME, [(app, number, wanted[number]) for number in sorted(wanted)])


async def put_attrs(tx: Tx, app: int, rows: Mapping[tuple[str, int], str]) -> None:
    await tx.bulk(_ATTR, [(app, *key, rows[key]) for key in sorted(rows)])


async def attrs(db: Database, app: int, user_ids: Iterable[str]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for ids in batches(user_ids):
        sql = f"SELECT user_id, number, value FROM push_attr WHERE app = $1 AND user_id IN {in_list(ids, 2)}"
        for row in await db.fetch(sql, app, *ids):
            found.setdefault(row[0], {})[row[1]] = row[2]
    return found


async def drop_attrs(tx: Tx, app: int, keys: Iterable[tuple[str, int]]) -> None:
    for user_id, number in sorted(set(keys)):
        await tx.execute("DELETE FROM push_attr WHERE app = $1 AND user_id = $2 AND number = $3", app, user_id, number)


async def put_tags(tx: Tx, app: int, pairs: Iterable[tuple[str, str]]) -> None:
    await tx.bulk(_TAG, [(app, *pair) for pair in sorted(set(pairs))])


async def tags(source: Database | Tx, app: int, user_ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for ids in batches(user_ids):
        sql = f"SELECT user_id, tag FROM push_tag WHERE app = $1 AND user_id IN {in_list(ids, 2)} ORDER BY tag"
        for row in await source.fetch(sql, app, *ids):
            found.setdefault(row[0], []).append(row[1])
    return found


async def drop_tags(tx: Tx, app: int, pairs: Iterable[tuple[str, str]]) -> None:
    for user_id, tag in sorted(set(pairs)):
        await tx.execute("DELETE FROM push_tag WHERE app = $1 AND user_id = $2 AND tag = $3", app, user_id, tag)


async def forget(tx: Tx, app: int, user_ids: Iterable[str], tables: Sequence[str] = ("push_tag", "push_attr")) -> None:
    for ids in batches(user_ids):
        for table in tables:
            await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND user_id IN {in_list(ids, 2)}", app, *ids)


async def page(db: Database, app: int, wanted: Filter, after: str, limit: int) -> tuple[list[str], str]:
    """Some UserIDs beyond ``after``, in order, of whom a filter with a tag or attribute holds, and what the next ones
    stand behind; empty: these were the last.

    Those of one condition are walked by its index, and the others asked of each some hundred of them. One statement
    with all conditions is planned by statistics that may not be there, and then takes seconds a page.
    """
    first, *others = _conditions(wanted)
    found: list[str] = []
    for _ in range(_WALKS):
        walked = await _walk(db, app, first, after, limit)
        after = walked[-1] if len(walked) == limit else ""
        for condition in others:
            walked = await _among(db, app, condition, walked)
        found += await without(db, app, walked, wanted.tags_not) if wanted.tags_not else walked
        if not after or len(found) >= limit // 2:
            break
    return found, after


async def _walk(db: Database, app: int, condition: _Condition, after: str, limit: int) -> list[str]:
    args: list[Value] = [app, after, limit]
    parts = [
        f"SELECT user_id FROM (SELECT d.user_id FROM {condition.table} d WHERE d.app = $1 AND {one} "
        f"AND d.user_id > $2 ORDER BY d.user_id LIMIT $3) AS d{place}"
        for place, one in enumerate(condition.each(args))
    ]
    rows = await db.scan(f"{' UNION '.join(parts)} ORDER BY user_id LIMIT $3", *args)
    return [row[0] for row in rows]


async def _among(db: Database, app: int, condition: _Condition, user_ids: Sequence[str]) -> list[str]:
    """Those of the users of whom it holds."""
    held: set[str] = set()
    for ids in batches(user_ids):
        args: list[Value] = [app, *ids]
        rows = await db.fetch(
            f"SELECT DISTINCT d.user_id FROM {condition.table} d WHERE d.app = $1 AND d.user_id IN {in_list(ids, 2)} "
            f"AND ({' OR '.join(condition.each(args))})",
            *args,
        )
        held.update(row[0] for row in rows)
    return [user_id for user_id in user_ids if user_id in held]


async def count(db: Database, app: int, wanted: Filter) -> int:
    """Of whom a filter with a tag or attribute holds."""
    args: list[Value] = [app]
    sets: list[str] = []
    for condition in _conditions(wanted):
        each = [f"SELECT d.user_id FROM {condition.table} d WHERE d.app = $1 AND {one}" for one in condition.each(args)]
        sets.append(each[0] if len(each) == 1 else f"SELECT user_id FROM ({' UNION '.join(each)}) AS s{len(sets)}")
    sql = " INTERSECT ".join(sets)
    if wanted.tags_not:
        unwanted = _Condition("push_tag", wanted.tags_not, ())
        each = [f"SELECT d.user_id FROM push_tag d WHERE d.app = $1 AND {one}" for one in unwanted.each(args)]
        sql += f" EXCEPT SELECT user_id FROM ({' UNION ALL '.join(each)}) AS unwanted"
    return int((await db.scan(f"SELECT COUNT(*) FROM ({sql}) AS wanted", *args))[0][0])


async def without(db: Database, app: int, user_ids: Sequence[str], unwanted: Sequence[str]) -> list[str]:
    """Those of the users who have none of these tags."""
    marked: set[str] = set()
    for ids in batches(user_ids):
        rows = await db.fetch(
            f"SELECT DISTINCT user_id FROM push_tag WHERE app = $1 AND user_id IN {in_list(ids, 2)} "
            f"AND tag IN {in_list(unwanted, 2 + len(ids))}",
            app,
            *ids,
            *unwanted,
        )
        marked.update(row[0] for row in rows)
    return [user_id for user_id in user_ids if user_id not in marked]


class _Condition(NamedTuple):
    """A user holds one of these, at least."""

    table: str
    tags: Sequence[str]
    attrs: Sequence[tuple[int, str]]

    def each(self, args: list[Value]) -> list[str]:
        """One condition of a row ``d`` for each; their values are added to ``args``."""
        made = []
        for tag in self.tags:
            args.append(tag)
            made.append(f"d.tag = ${len(args)}")
        for number, value in self.attrs:
            args += [number, value]
            made.append(f"(d.number = ${len(args) - 1} AND d.value = ${len(args)})")
        return made


def _conditions(wanted: Filter) -> list[_Condition]:
    """All of which hold; those of single tags first, since they are the fewest users."""
    made = [_Condition("push_tag", [tag], ()) for tag in wanted.tags_and]
    if wanted.tags_or:
        made.append(_Condition("push_tag", list(dict.fromkeys(wanted.tags_or)), ()))
    made += [_Condition("push_attr", (), [pair]) for pair in wanted.attrs_and]
    if wanted.attrs_or:
        made.append(_Condition("push_attr", (), list(dict.fromkeys(wanted.attrs_or))))
    return made
