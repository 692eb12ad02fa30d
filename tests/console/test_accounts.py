"""Accounts and relations in the console: pages, profiles, import with its report, export, friends, requests."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess


async def test_pages_and_search(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "pages")).app
    users = [f"user{i:02}" for i in range(25)] + ["other"]
    content = json.dumps([{"UserID": user, "Nick": user.upper()} for user in users])
    job = await root.call("im/ImportAccounts", SDKAppID=app, Format="json", Content=content)
    assert (await root.job(job["JobId"]))["State"] == "done"
    seen, after = [], ""
    while True:
        page = await root.call("im/DescribeAccountList", SDKAppID=app, After=after, Limit=10)
        seen += [row["UserID"] for row in page["Accounts"]]
        after = page["Next"]
        if not after:
            break
    assert seen == sorted(users)
    assert page["TotalCount"] == 26
    found = await root.call("im/DescribeAccountList", SDKAppID=app, Keyword="user1")
    assert [row["UserID"] for row in found["Accounts"]] == [f"user1{i}" for i in range(10)]


async def test_edit_every_field(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "fields")
    row = await root.call(
        "im/CreateAccount", SDKAppID=rest.app, UserID="ann", Nick="Ann", FaceUrl="https://x.test/a.png"
    )
    assert (row["Nick"], row["Type"]) == ("Ann", "ordinary")
    with pytest.raises(Refused, match="ResourceInUse"):
        await root.call("im/CreateAccount", SDKAppID=rest.app, UserID="ann")
    profile = {
        "Tag_Profile_IM_Nick": "Anna",
        "Tag_Profile_IM_Gender": "Gender_Type_Female",
        "Tag_Profile_IM_BirthDay": 20190419,
        "Tag_Profile_IM_Location": "Seoul",
        "Tag_Profile_IM_SelfSignature": "안녕",
        "Tag_Profile_IM_AllowType": "AllowType_Type_NeedConfirm",
        "Tag_Profile_IM_Language": 1,
        "Tag_Profile_IM_Image": "https://x.test/b.png",
        "Tag_Profile_IM_MsgSettings": 1,
        "Tag_Profile_IM_AdminForbidType": "AdminForbid_Type_SendOut",
        "Tag_Profile_IM_Level": 3,
        "Tag_Profile_IM_Role": 4,
    }
    view = await root.call("im/ModifyAccountProfile", SDKAppID=rest.app, UserID="ann", Profile=profile)
    assert view["Profile"] == profile
    portrait = {"To_Account": ["ann"], "TagList": list(profile)}
    items = (await rest.call("profile/portrait_get", portrait))["UserProfileItem"][0]["ProfileItem"]
    assert {item["Tag"]: item["Value"] for item in items} == profile
    for bad, code in (
        ({"Tag_Profile_IM_Gender": "x"}, 40605),
        ({"Tag_No": 1}, 40009),
        ({"Tag_Profile_IM_Level": "x"}, 40610),
    ):
        with pytest.raises(Refused) as refused:
            await root.call("im/ModifyAccountProfile", SDKAppID=rest.app, UserID="ann", Profile=bad)
        assert (refused.value.status, refused.value.code, refused.value.error["ErrorCode"]) == (
            400,
            "FailedOperation",
            code,
        )
    boss = await root.call("im/CreateAccount", SDKAppID=rest.app, UserID="boss", Type="administrator")
    assert boss["Type"] == "administrator"
    gone = await root.call("im/RemoveUser", SDKAppID=rest.app, UserIDs=["ann", "boss", "nobody"])
    assert {r["UserID"]: r["ErrorCode"] for r in gone["Results"]} == {"ann": 0, "boss": 70402, "nobody": 70107}
    with pytest.raises(Refused) as missing:
        await root.call("im/DescribeAccount", SDKAppID=rest.app, UserID="ann")
    assert missing.value.error["ErrorCode"] == 70107


async def test_import_reports_what_it_refused(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "import", "Flagship")).app
    ability = await root.call("im/DescribeAbilityConfInfo", SDKAppID=app)
    field = {"Name": "Score", "Type": "uint64"}
    await root.call("im/AddUserField", SDKAppID=app, Version=ability["Version"], Field=field)
    lines = [
        "\ufeffUserID,Nick,Tag_Profile_IM_Level,Tag_Profile_Custom_Score",
        "ann,Ann,5,77",
        "",
        '"b,en","B ""q"" en",,',
        f"{'x' * 33},long,,",
        "cleo,Cleo,many,",
        "dan,Dan,1,2,3",
        ",nobody,,",
    ]
    job = await root.call("im/ImportAccounts", SDKAppID=app, Format="csv", Content="\r\n".join(lines))
    ended = await root.job(job["JobId"])
    assert (ended["State"], ended["Done"], ended["Total"], ended["Refused"]) == ("done", 6, 6, 4)
    report = await root.call("im/DescribeJobReport", JobId=job["JobId"], Limit=100)
    assert [(row["Row"], row["ErrorCode"]) for row in report["Rows"]] == [
        (5, 70402),
        (6, 40610),
        (7, 70402),
        (8, 70402),
    ]
    assert all(row["Reason"] for row in report["Rows"])
    profile = (await root.call("im/DescribeAccount", SDKAppID=app, UserID="ann"))["Profile"]
    assert profile == {"Tag_Profile_IM_Nick": "Ann", "Tag_Profile_IM_Level": 5, "Tag_Profile_Custom_Score": 77}
    assert (await root.call("im/DescribeAccount", SDKAppID=app, UserID="b,en"))["Nick"] == 'B "q" en'
    for form, content in (("csv", "Name\nx"), ("csv", ""), ("json", '{"UserID":"x"}')):
        with pytest.raises(Refused, match="InvalidParameter"):
            await root.call("im/ImportAccounts", SDKAppID=app, Format=form, Content=content)
    broken = await root.call("im/ImportAccounts", SDKAppID=app, Format="json", Content="[1,")
    assert (await root.job(broken["JobId"]))["State"] == "failed"
    odd = json.dumps([1, {"UserID": 5}, {"UserID": "eve", "Profile": 3}, {"UserID": "fay"}])
    mixed = await root.call("im/ImportAccounts", SDKAppID=app, Format="json", Content=odd)
    assert (await root.job(mixed["JobId"]))["Refused"] == 3


async def test_export_comes_back_as_import(root: ConsoleClient, console_server: ServerProcess) -> None:
    source = (await new_app(root, console_server, "source")).app
    target = (await new_app(root, console_server, "target")).app
    people = [{"UserID": f"p{i:04}", "Nick": f"=Nick {i}", "Profile": {"Tag_Profile_IM_Level": i}} for i in range(1203)]
    job = await root.call("im/ImportAccounts", SDKAppID=source, Format="json", Content=json.dumps(people))
    assert (await root.job(job["JobId"]))["Refused"] == 0
    out = await root.job((await root.call("im/ExportAccounts", SDKAppID=source, Format="json"))["JobId"])
    answer = await root.http.get(out["File"])
    assert answer.headers["content-disposition"].startswith("attachment")
    exported = json.loads(answer.content)
    assert [p["UserID"] for p in exported] == [p["UserID"] for p in people]
    again = await root.call("im/ImportAccounts", SDKAppID=target, Format="json", Content=answer.text)
    assert (await root.job(again["JobId"]))["Done"] == 1203
    view = await root.call("im/DescribeAccount", SDKAppID=target, UserID="p0007")
    assert view["Profile"] == {"Tag_Profile_IM_Nick": "=Nick 7", "Tag_Profile_IM_Level": 7}
    some = await root.job(
        (await root.call("im/ExportAccounts", SDKAppID=source, UserIDs=["p0001", "p0003", "absent"]))["JobId"]
    )
    table = list(csv.DictReader(io.StringIO((await root.http.get(some["File"])).content.decode("utf-8-sig"))))
    assert [row["UserID"] for row in table] == ["p0001", "p0003"]
    assert table[0]["Tag_Profile_IM_Nick"] == "'=Nick 1"  # no formula for a spreadsheet
    listed = await root.call("im/DescribeJobs", SDKAppID=source)
    assert [job["Kind"] for job in listed["Jobs"]] == ["ExportAccounts", "ExportAccounts", "ImportAccounts"]


async def test_relations(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "relations", "Flagship")
    for user in ("ann", "ben", "cleo"):
        await root.call("im/CreateAccount", SDKAppID=rest.app, UserID=user)
    confirm = {"Tag_Profile_IM_AllowType": "AllowType_Type_NeedConfirm"}
    await root.call("im/ModifyAccountProfile", SDKAppID=rest.app, UserID="ben", Profile=confirm)
    base = {"SDKAppID": rest.app}

    async def add(to: str) -> int:
        wish = {"To_Account": to, "AddSource": "AddSource_Type_Console", "AddWording": "hi"}
        answer = await root.call("im/AddFriend", **base, From_Account="ann", AddFriendItem=[wish])
        return int(answer["ResultItem"][0]["ResultCode"])

    assert await add("cleo") == 0
    assert await add("ben") == 30539
    waiting = await root.call("im/DescribeFriendRequests", **base, UserID="ben", Direction="received")
    assert [(r["UserID"], r["AddWording"]) for r in waiting["Requests"]] == [("ann", "hi")]
    sent = await root.call("im/DescribeFriendRequests", **base, UserID="ann", Direction="sent")
    assert sent["TotalCount"] == 1
    await root.call("im/AnswerFriendRequest", **base, UserID="ben", From="ann", Accept=True)
    with pytest.raises(Refused) as gone:
        await root.call("im/AnswerFriendRequest", **base, UserID="ben", From="ann", Accept=False)
    assert gone.value.error["ErrorCode"] == 30614
    friends = await root.call("im/DescribeFriendList", **base, From_Account="ann", StartIndex=0)
    assert {f["To_Account"] for f in friends["UserDataItem"]} == {"ben", "cleo"}
    assert friends == {
        k: v
        for k, v in (await rest.call("sns/friend_get", {"From_Account": "ann", "StartIndex": 0})).items()
        if k not in ("ActionStatus", "ErrorCode", "ErrorInfo", "ErrorDisplay")
    }
    await root.call("im/AddBlackList", **base, From_Account="ann", To_Account=["cleo"])
    black = await root.call(
        "im/DescribeBlackList", **base, From_Account="ann", StartIndex=0, MaxLimited=30, LastSequence=0
    )
    assert [b["To_Account"] for b in black["BlackListItem"]] == ["cleo"]
    with pytest.raises(Refused) as unknown:
        await root.call("im/DescribeFriendList", **base, From_Account="nobody", StartIndex=0)
    assert unknown.value.error["ErrorCode"] == 30003
    with pytest.raises(Refused) as malformed:
        await root.call("im/DescribeFriendList", **base)
    assert malformed.value.status == 400


async def test_lists_by_type_and_order(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "orders")).app
    for user in ("zoe", "ann", "mia"):
        await root.call("im/CreateAccount", SDKAppID=app, UserID=user)
    await root.call("im/CreateAccount", SDKAppID=app, UserID="boss", Type="administrator")

    async def listed(**request: object) -> list[str]:
        """Every page of two, one after the other."""
        seen: list[str] = []
        after = ""
        while True:
            page = await root.call("im/DescribeAccountList", SDKAppID=app, Limit=2, After=after, **request)
            seen += [row["UserID"] for row in page["Accounts"]]
            after = page["Next"]
            if not after:
                return seen

    everybody = await listed()
    assert set(everybody) >= {"ann", "boss", "mia", "zoe"}
    assert everybody == sorted(everybody)
    assert await listed(Sort="-UserID") == everybody[::-1]
    by_time = await listed(Sort="CreateTime")
    assert sorted(by_time) == everybody
    assert await listed(Sort="-CreateTime") == by_time[::-1]
    assert await listed(Type="ordinary") == ["ann", "mia", "zoe"]
    assert await listed(Type="ordinary", Sort="-UserID") == ["zoe", "mia", "ann"]
    assert await listed(Type="administrator") == ["administrator", "boss"]
    assert await listed(Type="administrator", Keyword="bo") == ["boss"]
    assert await listed(Sort="CreateTime", Keyword="z") == ["zoe"]
    assert await listed(Sort="-UserID", Keyword="b") == ["boss"]
    for user_id, nick in (("ann", "안녕 안나"), ("mia", "米娅 Mia"), ("zoe", "ゾーイ")):
        await root.call("im/ModifyAccountProfile", SDKAppID=app, UserID=user_id, Profile={"Tag_Profile_IM_Nick": nick})
    for keyword, found in (
        ("안나", ["ann"]),
        ("娅", ["mia"]),
        ("ーイ", ["zoe"]),
        ("IA", ["mia"]),
        ("%", []),
        ("' OR", []),
    ):
        assert await listed(Keyword=keyword) == found, keyword
    assert await listed(Keyword="n", Sort="-UserID") == ["ann", "administrator"]
    by_time = await listed(Sort="CreateTime")
    with_n = [user_id for user_id in by_time if "n" in user_id]
    assert await listed(Keyword="n", Sort="-CreateTime") == with_n[::-1]
    assert await listed(Keyword="a", Type="ordinary") == ["ann", "mia"]
    page = await root.call("im/DescribeAccountList", SDKAppID=app, Keyword="a", Limit=1)
    assert (page["TotalCount"], page["Exact"], len(page["Accounts"])) == (3, True, 1)
    for after in ("nonsense", "1:", "99999999999999999:ann"):
        page = await root.call("im/DescribeAccountList", SDKAppID=app, Sort="CreateTime", After=after)
        assert page["Accounts"] == []


async def test_what_is_known_of_an_account_at_a_glance(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "glance")
    for user in ("ann", "bob", "cid"):
        await root.call("im/CreateAccount", SDKAppID=rest.app, UserID=user)
    state = await root.call("im/DescribeAccountState", SDKAppID=rest.app, UserID="ann")
    counts = ("Friends", "FriendGroups", "FriendRequests", "Blacklist", "Following", "Followers")
    assert (state["Online"], state["Devices"], *(state[name] for name in counts)) == (False, [], 0, 0, 0, 0, 0, 0)
    add = {"To_Account": "bob", "AddSource": "AddSource_Type_Web", "GroupName": "Work"}
    await root.call("im/AddFriend", SDKAppID=rest.app, From_Account="ann", AddFriendItem=[add], ForceAddFlags=1)
    await root.call("im/AddBlackList", SDKAppID=rest.app, From_Account="ann", To_Account=["cid"])
    await root.call("im/AddFollow", SDKAppID=rest.app, From_Account="ann", FollowItem=[{"To_Account": "bob"}])
    state = await root.call("im/DescribeAccountState", SDKAppID=rest.app, UserID="ann")
    assert [state[name] for name in counts] == [1, 1, 0, 1, 1, 0]
    assert (await root.call("im/DescribeAccountState", SDKAppID=rest.app, UserID="bob"))["Followers"] == 1
    now = await root.call("im/DescribeRealtimeOverview", SDKAppID=rest.app)
    assert now == {"OnlineNow": 0, "AccountCount": 3, "MessagesToday": 0}
    with pytest.raises(Refused) as refused:
        await root.call("im/DescribeAccountState", SDKAppID=rest.app, UserID="nobody")
    assert refused.value.error["ErrorCode"] == 70107
