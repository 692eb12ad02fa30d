"""The samples of official accounts: see samples.py."""

from __future__ import annotations

from typing import Any, Final

_OF: Final = {"Official_Account": "@TOA#_trailnews"}
_BY: Final = _OF | {"Operator_Account": "administrator"}
_WHO: Final = {"SubscribeAccountList": [{"Subscriber_Account": "ines"}]}
_KEY: Final = "1764583420_71_90210"
_BODY: Final = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "issue 12"}}]


def _sample(name: str, body: dict[str, Any], at: int) -> tuple[str, dict[str, Any]]:
    command = f"OfficialAccount.Callback{name}"
    return command, {"CallbackCommand": command, **body, "EventTime": at}


OFFICIALS: Final[dict[str, dict[str, Any]]] = dict(
    (
        _sample(
            "BeforeCreateOfficialAccount",
            {"Operator_Account": "administrator", "Owner_Account": "nora_k", "Name": "Trail news"},
            1764583390000,
        ),
        _sample("BeforeAddSubscriber", {**_BY, **_WHO}, 1764583399000),
        _sample("BeforeSendMsg", {**_OF, "OnlineOnlyFlag": 0, "MsgBody": _BODY}, 1764583420000),
        _sample(
            "AfterCreateOfficialAccount",
            {
                "Operator_Account": "administrator",
                "Official_Account": "@TOA#_trailnews",
                "Owner_Account": "nora_k",
                "Name": "Trail news",
            },
            1764583390200,
        ),
        _sample("AfterOfficialAccountInfoChanged", {**_BY, "Introduction": "weekly"}, 1764583392000),
        _sample(
            "AfterOfficialAccountDestroyed", {**_OF, "Owner_Account": "nora_k", "Name": "Trail news"}, 1764583900000
        ),
        _sample("AfterAddSubscriber", {**_BY, **_WHO}, 1764583400000),
        _sample("AfterOfficialAccountFull", _OF, 1764583410000),
        _sample("AfterDeleteSubscriber", {**_BY, **_WHO}, 1764583450000),
        _sample(
            "AfterSendMsg",
            {**_OF, "MsgKey": _KEY, "MsgTime": 1764583420, "OnlineOnlyFlag": 0, "MsgBody": _BODY},
            1764583420200,
        ),
        _sample("AfterMsgWithDraw", {**_OF, "WithdrawMsgList": [{"MsgKey": _KEY}]}, 1764583430000),
    )
)
