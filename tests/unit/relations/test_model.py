"""Owners, groups in slots, and which values fields take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.accounts.model import valid_user_id
from sodam.relations.fields import bad_group, bad_text, size
from sodam.relations.model import MAX_GROUPS, Owner, decode_groups
from sodam.relations.store import batches

NAMES = st.text(min_size=1, max_size=10)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=200))
def test_groups_keep_their_slots(steps: list[tuple[bool, int]]) -> None:
    """Adding and removing in any order: a group's bit stays its own, and no two groups share one."""
    owner = Owner("u")
    slots: dict[str, int] = {}
    for add, number in steps:
        name = f"g{number}"
        if add:
            slot = owner.add_group(name)
            assert (slot is None) == (name not in slots and len(slots) == MAX_GROUPS)
            if slot is not None:
                assert slots.setdefault(name, slot) == slot
        elif name in slots:
            owner.groups = [(slot, known) for slot, known in owner.groups if known != name]
            del slots[name]
        assert dict(owner.groups) == {slot: known for known, slot in slots.items()}
        assert all(0 <= slot < MAX_GROUPS for slot in slots.values())
    assert decode_groups(owner.encoded_groups()) == owner.groups
    for name, slot in slots.items():
        assert owner.names(1 << slot) == [name]
        assert owner.bits((name,)) == 1 << slot


@given(st.lists(NAMES, max_size=40))
def test_room_is_told_before_it_is_taken(names: list[str]) -> None:
    owner = Owner("u")
    distinct = tuple(dict.fromkeys(names))
    assert owner.room_for(tuple(names)) == (len(distinct) <= MAX_GROUPS)
    if owner.room_for(tuple(names)):
        bits = owner.bits(tuple(names))
        assert owner.names(bits) == list(distinct)
        assert bits.bit_count() == len(distinct)


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("AddSource_Type_A", True),
        ("AddSource_Type_abcdEFGH", True),
        ("AddSource_Type_abcdEFGHi", False),
        ("AddSource_Type_", False),
        ("AddSource_Type_a1", False),
        ("AddSource_Type_웹", False),
        ("AddSource_Type_a\n", False),
        ("addsource_type_a", False),
        ("", False),
    ],
)
def test_source(source: str, good: bool) -> None:
    assert bad_text(source=source, remark=None, wording=None) == ("" if good else "Source_Illegal")


@given(st.text())
def test_size_is_that_of_utf8(text: str) -> None:
    assert size(text) == (len(text.encode()) if "\0" not in text else 1 << 30)


def test_lone_surrogates_are_no_text() -> None:
    assert bad_text(source=None, remark="\ud800", wording=None) == "Remark_Illegal"
    assert bad_group("\udfff")[0]


@given(st.lists(st.text(min_size=1, max_size=3), max_size=700))
def test_batches_hold_each_id_that_can_be_one(ids: list[str]) -> None:
    found = list(batches(ids))
    assert {user_id for batch in found for user_id in batch} == set(filter(valid_user_id, ids))
    assert all(len(batch) in (1, 4, 16, 64, 250) for batch in found)
