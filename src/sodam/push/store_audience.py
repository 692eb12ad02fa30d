"""The SQL of tags and attributes, and of who has which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

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


async def page(db: Database, app: int, wanted: Filter, after: str, limit: int) -> list[str]:
    """UserIDs beyond ``after``, in order, of whom a filter with a tag or attribute holds."""
    sql, args = _select(app, wanted)
    place = len(args) + 1
    rows = await db.scan(
        f"SELECT DISTINCT d.user_id {sql} AND d.user_id > ${place} ORDER BY d.user_id LIMIT ${place + 1}",
        *args,
        after,
        limit,
    )
    return [row[0] for row in rows]


async def count(db: Database, app: int, wanted: Filter) -> int:
    sql, args = _select(app, wanted)
    return int((await db.scan(f"SELECT COUNT(DISTINCT d.user_id) {sql}", *args))[0][0])


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


def _select(app: int, wanted: Filter) -> tuple[str, list[Value]]:
    """The rows ``d`` whose users the filter holds for: those of one tag or attribute, the others asked a row."""
    args: list[Value] = [app]

    def values(found: Iterable[Value]) -> str:
        taken = []
        for value in found:
            args.append(value)
            taken.append(f"${len(args)}")
        return ", ".join(taken)

    def one_of(alias: str, pairs: Iterable[tuple[int, str]]) -> str:
        return " OR ".join(f"({alias}.number = {values([n])} AND {alias}.value = {values([v])})" for n, v in pairs)

    def has(table: str, alias: str, condition: str, word: str = "EXISTS") -> str:
        return (
            f"{word} (SELECT 1 FROM {table} {alias} WHERE {alias}.app = $1 AND {alias}.user_id = d.user_id "
            f"AND ({condition}))"
        )

    by_tag = bool(wanted.tags_or or wanted.tags_and)
    every_tag, every_attr = list(wanted.tags_and), list(wanted.attrs_and)
    if by_tag and every_tag:
        first = f"d.tag = {values([every_tag.pop(0)])}"
    elif by_tag:
        first = f"d.tag IN ({values(wanted.tags_or)})"
    elif every_attr:
        first = one_of("d", [every_attr.pop(0)])
    else:
        first = f"({one_of('d', wanted.attrs_or)})"
    more = [has("push_tag", "x", f"x.tag = {values([tag])}") for tag in every_tag]
    more += [has("push_attr", "x", one_of("x", [pair])) for pair in every_attr]
    if wanted.tags_or:
        more.append(has("push_tag", "x", f"x.tag IN ({values(wanted.tags_or)})"))
    if wanted.attrs_or:
        more.append(has("push_attr", "x", one_of("x", wanted.attrs_or)))
    if wanted.tags_not:
        more.append(has("push_tag", "x", f"x.tag IN ({values(wanted.tags_not)})", "NOT EXISTS"))
    table = "push_tag" if by_tag else "push_attr"
    return f"FROM {table} d WHERE d.app = $1 AND {' AND '.join([first, *more])}", args
