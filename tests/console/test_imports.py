"""Files of accounts: what goes out comes back in, nothing hidden goes out, and no file is too odd for an answer."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess

LEVEL, NICK = "Tag_Profile_IM_Level", "Tag_Profile_IM_Nick"
CUSTOM = "Tag_Profile_Custom_"


async def add_field(root: ConsoleClient, app: int, **field: Any) -> None:
    ability = await root.call("im/DescribeAbilityConfInfo", SDKAppID=app)
    await root.call("im/AddUserField", SDKAppID=app, Version=ability["Version"], Field=field)


async def run_import(root: ConsoleClient, app: int, form: str, content: str) -> tuple[dict[str, Any], list[Any]]:
    """The job at its end, and the rows that it refused."""
    job = await root.call("im/ImportAccounts", SDKAppID=app, Format=form, Content=content)
    ended = await root.job(job["JobId"])
    report = await root.call("im/DescribeJobReport", JobId=job["JobId"], Limit=100)
    return ended, report["Rows"]


async def run_export(root: ConsoleClient, app: int, form: str, **more: Any) -> str:
    job = await root.job((await root.call("im/ExportAccounts", SDKAppID=app, Format=form, **more))["JobId"])
    assert job["State"] == "done", job
    assert job["Done"] == job["Total"]
    return (await root.http.get(job["File"])).content.decode()


async def profile(root: ConsoleClient, app: int, user: str) -> dict[str, Any]:
    found: dict[str, Any] = (await root.call("im/DescribeAccount", SDKAppID=app, UserID=user))["Profile"]
    return found


async def test_what_administrators_may_not_read_does_not_go_out(
    root: ConsoleClient, console_server: ServerProcess
) -> None:
    app = (await new_app(root, console_server, "hidden")).app
    await add_field(root, app, Name="Secret", Type="string", AdminRead=False)
    await add_field(root, app, Name="Open", Type="string")
    await root.call("im/CreateAccount", SDKAppID=app, UserID="ann")
    wanted = {CUSTOM + "Secret": "hush-1", CUSTOM + "Open": "loud"}
    await root.call("im/ModifyAccountProfile", SDKAppID=app, UserID="ann", Profile=wanted)
    wanted[CUSTOM + "Secret"] = "hush-2"
    await root.call("im/ModifyAccountProfile", SDKAppID=app, UserID="ann", Profile=wanted)
    bad = {CUSTOM + "Secret": "hush-3", LEVEL: "no number"}
    with pytest.raises(Refused):
        await root.call("im/ModifyAccountProfile", SDKAppID=app, UserID="ann", Profile=bad)
    assert await profile(root, app, "ann") == {CUSTOM + "Open": "loud"}
    for form in ("csv", "json"):
        text = await run_export(root, app, form)
        assert "loud" in text
        assert "hush" not in text
        assert "Secret" not in text
    events = await root.call("cloudaudit/DescribeEvents", SDKAppID=app, Action="ModifyAccountProfile")
    assert [event["Outcome"] for event in events["Events"]] == ["failed", "ok", "ok"]
    assert "hush" not in json.dumps(events)
    assert json.loads(events["Events"][1]["After"]) == {
        "UserID": "ann",
        CUSTOM + "Secret": "***",
        CUSTOM + "Open": "loud",
    }


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_every_kind_of_field_comes_back(root: ConsoleClient, console_server: ServerProcess, form: str) -> None:
    source = (await new_app(root, console_server, f"out-{form}", "Flagship")).app
    target = (await new_app(root, console_server, f"in-{form}", "Flagship")).app
    for app in (source, target):
        for name, kind in (("Text", "string"), ("Bytes", "bytes"), ("Number", "uint64")):
            await add_field(root, app, Name=name, Type=kind)
    texts = [
        "=1+2",
        "'=1",
        "''",
        "'quoted'",
        "+82",
        "-x",
        "@all",
        "\ttab",
        "\rcr",
        'a "b", c\r\nd\ne',
        "안녕 世界 👩‍👩‍👧",
        "007",
        " ",
    ]
    people = []
    for n, text in enumerate(texts):
        fields = {
            NICK: text,
            "Tag_Profile_IM_Gender": "Gender_Type_Female",
            "Tag_Profile_IM_BirthDay": 20190419,
            "Tag_Profile_IM_Location": text[:3],
            "Tag_Profile_IM_AllowType": "AllowType_Type_DenyAny",
            LEVEL: n,
            CUSTOM + "Text": text,
            CUSTOM + "Bytes": text,
            CUSTOM + "Number": 2**64 - 1 - n,
        }
        people.append({"UserID": f"=u{n:02}" if n % 2 else f"u{n:02}", "Profile": fields})
    ended, refused = await run_import(root, source, "json", json.dumps(people))
    assert (ended["Done"], refused) == (len(people), [])
    ended, refused = await run_import(root, target, form, await run_export(root, source, form))
    assert (ended["State"], ended["Done"], refused) == ("done", len(people), [])
    for person in people:
        assert await profile(root, target, str(person["UserID"])) == person["Profile"]


async def test_a_user_id_counts_once_in_a_file(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "twice", "Flagship")).app
    lines = ["UserID,Nick", "ann,first", *(f"u{n},x" for n in range(700)), "ann,last", "u3,y"]
    ended, refused = await run_import(root, app, "csv", "\n".join(lines))
    assert (ended["Done"], ended["Total"], ended["Refused"]) == (703, 703, 2)
    assert [(row["Row"], row["UserID"], row["ErrorCode"]) for row in refused] == [
        (703, "ann", 70402),
        (704, "u3", 70402),
    ]
    assert "line 2" in refused[0]["Reason"]
    assert (await profile(root, app, "ann"))[NICK] == "first"
    close = json.dumps([{"UserID": "ben", "Nick": "one"}, {"UserID": "ben", "Nick": "two"}])
    ended, refused = await run_import(root, app, "json", close)
    assert [row["Row"] for row in refused] == [2]
    assert (await profile(root, app, "ben"))[NICK] == "one"


async def test_as_many_as_the_plan_has_room_for(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "full")).app
    most = 250
    await root.call("sodam/ModifyAppLimits", SDKAppID=app, Overrides={"Accounts": most})
    text = "\n".join(["UserID,Nick", *(f"u{n:04},a" for n in range(most + 3))])
    ended, refused = await run_import(root, app, "csv", text)
    assert (ended["State"], ended["Refused"]) == ("done", 3)
    assert {(row["UserID"], row["ErrorCode"]) for row in refused} == {(f"u{most + n:04}", 70398) for n in range(3)}
    ended, refused = await run_import(root, app, "csv", text.replace(",a", ",b"))
    assert ended["Refused"] == 3
    assert (await profile(root, app, "u0000"))[NICK] == "b"


async def test_odd_files_get_an_answer(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "odd", "Flagship")).app
    before: list[tuple[str, str, str]] = [
        ("csv", "", "empty"),
        ("csv", "\ufeff\r\n", "empty"),
        ("csv", f"UserID,{'x' * 140_000}", "field larger than field limit"),
        ("csv", "UserID,Nick,Nick\na,b,c", "twice"),
        ("csv", "UserID\0\na", "NUL"),
        ("csv", 'UserID,"Nick', "unexpected end"),
        ("json", "   ", "empty"),
        ("json", '"["', "array"),
    ]
    for form, content, reason in before:
        with pytest.raises(Refused, match=reason) as refused:
            await root.call("im/ImportAccounts", SDKAppID=app, Format=form, Content=content)
        assert refused.value.code == "InvalidParameter", content[:40]
    with pytest.raises(Refused, match="Email") as unknown:
        await root.call("im/ImportAccounts", SDKAppID=app, Format="csv", Content="UserID,Email\na,b")
    assert unknown.value.error["ErrorCode"] == 40009
    surrogate = b'{"SDKAppID":%d,"Format":"csv","Content":"UserID\\na\\ud800"}' % app
    headers = {"x-csrf-token": root.token, "content-type": "application/json"}
    answer = await root.http.post("/console/api/im/ImportAccounts", content=surrogate, headers=headers)
    assert answer.json()["Error"]["Code"] == "InvalidParameter"
    failing = {
        "[" + "[" * 50_000: "nested too deeply",
        '[{"UserID":"a"},': "ends too early",
        '[{"UserID":"a"}]]': "something follows",
    }
    for content, reason in failing.items():
        ended, _ = await run_import(root, app, "json", content)
        assert (ended["State"], ended["Done"]) == ("failed", 0)
        assert reason in ended["Message"]
    ended, _ = await run_import(root, app, "csv", 'UserID,Nick\na,A\nb,"B\nc,C\n')
    assert (ended["State"], ended["Done"]) == ("failed", 0), "nothing is imported of a file that cannot be read"
    assert "line 3" in ended["Message"]
    assert (await root.call("im/DescribeAccountList", SDKAppID=app))["TotalCount"] == 0
    for content in ("UserID,Nick", "\ufeffUserID\r\n\r\n"):
        ended, _ = await run_import(root, app, "csv", content)
        assert (ended["State"], ended["Done"], ended["Total"]) == ("done", 0, 0)


async def test_every_refused_row_has_its_code(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "codes", "Flagship")).app
    await add_field(root, app, Name="Number", Type="uint64")
    await add_field(root, app, Name="Closed", Type="string", AdminWrite=False)
    rows: list[tuple[Any, int]] = [
        (5, 70402),
        ({"UserID": ""}, 70402),
        ({"UserID": "x" * 33}, 70402),
        ({"UserID": "a\0b"}, 70402),
        ({"UserID": "한글"}, 70402),
        ({"UserID": "c1", "Profile": []}, 0),
        ({"UserID": "c2", "Profile": [1]}, 70402),
        ({"UserID": "c3", "Profile": {"No": 1}}, 40009),
        ({"UserID": "c4", "Profile": {CUSTOM + "Closed": "x"}}, 40008),
        ({"UserID": "c5", "Nick": "x" * 501}, 40601),
        ({"UserID": "c6", "Nick": "a\0b"}, 70402),
        ({"UserID": "c7", "Nick": 7}, 40610),
        ({"UserID": "c8", "Profile": {LEVEL: 2**32}}, 40605),
        ({"UserID": "c9", "Profile": {CUSTOM + "Number": 2**64}}, 40605),
        ({"UserID": "d1", "Profile": {CUSTOM + "Number": "1" * 5000}}, 40610),
        ({"UserID": "d2", "Profile": {CUSTOM + "Number": -1}}, 40605),
        ({"UserID": "d3", "Profile": {LEVEL: {"a": [1]}}}, 40610),
        ({"UserID": "d4", "Profile": {"No\0": 1}}, 40009),
        ({"UserID": "c4"}, 70402),
    ]
    ended, refused = await run_import(root, app, "json", json.dumps([row for row, _ in rows]))
    assert ended["State"] == "done"
    assert [(row["Row"], row["ErrorCode"]) for row in refused] == [
        (number, code) for number, (_, code) in enumerate(rows, 1) if code
    ]
    assert all(row["Reason"] for row in refused)
    huge = f"UserID,{LEVEL},{CUSTOM}Number\na,{'9' * 5000},\nb,,{'9' * 5000}"
    _, refused = await run_import(root, app, "csv", huge)
    assert [row["ErrorCode"] for row in refused] == [40610, 40610]


async def test_chosen_accounts_of_many_pages(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "chosen", "Flagship")).app
    await run_import(root, app, "csv", "UserID\nzoe\nmia\n")
    absent = [f"a{n:03}" for n in range(600)]
    text = await run_export(root, app, "json", UserIDs=[*absent, "zoe", "mia", "zoe"])
    assert [person["UserID"] for person in json.loads(text)] == ["mia", "zoe"]
    assert json.loads(await run_export(root, app, "json", UserIDs=absent)) == []
    table = list(csv.reader(io.StringIO(await run_export(root, app, "csv", Keyword="m"))))
    assert [row[0] for row in table[1:]] == ["mia"]


async def test_the_last_page_says_so(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "edge")).app
    for n in range(4):
        await root.call("im/CreateAccount", SDKAppID=app, UserID=f"acc{n}")
    for limit, after in ((4, ""), (5, ""), (3, "acc2")):
        page = await root.call("im/DescribeAccountList", SDKAppID=app, Limit=limit)
        assert page["Next"] == after, limit
    wanted = {"SDKAppID": app, "Action": "CreateAccount"}
    whole = await root.call("cloudaudit/DescribeEvents", **wanted, Limit=4)
    assert (len(whole["Events"]), whole["Next"]) == (4, 0)
    part = await root.call("cloudaudit/DescribeEvents", **wanted, Limit=3)
    assert part["Next"] == part["Events"][-1]["EventId"]
    rest = await root.call("cloudaudit/DescribeEvents", **wanted, Limit=3, Before=part["Next"])
    assert (len(rest["Events"]), rest["Next"]) == (1, 0)
