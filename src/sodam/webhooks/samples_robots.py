"""Samples of what robots are notified of (webhooks.md 7)."""

from __future__ import annotations

from typing import Any, Final

ROBOTS: Final[dict[str, dict[str, Any]]] = {
    "Bot.OnC2CMessage": {
        "CallbackCommand": "Bot.OnC2CMessage",
        "From_Account": "ines",
        "To_Account": "@RBT#guide",
        "MsgSeq": 80012,
        "MsgRandom": 447120,
        "MsgTime": 1764583310,
        "MsgKey": "80012_447120_1764583310",
        "OnlineOnlyFlag": 0,
        "SendMsgResult": 0,
        "ErrorInfo": "send msg succeed",
        "UnreadMsgNum": 0,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}],
        "MsgId": "144115240000010001-1764583310-447120",
        "EventTime": 1764583310200,
    },
    "Bot.OnGroupMessage": {
        "CallbackCommand": "Bot.OnGroupMessage",
        "GroupId": "@TGS#2HIKE7QW1",
        "Type": "Public",
        "From_Account": "ines",
        "Operator_Account": "ines",
        "Random": 551300,
        "MsgSeq": 21,
        "MsgTime": 1764583300,
        "OnlineOnlyFlag": 0,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "@guide weather?"}}],
        "AtRobots_Account": ["@RBT#guide"],
        "EventTime": 1764583300420,
    },
    "Chatbot.OnC2CSignalMessage": {
        "CallbackCommand": "Chatbot.OnC2CSignalMessage",
        "From_Account": "ines",
        "To_Account": "@RBT#guide",
        "MsgSeq": 80013,
        "MsgRandom": 447121,
        "MsgKey": "80013_447121_1764583320",
        "EventTime": 1764583320100,
        "Data": '{"cmd":"stop"}',
    },
}
