"""The types of conversations that a server has, by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sodam.apps.model import App
from sodam.conversations.model import Contact, Source
from sodam.errors import Code


class Sources:
    def __init__(self) -> None:
        self._by_type: dict[int, Source] = {}

    def add(self, kind: int, source: Source) -> None:
        """The package that has the conversations of a type adds itself when the server is built."""
        self._by_type[kind] = source

    def __iter__(self) -> Iterator[tuple[int, Source]]:
        return iter(self._by_type.items())

    def get(self, kind: int) -> Source | None:
        return self._by_type.get(kind)

    async def known(self, app: App, owner: str, contacts: Iterable[Contact]) -> set[Contact]:
        """Those that ``owner`` may have a conversation with."""
        found: set[Contact] = set()
        wanted = set(contacts)
        for kind, source in self:
            if ids := {contact.id for contact in wanted if contact.type == kind}:
                found |= {Contact(kind, one) for one in await source.known(app, owner, ids)}
        return found

    def unknown(self, kind: int) -> Code:
        """The code for a conversation that is not known: 50001 for a user, 51007 for a group."""
        source = self._by_type.get(kind)
        return source.unknown() if source else Code.CONV_GROUP_UNRESOLVED
