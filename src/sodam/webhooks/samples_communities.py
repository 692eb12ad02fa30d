"""The samples of communities and live rooms: see samples.py."""

from __future__ import annotations

from typing import Any, Final

COMMUNITIES_AND_ROOMS: Final[dict[str, dict[str, Any]]] = {
    "Group.CallbackOnMemberStateChange": {
        "CallbackCommand": "Group.CallbackOnMemberStateChange",
        "GroupId": "@TGS#aLIVE55",
        "Type": "AVChatRoom",
        "EventType": "Offline",
        "EventCause": "HeartbeatInterrupt",
        "MemberList": [{"Member_Account": "ines"}],
        "EventTime": 1764583200000,
    },
    "Group.CallbackAfterCreateTopic": {
        "CallbackCommand": "Group.CallbackAfterCreateTopic",
        "GroupId": "@TGS#_@TGS#cQ8HIKE",
        "TopicId": "@TGS#_@TGS#cQ8HIKE@TOPIC#_peaks",
        "Operator_Account": "nora_k",
        "Owner_Account": "nora_k",
        "Type": "Community",
        "Name": "peaks",
    },
    "Group.CallbackAfterTopicDestroyed": {
        "CallbackCommand": "Group.CallbackAfterTopicDestroyed",
        "GroupId": "@TGS#_@TGS#cQ8HIKE",
        "Type": "Community",
        "TopicIdList": ["@TGS#_@TGS#cQ8HIKE@TOPIC#_peaks"],
    },
    "Group.CallbackBeforeCreateTopic": {
        "CallbackCommand": "Group.CallbackBeforeCreateTopic",
        "GroupId": "@TGS#_@TGS#cQ8HIKE",
        "Operator_Account": "nora_k",
        "Type": "Community",
        "Name": "peaks",
    },
    "Group.CallbackAfterTopicInfoChanged": {
        "CallbackCommand": "Group.CallbackAfterTopicInfoChanged",
        "GroupId": "@TGS#_@TGS#cQ8HIKE",
        "TopicId": "@TGS#_@TGS#cQ8HIKE@TOPIC#_peaks",
        "Type": "Community",
        "Operator_Account": "nora_k",
        "Name": "summits",
    },
    "Group.CallbackOnDailyGroupQuotaAlarm": {
        "CallbackCommand": "Group.CallbackOnDailyGroupQuotaAlarm",
        "QuotaUsed": 8200,
        "Quota": 10000,
        "EventTime": 1764583150000,
    },
}
