"""``sns``: values that SDKs write in another type, and names that are none."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.apps.model import FriendField
from tests.support.relations import SOURCE, Host, host

__all__ = ["host"]

FIELDS = (FriendField(name="Score", type="uint64"),)


async def test_digits_are_kept_as_a_number(host: Host) -> None:
    """For SDKs that know texts alone: an answer's number stays a number."""
    await host.configure(friend_fields=FIELDS)
    await host.add("u1", "u2")
    update = {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_Custom_Score", "Value": "0042"}]}
    assert await host.codes("sns/friend_update", {"From_Account": "u1", "UpdateItem": [update]}) == [0]
    info = {"From_Account": "u1", "To_Account": ["u2"], "TagList": ["Tag_SNS_Custom_Score"]}
    (found,) = (await host.ok("sns/friend_get_list", info))["InfoItem"]
    assert found["SnsProfileItem"] == [{"Tag": "Tag_SNS_Custom_Score", "Value": 42}]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ([""], 30001),
        ("", 30001),
        (["a", ""], 30001),
        ([" "], 30001),
        (["\u3000"], 30001),
        (["\0"], 30001),
        (["a\0b"], 30001),
        (["g" * 31], 30011),
        ("a", 0),
        (["a", "a"], 0),
        ([], 0),
    ],
)
async def test_names_of_lists(host: Host, names: Any, code: int) -> None:
    """A blank name is none, wherever it stands; nothing is changed by a call that is refused."""
    await host.add("u1", "u2", GroupName="kept")
    update = {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_IM_Group", "Value": names}]}
    answer = await host.ok("sns/friend_update", {"From_Account": "u1", "UpdateItem": [update]})
    (result,) = answer["ResultItem"]
    assert result["ResultCode"] == code
    if code == 30001:
        assert result["ResultInfo"] == "Err_SNS_FriendUpdate_Group_Illegal"
    groups = await host.ok("sns/group_get", {"From_Account": "u1", "NeedFriend": "Need_Friend_Type_Yes"})
    now = {group["GroupName"]: group["To_Account"] for group in groups["ResultItem"]}
    assert now == ({"kept": ["u2"]} if code else {"kept": []} | {name: ["u2"] for name in names})
    if isinstance(names, str):
        return  # a single empty text stands for no name where a call adds somebody
    entry = {"To_Account": "u3", "AddSource": SOURCE, "GroupName": names}
    for command in ("friend_import", "friend_add"):
        assert await host.codes(f"sns/{command}", {"From_Account": "u4", "AddFriendItem": [entry]}) == [code]
        await host.ok("sns/friend_delete_all", {"From_Account": "u4"})


@pytest.mark.parametrize(
    ("name", "code", "words"), [(" ", 30001, "needs a name"), ("a\0b", 30001, "NUL"), ("g" * 31, 30011, "30 bytes")]
)
async def test_a_refused_name_says_why(host: Host, name: str, code: int, words: str) -> None:
    await host.ok("sns/group_add", {"From_Account": "u1", "GroupName": ["old"]})
    made = await host("sns/group_add", {"From_Account": "u1", "GroupName": [name]})
    rename = {"From_Account": "u1", "GroupOldName": "old", "GroupNewName": name}
    renamed = await host("sns/group_update", rename, client="u1")
    for answer in (made, renamed):
        assert answer["ErrorCode"] == code
        assert words in answer["ErrorInfo"]
