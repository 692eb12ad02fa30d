"""The samples of pushes: see samples.py."""

from __future__ import annotations

from typing import Any, Final

PUSHES: Final[dict[str, dict[str, Any]]] = {
    "Push.AllMemberPush": {
        "Events": [
            {
                "CallbackCommand": "Push.AllMemberPush",
                "EventType": 1,
                "TaskId": "1600900123_90011_4155518400_1764583500",
                "DataId": "spring",
                "TaskTime": 1764583500,
                "EventTime": 1764583503,
                "To_Account": "ines",
                "PushPlatform": 4,
                "PushStage": 1,
                "DeviceType": 0,
                "ErrCode": 0,
                "ErrInfo": "",
            }
        ]
    },
    "Push.OfflinePush": {
        "Events": [
            {
                "CallbackCommand": "Push.OfflinePush",
                "EventType": 1,
                "EventTime": 1764582602,
                "From_Account": "nora_k",
                "To_Account": "tomas",
                "PushPlatform": 1,
                "PushStage": 1,
                "MsgKey": "70114_993120_1764582600",
                "GroupID": "",
                "MsgSeq": 70114,
                "MsgRandom": 993120,
                "MsgTime": 1764582600,
                "PushID": "p-77",
                "ErrCode": 0,
                "ErrInfo": "",
            }
        ]
    },
}
