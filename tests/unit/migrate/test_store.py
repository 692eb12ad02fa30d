"""The journal of a migration: one process at a time goes on from it, and what is none is said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodam.migrate.store import Journal, JournalError


def test_one_migration_at_a_time(tmp_path: Path) -> None:
    place = tmp_path / "migrate.db"
    journal = Journal(place)
    journal.add("account", ["ann"])
    with pytest.raises(JournalError, match="is in use"):
        Journal(place)
    journal.add("account", ["bob"])
    journal.close()
    again = Journal(place)
    assert [item.id for item in again.all("account")] == ["ann", "bob"]
    again.close()


def test_what_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("UserID\n" * 1000)
    for place in (tmp_path / "users.csv", tmp_path / "nowhere" / "migrate.db", tmp_path):
        with pytest.raises(JournalError, match="cannot keep how far"):
            Journal(place)


def test_what_the_source_has_no_more_is_not_missing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "migrate.db")
    for kind, name in (("attributes", "made"), ("history", "made topic"), ("attributes", "other"), ("friend", "made")):
        journal.refuse(kind, name, 10010, "there is no group")
    journal.gone(("group", "attributes", "history"), ["made", "made topic"])
    assert [(kind, example) for kind, _, _, example, _ in journal.refusals()] == [
        ("attributes", "other"),
        ("friend", "made"),
    ]
    journal.close()
