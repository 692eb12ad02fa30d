"""Tags and attributes of users, by which a push to many is addressed (rest-operations-push.md 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.errors import ApiError, Code
from sodam.push import store_audience as store
from sodam.push.model import Filter
from sodam.storage import Database, Tx, hold

MAX_BYTES: Final = 50
MAX_TAGS: Final = 10
"""Tags of a request's user or condition."""
MAX_TAGS_OF_USER: Final = 100
MAX_USERS: Final = 100
NUMBERS: Final = 10


class Condition(msgspec.Struct):
    """Of a push: null is the same as absence."""

    TagsOr: list[str] | None = None
    TagsAnd: list[str] | None = None
    TagsNot: list[str] | None = None
    AttrsOr: dict[str, str] | None = None
    AttrsAnd: dict[str, str] | None = None


class Marks:
    def __init__(self, db: Database, accounts: AccountService) -> None:
        self._db = db
        self._accounts = accounts

    # Attributes

    async def names(self, app: int) -> dict[str, str]:
        return {str(number): name for number, name in (await store.names(self._db, app)).items()}

    async def set_names(self, app: int, wanted: Mapping[str, str]) -> None:
        """Raises ApiError 90033."""
        numbers: dict[int, str] = {}
        for number, name in wanted.items():
            if number not in map(str, range(NUMBERS)) or not _short(name):
                raise ApiError(Code.PUSH_ATTRIBUTE_INVALID, f"names of 1 to {MAX_BYTES} bytes have numbers 0 to 9")
            numbers[int(number)] = name

        async def run(tx: Tx) -> None:
            await hold(tx, f"push.attributes:{app}")
            after = await store.names(tx, app) | numbers
            if len(set(after.values())) < len(after):
                raise ApiError(Code.PUSH_ATTRIBUTE_INVALID, "two attributes have one name")
            await store.put_names(tx, app, numbers)

        await self._db.write(run)

    async def set_attrs(self, app: int, wanted: Mapping[str, Mapping[str, str]]) -> None:
        """Values by user and attribute name. Raises ApiError 90018, 90033, 90048."""
        numbers = await self._numbers(app, [name for attrs in wanted.values() for name in attrs])
        if any(len(v.encode()) > MAX_BYTES or "\0" in v for attrs in wanted.values() for v in attrs.values()):
            raise ApiError(Code.PUSH_ATTRIBUTE_INVALID, f"a value has at most {MAX_BYTES} bytes")
        rows = {(user, numbers[name]): value for user, attrs in wanted.items() for name, value in attrs.items()}

        async def run(tx: Tx) -> None:
            await self._alive(tx, app, wanted)
            await store.put_attrs(tx, app, rows)

        await self._db.write(run)

    async def attrs(self, app: int, user_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Every user's; an empty object for who has none."""
        _count(user_ids)
        names = await store.names(self._db, app)
        found = await store.attrs(self._db, app, [user_id for user_id in user_ids if "\0" not in user_id])
        return {
            user: {names[n]: value for n, value in sorted(found.get(user, {}).items()) if n in names}
            for user in user_ids
        }

    async def remove_attrs(self, app: int, wanted: Mapping[str, Sequence[str]]) -> None:
        _count(wanted)
        numbers = await self._numbers(app, [name for attrs in wanted.values() for name in attrs])
        keys = [(user, numbers[name]) for user, attrs in wanted.items() for name in attrs if "\0" not in user]
        await self._db.write(lambda tx: store.drop_attrs(tx, app, keys))

    async def _numbers(self, app: int, wanted: Iterable[str]) -> dict[str, int]:
        """Raises ApiError 90033 for a name that no attribute has."""
        known = {name: number for number, name in (await store.names(self._db, app)).items()}
        for name in wanted:
            if name not in known:
                raise ApiError(Code.PUSH_ATTRIBUTE_INVALID, f"no attribute is named {name[:60]!r}")
        return known

    # Tags

    async def add_tags(self, app: int, wanted: Mapping[str, Sequence[str]]) -> None:
        """Raises ApiError 90018, 90032, 90034, 90040, 90048."""
        _tags_of_users(wanted)

        async def run(tx: Tx) -> None:
            await self._alive(tx, app, wanted)
            for user in sorted(wanted):
                await hold(tx, f"push.tags:{app}:{user}")
            has = await store.tags(tx, app, wanted)
            for user, tags in wanted.items():
                if len({*has.get(user, ()), *tags}) > MAX_TAGS_OF_USER:
                    raise ApiError(Code.PUSH_TOO_MANY_TAGS, f"a user has at most {MAX_TAGS_OF_USER} tags")
            await store.put_tags(tx, app, [(user, tag) for user, tags in wanted.items() for tag in tags])

        await self._db.write(run)

    async def tags(self, app: int, user_ids: Sequence[str]) -> dict[str, list[str]]:
        _count(user_ids)
        found = await store.tags(self._db, app, [user_id for user_id in user_ids if "\0" not in user_id])
        return {user: found.get(user, []) for user in user_ids}

    async def remove_tags(self, app: int, wanted: Mapping[str, Sequence[str]]) -> None:
        _tags_of_users(wanted)
        pairs = [(user, tag) for user, tags in wanted.items() for tag in tags if "\0" not in user]
        await self._db.write(lambda tx: store.drop_tags(tx, app, pairs))

    async def clear_tags(self, app: int, user_ids: Sequence[str]) -> None:
        _count(user_ids)
        known = [user_id for user_id in user_ids if "\0" not in user_id]
        await self._db.write(lambda tx: store.forget(tx, app, known, ("push_tag",)))

    async def erase(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        for event in events:
            await store.forget(tx, event.app, event.user_ids)

    async def _alive(self, tx: Tx, app: int, users: Iterable[str]) -> None:
        """Raises ApiError 90018, 90048."""
        asked = list(users)
        _count(asked)
        missing = set(asked) - await self._accounts.alive(tx, app, asked)
        if missing:
            raise ApiError(Code.MSG_ACCOUNT_NOT_FOUND, f"{min(missing)[:40]!r} does not exist")

    # Conditions

    async def filter(self, app: int, condition: Condition | None) -> Filter:
        """Raises ApiError 90020, 90022, 90032, 90033, 90039, 90040."""
        if condition is None:
            return Filter()
        tags = [condition.TagsOr or [], condition.TagsAnd or [], condition.TagsNot or []]
        attrs = [condition.AttrsOr or {}, condition.AttrsAnd or {}]
        if any(tags) and any(attrs):
            raise ApiError(Code.PUSH_CONDITION_MIXED)
        for some in tags:
            _check_tags(some, Code.PUSH_TAG_ILLEGAL)
        if set(tags[0]) & set(tags[1]):
            raise ApiError(Code.PUSH_TAG_IN_BOTH)
        numbers = await self._numbers(app, [name for some in attrs for name in some]) if any(attrs) else {}
        either, every = ([(numbers[name], value) for name, value in some.items()] for some in attrs)
        if any("\0" in value for some in attrs for value in some.values()):
            raise ApiError(Code.PUSH_ATTRIBUTE_INVALID)
        return Filter(tags_or=tags[0], tags_and=tags[1], tags_not=tags[2], attrs_or=either, attrs_and=every)


def _short(text: str) -> bool:
    return 0 < len(text.encode()) <= MAX_BYTES and "\0" not in text


def _count(users: Iterable[str]) -> None:
    if len(list(users)) > MAX_USERS:
        raise ApiError(Code.PUSH_TOO_MANY_ACCOUNTS, f"at most {MAX_USERS} accounts a request")


def _check_tags(tags: Sequence[str], too_long: Code) -> None:
    if len(tags) > MAX_TAGS:
        raise ApiError(Code.PUSH_TOO_MANY_TAGS)
    for tag in tags:
        if not tag:
            raise ApiError(Code.PUSH_TAG_EMPTY)
        if not _short(tag):
            raise ApiError(too_long, f"a tag has at most {MAX_BYTES} bytes")


def _tags_of_users(wanted: Mapping[str, Sequence[str]]) -> None:
    _count(wanted)
    for tags in wanted.values():
        _check_tags(tags, Code.PUSH_TAG_TOO_LONG)
