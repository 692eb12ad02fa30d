"""Which command is which event, and what of a request the log may name.

Events are ``login``, ``c2c_message``, ``group_message``, ``relation``, ``group``, ``callback``, ``push``, ``other``,
and ``omitted``, which counts those that were too many to be kept.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

LOGIN: Final = "im_open_status/wslogin"
_C2C: Final = frozenset({
    "openim/sendmsg", "openim/batchsendmsg", "openim/importmsg", "openim/msgwithdraw", "openim/admin_msgwithdraw",
    "openim/modify_c2c_msg", "openim_robot_http_svc/send_stream_msg",
})  # fmt: skip
_GROUP_MESSAGES: Final = frozenset({
    "group_open_http_svc/send_group_msg", "group_open_http_svc/send_group_system_notification",
    "group_open_http_svc/send_broadcast_msg", "group_open_http_svc/import_group_msg",
    "group_open_http_svc/group_msg_recall", "openim/modify_group_msg",
})  # fmt: skip
_SERVICES: Final = {
    "sns": "relation",
    "follow": "relation",
    "group_open_http_svc": "group",
    "group_open_http_noauth_svc": "group",
    "group_open_attr_http_svc": "group",
    "group_open_avchatroom_http_svc": "group",
    "million_group_open_http_svc": "group",
    "all_member_push": "push",
    "timpush": "push",
}
_PUSH: Final = frozenset({"im_open_status/ws_stat_settoken"})
_CHANGES: Final = re.compile(
    r"add|del|create|destroy|clear|change|modify|update|set_|import|ban_|forbid|quit|apply|handle|kick|response|pin_|push"
)
_USERS: Final = ("From_Account", "Operator_Account", "Sender_Account", "Owner_Account", "UserID", "Identifier")
_PEERS: Final = (
    *("GroupId", "ToGroupId", "To_Account", "Peer_Account", "Member_Account", "Members_Account", "Member_List_Account"),
    *("MemberToDel_Account", "NewOwner_Account", "ToMembers_Account"),
)


@lru_cache(maxsize=2048)
def event_of(command: str) -> tuple[str, bool]:
    """The event of a command, and whether it is kept where it went well: reading is of no interest then."""
    service, _, name = command.partition("/")
    if command == LOGIN:
        return "login", True
    if command in _C2C:
        return "c2c_message", True
    if command in _GROUP_MESSAGES:
        return "group_message", True
    if command in _PUSH:
        return "push", True
    event = _SERVICES.get(service, "other")
    return event, event != "other" and _CHANGES.search(name) is not None and not name.startswith(("get_", "im_get"))


def user_of(request: Any, caller: str) -> str:
    """Who does it: an administrator may act for another."""
    return _first(request, _USERS) or caller


def peer_of(request: Any) -> str:
    """To whom; of many the first, with the number of the others."""
    return _first(request, _PEERS)


def _first(request: Any, names: tuple[str, ...]) -> str:
    for name in names:
        value = getattr(request, name, None)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, list | tuple) and value and isinstance(value[0], str):
            return value[0] if len(value) == 1 else f"{value[0]} +{len(value) - 1}"
    return ""
