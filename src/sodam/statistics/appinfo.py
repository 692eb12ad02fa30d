"""The fields of ``getappinfo`` (rest-operations-push.md 1.3), from what was counted of a day."""

from __future__ import annotations

from typing import Any

from sodam.statistics import days, model
from sodam.statistics.reading import DayValues


def fields(day: DayValues) -> dict[str, Any]:
    c2c_down = day[model.C2C] - day[model.C2C_HIDDEN]
    answered, unanswered = day[f"{model.CALLBACK}.ok"], day[f"{model.CALLBACK}.bad"]
    apns = {kind: day[model.APNS + kind] for kind in ("c2c", "group", "task")}
    return {
        "Date": days.date_text(day.number).replace("-", ""),
        "ActiveUserNum": day[model.ACTIVE],
        "RegistUserNumOneDay": day[model.ACCOUNTS],
        "RegistUserNumTotal": day[model.ACCOUNTS_TOTAL],
        "LoginTimes": day.sum(f"{model.LOGIN}.", ".ok"),
        "LoginUserNum": day[model.LOGGED_IN],
        "MaxOnlineNum": day[model.ONLINE],
        "UpMsgNum": day[model.C2C] + day[model.GROUP],
        "SendMsgUserNum": day[model.SENDERS],
        "APNSMsgNum": sum(apns.values()),
        "DownMsgNum": c2c_down + day[model.GROUP_DOWN],
        "C2CUpMsgNum": day[model.C2C],
        "C2CDownMsgNum": c2c_down,
        "C2CSendMsgUserNum": day[model.C2C_SENDERS],
        "C2CAPNSMsgNum": apns["c2c"],
        "GroupUpMsgNum": day[model.GROUP],
        "GroupDownMsgNum": day[model.GROUP_DOWN],
        "GroupSendMsgUserNum": day[model.GROUP_SENDERS],
        "GroupAPNSMsgNum": apns["group"],
        "GroupSendMsgGroupNum": day[model.ACTIVE_GROUPS],
        "GroupAllGroupNum": day[model.GROUPS_TOTAL],
        "GroupNewGroupNum": day[model.GROUPS],
        "GroupDestroyGroupNum": day[model.GROUPS_GONE],
        "GroupJoinGroupTimes": day[model.JOINS],
        "GroupQuitGroupTimes": day[model.LEAVES],
        "ChainIncrease": day[model.FRIENDS],
        "ChainDecrease": day[model.FRIENDS_GONE],
        "CallBackReq": answered + unanswered,
        "CallBackRsp": answered,
    }
