"""What may be changed of an app, and what is refused."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from sodam.apps import plans, rules
from sodam.apps.group_fields import GroupField, GroupFieldRight, MemberField, MemberFieldRight
from sodam.apps.model import App, AppSettings, FriendField, UserField
from sodam.apps.plans import PLANS, AddOns, Overrides, Plan, add_months, next_month
from sodam.control import ControlError
from sodam.usersig import Keys

NOW = int(datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC).timestamp())


def app(plan: Plan = "Flagship", **fields: Any) -> App:
    return App(sdkappid=1400000001, name="one", plan=plan, keys=Keys(("k",), ()), **fields)


def refused(code: str, fn: Any, *args: Any) -> ControlError:
    with pytest.raises(ControlError) as error:
        fn(*args)
    assert error.value.code == code, error.value
    return error.value


def test_information() -> None:
    changed = rules.info(app(), " two ", None, "hello\nworld")
    assert (changed.name, changed.introduction) == ("two", "hello\nworld")
    for name in ("", "   ", "x" * 65, "a\nb"):
        refused("InvalidParameter", rules.info, app(), name, None, None)
    for introduction in ("x" * 301, "a\x07b", "\x1b[31mred", "a\tb"):
        refused("InvalidParameter", rules.info, app(), None, None, introduction)
    assert rules.info(app(), None, None, "one\r\n\ntwo").introduction == "one\n\ntwo"
    refused("ResourceInUse", rules.info, app(deleting_at=1), "two", None, None)


def test_tags() -> None:
    assert rules.tags(app(tags={"old": "1"}), {"team": "a", "stage": ""}).tags == {"team": "a", "stage": ""}
    for bad in ({"": "x"}, {"a&b": "x"}, {"k" * 128: "x"}, {"k": "v" * 256}, {str(i): "" for i in range(51)}):
        refused("InvalidParameter", rules.tags, app(), bad)


def test_tags_of_two_editors() -> None:
    first = rules.tags(app(version=3), {"team": "a"}, 3)
    assert first.tags == {"team": "a"}
    refused("FailedOperation.VersionConflict", rules.tags, rules.replace(first, version=4), {"live": ""}, 3)


def test_administrators() -> None:
    full = rules.admins(app(), [f"a{i}" for i in range(9)], [])
    assert len(full.admins) == 10
    assert refused("LimitExceeded.Administrators", rules.admins, full, ["one more"], []).cure
    assert "new" in rules.admins(full, ["new"], ["a0"]).admins
    refused("InvalidParameter", rules.admins, full, [], ["administrator"])
    for bad in ("", "x" * 33, "한국"):
        refused("InvalidParameter", rules.admins, app(), [bad], [])


def test_states_and_deletion() -> None:
    assert rules.status(app(), "expired", NOW).status == "expired"
    refused("InvalidParameter", rules.status, app("Trial"), "expired", NOW)
    assert rules.status(app(expires_at=NOW + 1, status="disabled"), "enabled", NOW).status == "enabled"
    refused("FailedOperation.PlanExpired", rules.status, app(expires_at=NOW, status="expired"), "enabled", NOW)
    unpaid = rules.status(app(expires_at=NOW + 9), "expired", NOW, operator=True)
    assert unpaid.expired_at == NOW
    assert rules.status(unpaid, "expired", NOW + 5, operator=True).expired_at == NOW
    stopped = rules.status(unpaid, "disabled", NOW + 5)
    for one in (unpaid, stopped):  # stopping and starting is no way around the operator
        refused("FailedOperation.PlanExpired", rules.status, one, "enabled", NOW + 6)
        assert rules.status(one, "enabled", NOW + 6, operator=True).expired_at == 0
    refused("FailedOperation.AppNotDisabled", rules.deleting, app(), "one", NOW)
    disabled = app(status="disabled")
    refused("InvalidParameter.ConfirmName", rules.deleting, disabled, "two", NOW)
    assert rules.deleting(disabled, "one", NOW).deleting_at == NOW
    refused("ResourceInUse", rules.deleting, app(status="disabled", deleting_at=1), "one", NOW)


def test_settings_name_their_version() -> None:
    first = rules.settings(app(), 1, {"blacklist_check": False, "recall_seconds": 60}, NOW)
    assert (first.settings.blacklist_check, first.settings.recall_seconds, first.settings_version) == (False, 60, 2)
    refused("FailedOperation.VersionConflict", rules.settings, first, 1, {"friend_check": True}, NOW)
    assert rules.settings(first, 2, {"friend_check": False}, NOW) is first  # nothing differs
    for bad in ({"recall_seconds": 0}, {"recall_seconds": 604801}, {"history_days": 0}, {"deleted_id_days": -1}):
        refused("InvalidParameter", rules.settings, app(), 1, bad, NOW)


def test_a_section_has_its_own_version() -> None:
    """Who read version 1 may change a section that nobody has changed since, and no other."""
    after = rules.settings(app(), 1, {"friend_check": True}, NOW)
    other = rules.settings(after, 1, {"deleted_id_days": 5}, NOW)
    assert (other.settings_version, other.section_version("messages"), other.section_version("accounts")) == (3, 2, 3)
    assert other.section_version("friends") == 1
    refused("FailedOperation.VersionConflict", rules.settings, other, 1, {"recall_seconds": 9}, NOW)
    refused("FailedOperation.VersionConflict", rules.add_user_field, other, 2, UserField(name="A"))
    refused("FailedOperation.VersionConflict", rules.settings, other, 4, {"default_allow_type": "x"}, NOW)
    both = {"recall_seconds": 9, "deleted_id_days": 6}
    refused("FailedOperation.VersionConflict", rules.settings, other, 2, both, NOW)
    assert rules.settings(other, 3, both, NOW).settings_version == 4
    assert rules.settings(other, 2, {"recall_seconds": 9}, NOW).settings_version == 4
    assert rules.add_friend_field(other, 1, FriendField(name="A")).section_version("friends") == 4


def test_a_change_by_an_older_node_counts_for_every_section() -> None:
    """It counts ``settings_version`` alone, and nobody knows what it changed."""
    after = rules.settings(app(), 1, {"friend_check": True}, NOW)
    older = rules.replace(after, settings=rules.replace(after.settings, blacklist_check=False), settings_version=3)
    refused("FailedOperation.VersionConflict", rules.settings, older, 2, {"deleted_id_days": 5}, NOW)
    assert rules.settings(older, 3, {"deleted_id_days": 5}, NOW).section_version("messages") == 3


def test_plan_locks_settings() -> None:
    error = refused("UnsupportedOperation.PlanRequired", rules.settings, app("Pro"), 1, {"recall_seconds": 60}, NOW)
    assert error.extra["Plan"] == "Flagship"
    assert rules.settings(app("Pro"), 1, {"recall_seconds": 120}, NOW).settings_version == 1
    assert rules.lacking(app("Trial"), "recall_seconds") == "Flagship"
    assert rules.lacking(app(), "recall_seconds") == ""


def test_history_once_a_month() -> None:
    bought = app(add_ons=AddOns(history_days=100))
    refused("InvalidParameter", rules.settings, app(), 1, {"history_days": 8}, NOW)
    refused("InvalidParameter", rules.settings, bought, 1, {"history_days": 101}, NOW)
    changed = rules.settings(bought, 1, {"history_days": 100}, NOW)
    error = refused("FailedOperation.OncePerMonth", rules.settings, changed, 2, {"history_days": 50}, NOW + 86400)
    assert error.extra["From"] == next_month(NOW)
    assert rules.settings(changed, 2, {"history_days": 50}, next_month(NOW)).settings.history_days == 50


def test_the_operator_changes_the_history_at_any_time() -> None:
    """And leaves the month's change to the app's own people."""
    bought = app(add_ons=AddOns(history_days=100))
    changed = rules.settings(bought, 1, {"history_days": 100}, NOW)
    again = rules.settings(changed, 2, {"history_days": 50}, NOW, operator=True)
    assert (again.settings.history_days, again.history_changed_at) == (50, NOW)
    refused("FailedOperation.OncePerMonth", rules.settings, again, 3, {"history_days": 60}, NOW + 1)
    fresh = rules.settings(bought, 1, {"history_days": 20}, NOW, operator=True)
    assert rules.settings(fresh, 2, {"history_days": 30}, NOW + 1).settings.history_days == 30
    refused("InvalidParameter", rules.settings, bought, 1, {"history_days": 101}, NOW)


@pytest.mark.parametrize("plan", PLANS)
def test_the_server_says_how_long_plans_keep_messages(plan: Plan) -> None:
    wide = app(plan, plan_history_days=365)
    assert wide.limits.max_history_days == 365
    assert wide.limits.friends == app(plan).limits.friends
    assert rules.settings(wide, 1, {"history_days": 365}, NOW).settings.history_days == 365
    error = refused("InvalidParameter", rules.settings, wide, 1, {"history_days": 366}, NOW)
    assert "SODAM_HISTORY_DAYS" in error.cure
    assert app(plan, plan_history_days=3).limits.max_history_days == 3
    assert app(plan, plan_history_days=3, overrides=Overrides(max_history_days=9)).limits.max_history_days == 9


def test_a_lower_setting_of_the_server_erases_nothing() -> None:
    """A forgotten variable must not cost a year of messages when somebody buys a plan."""
    long = app(settings=AppSettings(history_days=365))
    assert long.limits.max_history_days == 7
    assert rules.overrides(long, Overrides(accounts=5)).settings.history_days == 365
    assert rules.overrides(long, Overrides(max_history_days=3)).settings.history_days == 3
    assert rules.settings(long, 1, {"friend_check": True}, NOW).settings.history_days == 365


def test_user_fields() -> None:
    field = UserField(name="Level", type="uint64")
    one = rules.add_user_field(app(), 1, field)
    assert one.settings.user_fields == (field,)
    refused("FailedOperation.VersionConflict", rules.add_user_field, one, 1, UserField(name="Other"))
    refused("ResourceInUse", rules.add_user_field, one, 2, field)
    for name in ("", "TooLongName", "a1", "a_b", "é"):
        refused("InvalidParameter", rules.add_user_field, one, 2, UserField(name=name))
    unreadable = UserField(name="Level", type="uint64", app_read=False, admin_read=False)
    unwritable = UserField(name="Level", type="uint64", app_write=False, admin_write=False)
    for bad in (unreadable, unwritable, UserField(name="Level", type="string")):
        refused("InvalidParameter", rules.modify_user_field, one, 2, bad)
    narrow = UserField(name="Level", type="uint64", app_write=False)
    assert rules.modify_user_field(one, 2, narrow).settings.user_fields == (narrow,)
    refused("ResourceNotFound", rules.modify_user_field, one, 2, UserField(name="Absent"))
    full = app()
    for i in range(20):
        full = rules.add_user_field(full, i + 1, UserField(name="F" + chr(65 + i)))
    refused("LimitExceeded.Fields", rules.add_user_field, full, 21, UserField(name="More"))


def test_fields_of_groups_and_their_members() -> None:
    current = app()
    field = GroupField(name="floor_1", rights=(GroupFieldRight(type="Public"),))
    current = rules.add_group_field(current, 1, field)
    twin = MemberField(name="floor_1", rights=(MemberFieldRight(type="Public"),))
    refused("ResourceInUse", rules.add_group_field, current, 2, twin)
    refused("ResourceInUse", rules.add_group_field, current, 2, field)
    other = GroupFieldRight(type="Private", read="anyone")
    refused("InvalidParameter", rules.modify_group_field, current, 2, GroupField(name="floor_1", rights=(other,)))
    current = rules.modify_group_field(current, 2, GroupField(name="floor_1", rights=(*field.rights, other)))
    assert [right.type for right in current.settings.group_fields[0].rights] == ["Public", "Private"]
    refused("ResourceNotFound", rules.modify_group_field, current, 3, GroupField(name="x", rights=(other,)))
    room = MemberField(name="m", rights=(MemberFieldRight(type="AVChatRoom"),))
    refused("InvalidParameter", rules.add_group_field, current, 3, room)
    double = MemberField(name="m", rights=(MemberFieldRight(type="Public"),) * 2)
    refused("InvalidParameter", rules.add_group_field, current, 3, double)
    for at in range(5):
        one = MemberField(name=f"m{at}", rights=(MemberFieldRight(type="Public"),))
        current = rules.add_group_field(current, 3 + at, one)
    more = MemberField(name="more", rights=(MemberFieldRight(type="Public"),))
    refused("LimitExceeded.Fields", rules.add_group_field, current, 8, more)
    seen = MemberField(name="m3", rights=(MemberFieldRight(type="Public", own=False),))
    current = rules.modify_group_field(current, 8, seen)
    assert current.settings.group_member_fields[3] == seen
    refused("ResourceNotFound", rules.modify_group_field, current, 9, MemberField(name="floor_1", rights=seen.rights))
    assert len(current.settings.group_fields) == 1


def test_friend_fields() -> None:
    full = app()
    for i in range(20):
        full = rules.add_friend_field(full, i + 1, FriendField(name="F" + chr(65 + i), type="bytes"))
    refused("LimitExceeded.Fields", rules.add_friend_field, full, 21, FriendField(name="More"))
    refused("ResourceInUse", rules.add_friend_field, full, 21, FriendField(name="FA"))


def test_overrides_win_and_settings_follow() -> None:
    bought = app(add_ons=AddOns(history_days=100, groups_joined=900))
    assert (bought.limits.max_history_days, bought.limits.groups_joined) == (100, 900)
    kept = rules.settings(bought, 1, {"history_days": 90}, NOW)
    narrowed = rules.overrides(kept, Overrides(max_history_days=30, accounts=5))
    assert (narrowed.limits.max_history_days, narrowed.limits.accounts) == (30, 5)
    assert (narrowed.settings.history_days, narrowed.settings_version) == (30, kept.settings_version + 1)
    assert rules.overrides(narrowed, Overrides()).limits == bought.limits
    assert rules.overrides(app(), Overrides(accounts=None)).limits.accounts is None
    assert "Friends is from 0" in refused("InvalidParameter", rules.overrides, app(), Overrides(friends=-1)).message
    groups = rules.overrides(app(), Overrides(avchatrooms=None, group_members=5)).limits
    assert (groups.avchatrooms, groups.group_members) == (None, 5)


def test_a_limit_that_nothing_obeys_cannot_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "ENFORCED", plans.ENFORCED - {"group_members"})
    refused("UnsupportedOperation", rules.overrides, app(), Overrides(group_members=5))


def test_months() -> None:
    end_of_january = int(datetime.datetime(2027, 1, 31, 12, tzinfo=datetime.UTC).timestamp())
    later = datetime.datetime.fromtimestamp(add_months(end_of_january, 1), datetime.UTC)
    assert (later.month, later.day, later.hour) == (2, 28, 12)
    assert (
        datetime.datetime.fromtimestamp(next_month(end_of_january), datetime.UTC).isoformat().startswith("2027-02-01T")
    )
    december = int(datetime.datetime(2026, 12, 5, tzinfo=datetime.UTC).timestamp())
    assert datetime.datetime.fromtimestamp(add_months(december, 13), datetime.UTC).isoformat().startswith("2028-01-05")
