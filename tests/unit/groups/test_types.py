"""The table of types against rest-groups.md 1.3, every type, role and operation."""

from __future__ import annotations

import itertools

import pytest

from sodam.errors import ApiError, Code
from sodam.groups.model import check_custom_id, check_group_id
from sodam.groups.types import NEEDED, TYPES, Operation, Right, Role, check, in_topic, may, type_of

# For each operation the roles that may do it: m(ember), a(dmin), o(wner), A(pp admin); by type.
ALLOWED = {
    Operation.EDIT: ("maoA", "aoA", "aoA", "oA", "aoA"),
    Operation.DISSOLVE: ("A", "oA", "oA", "oA", "oA"),
    Operation.TRANSFER: ("oA", "oA", "oA", "", "oA"),
    Operation.READ_MEMBERS: ("maoA", "maoA", "maoA", "", "maoA"),
    Operation.ADD: ("A", "A", "A", "", "A"),
    Operation.IMPORT: ("A", "A", "A", "", "A"),
    Operation.KICK: ("oA", "aoA", "aoA", "", "aoA"),
    Operation.MUTE: ("", "aoA", "aoA", "aoA", "aoA"),
    Operation.APPOINT: ("", "oA", "oA", "", "oA"),
    Operation.SEND: ("maoA", "maoA", "maoA", "maoA", "maoA"),
    Operation.SEND_MUTED_ALL: ("maoA", "aoA", "aoA", "aoA", "aoA"),
    Operation.HISTORY: ("maoA", "maoA", "maoA", "", "maoA"),
    Operation.RECALL: ("maoA", "maoA", "maoA", "", "maoA"),
    Operation.RECALL_ANY: ("oA", "aoA", "aoA", "", "aoA"),
    Operation.CHANGE: ("maoA", "maoA", "maoA", "", "maoA"),
    Operation.IMPORT_MESSAGES: ("A", "A", "A", "", "A"),
    Operation.CONFIGURE: ("oA", "aoA", "aoA", "oA", "aoA"),
    Operation.INVITE: ("maoA", "maoA", "maoA", "", "maoA"),
    Operation.DECIDE: ("oA", "aoA", "aoA", "", "aoA"),
    Operation.EDIT_MEMBER: ("oA", "aoA", "aoA", "", "aoA"),
    Operation.SHARE: ("maoA", "maoA", "maoA", "maoA", "maoA"),
    Operation.COUNT: ("maoA", "maoA", "maoA", "maoA", ""),
    Operation.CLEAR: ("A", "A", "A", "A", ""),
    Operation.BAN: ("A", "A", "A", "aoA", "A"),
    Operation.MANAGE_TOPICS: ("", "", "", "", "aoA"),
    Operation.TARGET: ("maoA", "maoA", "maoA", "", ""),
    Operation.PIN: ("maoA", "aoA", "aoA", "", "aoA"),
    Operation.MANAGE_GRANTS: ("", "", "", "", "oA"),
    Operation.MANAGE_HOLDERS: ("", "", "", "", "oA"),
    Operation.MENTION_ALL: ("maoA", "maoA", "maoA", "", "maoA"),
}
ABSENT = {
    Operation.KICK: Code.GROUP_BAD_PARAMETER,
    Operation.HISTORY: Code.GROUP_NO_HISTORY,
    Operation.RECALL: Code.GROUP_RECALL_TYPE,
    Operation.RECALL_ANY: Code.GROUP_RECALL_TYPE,
    Operation.MENTION_ALL: Code.GROUP_BAD_PARAMETER,
}
"""The code where the type does not have the operation."""
LETTERS = {"m": Role.Member, "a": Role.Admin, "o": Role.Owner, "A": Role.AppAdmin}


def outcome(kind: str, operation: Operation, role: Role) -> int:
    try:
        check(kind, operation, role)
    except ApiError as error:
        return error.code
    return 0


def test_type_by_role_by_operation() -> None:
    assert set(ALLOWED) == set(Operation)
    for (operation, columns), (at, kind) in itertools.product(ALLOWED.items(), enumerate(TYPES)):
        for letter, role in LETTERS.items():
            absent = columns[at] == ""
            refused = ABSENT.get(operation, Code.GROUP_NOT_PERMITTED) if absent else Code.GROUP_NOT_PERMITTED
            expected = 0 if letter in columns[at] else refused
            assert outcome(kind, operation, role) == expected, (operation, kind, role)


def test_permission_groups_decide_instead_of_roles() -> None:
    for operation, right in NEEDED.items():
        for role in (Role.Member, Role.Admin):
            assert may("Community", operation, role, right)
            assert not may("Community", operation, role, ~int(right) & 2047), "another right is none"
        assert may("Community", operation, Role.Owner, 0)
    for operation in set(Operation) - set(NEEDED):
        for role in LETTERS.values():
            assert may("Community", operation, role, 0) == may("Community", operation, role), "a matter of roles"
    assert in_topic(0) == 0
    assert in_topic(1 | 8 | 64 | 1 << 40) == Right.TOPICS | Right.SEND | Right.MENTION_ALL


def test_defaults_and_aliases() -> None:
    assert type_of("Work") is TYPES["Private"]
    assert type_of("Meeting") is TYPES["ChatRoom"]
    options = {name: (t.apply_option, t.invite_option, t.msg_flag, t.history_option) for name, t in TYPES.items()}
    assert options == {
        "Private": ("DisableApply", "FreeAccess", "AcceptAndNotify", "Off"),
        "Public": ("NeedPermission", "DisableInvite", "AcceptAndNotify", "Off"),
        "ChatRoom": ("FreeAccess", "DisableInvite", "AcceptNotNotify", "On"),
        "AVChatRoom": ("FreeAccess", "DisableInvite", "AcceptNotNotify", "Off"),
        "Community": ("FreeAccess", "FreeAccess", "AcceptAndNotify", "Off"),
    }
    for text, code in (("BChatRoom", 10004), ("public", 10004), ("", 10004)):
        with pytest.raises(ApiError) as refused:
            type_of(text)
        assert refused.value.code == code


def test_group_ids() -> None:
    for good in ("a", "x" * 48, "~ !", "@TGS", "team-7"):
        check_custom_id(good, TYPES["Public"])
    for bad in ("", "x" * 49, "é", "a\n", "a\0", "@TGS#", "@TGS#1ABC", "@TGS#_city"):
        with pytest.raises(ApiError) as refused:
            check_custom_id(bad, TYPES["Public"])
        assert refused.value.code == 10015, bad
    check_group_id("@TGS#1ABC")


def test_ids_of_communities() -> None:
    kind = TYPES["Community"]
    for good in ("@TGS#_city", "@TGS#_" + "x" * 47):
        check_custom_id(good, kind)
    for bad in ("city", "@TGS#city", "@TGS#_", "@TGS#_@TGS#c1", "@TGS#_a@TOPIC#_b", "@TGS#_" + "x" * 48):
        with pytest.raises(ApiError) as refused:
            check_custom_id(bad, kind)
        assert refused.value.code == Code.GROUP_ID_INVALID, bad
    check_group_id("@TGS#_@TGS#cABCDEFGHIJ")
