"""The word list by the audit commands, and texts compared with it."""

from __future__ import annotations

from typing import Any

from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import SEND, codes, message, people, seen

MANAGE = "im_msg_audit_mgr/"
ONE = "im_msg_audit/content_moderation"
MANY = "im_msg_audit/batch_content_moderation"


def local(*words: str, kind: int = 2, **fields: Any) -> dict[str, Any]:
    return {"SdkAppId": SDKAPPID, "LocalAuditWords": [{"Keyword": w, "FilterType": kind, **fields} for w in words]}


async def test_lists(rest: Rest) -> None:
    await people(rest)
    await codes(
        rest,
        MANAGE + "add_local_audit_keywords",
        [
            (local("fool", "ass"), 0),
            (local("dolt", kind=1, ReplacedContent="friend", WordType=1), 0),
            (local("a.*b", WordType=2), 60002),
            (local(""), 60002),
            (local(*map(str, range(11))), 60002),
            ({**local("x"), "SdkAppId": 1}, 60017),
        ],
    )
    cloud = {"LibID": "review", "UserKeywords": [{"Content": "odd", "Label": "Ad"}, "strange"]}
    await codes(
        rest,
        MANAGE + "add_cloud_audit_keywords",
        [
            (cloud, 0),
            ({"LibID": "pass", "UserKeywords": ["assembly"]}, 0),
            ({**cloud, "LibID": "mine"}, 60002),
            ({"LibID": "block"}, 60002),
        ],
    )
    await codes(
        rest,
        SEND,
        [
            (message("Foolish", MsgRandom=1), 80001),
            (message("you dolt", MsgRandom=2), 0),
            (message("the assembly is odd", MsgRandom=3), 0),
        ],
    )
    assert await seen(rest) == ["you friend", "the assembly is odd"]
    listed = await rest(MANAGE + "get_local_audit_keywords", {"SdkAppId": SDKAPPID, "Limit": 2})
    assert [one["Keyword"] for one in listed["LocalAuditWords"]] == ["ass", "dolt"]
    assert (listed["CurCount"], listed["TotalCount"], listed["TotalRegCount"]) == (3, 6, 0)
    assert listed["RequestId"]
    part = await rest(MANAGE + "get_local_audit_keywords", {"FilterType": 2, "Keyword": "OO", "Offset": 0})
    assert part["LocalAuditWords"] == [
        {"Keyword": "fool", "WordType": 1, "FilterType": 2, "ReplacedContent": "", "Id": 0}
    ]
    libraries = await rest(MANAGE + "get_cloud_audit_keywords_ids", {"Offset": 1})
    assert [one["ID"] for one in libraries["Infos"]] == ["review", "pass"]
    held = await rest(MANAGE + "get_cloud_audit_keywords", {"LibID": "review", "Content": "ran"})
    assert (held["TotalCount"], held["Infos"]) == (
        1,
        [{"ID": "strange", "Content": "strange", "Suggestion": "Review"}],
    )
    gone = await rest(MANAGE + "delete_cloud_audit_keywords", {"LibID": "review", "Keywords": ["odd", "even"]})
    assert (gone["Count"], [one["Deleted"] for one in gone["Details"]]) == (1, [True, False])
    await codes(rest, MANAGE + "delete_local_audit_keywords", [(local("FOOL", "unknown"), 0)])
    await codes(rest, SEND, [(message("Foolish", MsgRandom=4), 0)])


async def test_texts(rest: Rest) -> None:
    await codes(rest, MANAGE + "add_local_audit_keywords", [(local("fool"), 0), (local("dolt", kind=1), 0)])

    def text(content: str, kind: str = "Text") -> dict[str, Any]:
        return {"AuditName": "C2C", "ContentType": kind, "Content": content}

    blocked = await rest(ONE, text("a fool and a fool"))
    assert (blocked["Result"], blocked["Score"], blocked["Keywords"]) == ("Block", 100, ["fool"])
    assert (await rest(ONE, text("a dolt")))["Result"] == "Review"
    assert [(await rest(ONE, text("nothing")))[name] for name in ("Result", "Score", "Label")] == ["Pass", 0, "Normal"]
    await codes(
        rest,
        ONE,
        [
            (text("x" * 8193), 60002),
            (text("https://x.example/x.png", "Image"), 60020),
            ({**text("x"), "AuditName": "Other"}, 60002),
            ({**text("x"), "SdkAppId": 1}, 60017),
        ],
    )
    items = [{"ContentId": n, "ContentType": "Text", "Content": words} for n, words in enumerate(("fool", "fine"))]
    items.append({"ContentId": 2, "ContentType": "Image", "Content": "https://x.example/x.png"})
    found = (await rest(MANY, {"AuditName": "Group", "Contents": items}))["AuditResults"]
    assert [(one["ContentId"], one["ErrorCode"], one["Result"]) for one in found] == [
        (0, 0, "Block"),
        (1, 0, "Pass"),
        (2, 60020, ""),
    ]
    await codes(rest, MANY, [({"AuditName": "Group", "Contents": items * 4}, 60002)])
