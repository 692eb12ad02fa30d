"""An app's webhooks as it configures them: the URL, which commands go there, and what happens when it does not answer.

The commands are those of webhooks.md section 2 that this server causes: a command appears here with its behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

Failure = Literal["deliver", "refuse"]
"""What becomes of a message when the app does not answer the callback before it."""
Retry = Literal["lasting", "original"]
"""lasting: every failure is tried again for three days. original: time-outs only, three tries in all."""
Kind = Literal["before", "after"]
MAX_URL: Final = 1024
MAX_TOKEN: Final = 256
MAX_DOMAIN: Final = 63


class Command(NamedTuple):
    name: str
    kind: Kind
    switch: str
    """The switch that it goes with; its own name but for those that share one."""


def _table(kind: Kind, prefix: str, names: str) -> list[Command]:
    return [Command(f"{prefix}.Callback{name}", kind, f"{prefix}.Callback{name}") for name in names.split()]


COMMANDS: Final[dict[str, Command]] = {
    command.name: command
    for command in (
        Command("State.StateChange", "after", "State.StateChange"),
        *_table("after", "Profile", "PortraitSet"),
        *_table("before", "Sns", "PrevFriendAdd PrevFriendResponse"),
        *_table("after", "Sns", "FriendAdd FriendDelete BlackListAdd BlackListDelete"),
        *_table("after", "Follow", "AfterFollowAdd AfterFollowDelete"),
        *_table("before", "C2C", "BeforeSendMsg"),
        *_table("after", "C2C", "AfterSendMsg AfterMsgReport AfterMsgWithDraw AfterModifyMsg AfterMsgReadReceipt"),
        *_table("after", "C2C", "AfterC2CMsgExtension"),
        *_table("before", "Group", "BeforeCreateGroup BeforeApplyJoinGroup BeforeInviteJoinGroup BeforeSendMsg"),
        *_table(
            "after",
            "Group",
            "AfterCreateGroup AfterNewMemberJoin AfterMemberExit AfterSendMsg SendMsgException AfterRecallMsg "
            "AfterModifyMsg AfterGroupMsgExtension AfterReadReceipt AfterGroupFull AfterGroupDestroyed "
            "AfterGroupInfoChanged AfterGroupAttrChanged AfterMemberFieldChanged AfterChangeGroupOwner "
            "OnMemberStateChange AfterCreateTopic AfterTopicDestroyed",
        ),
        Command("Group.CallbackBeforeCreateTopic", "before", "Group.CallbackBeforeCreateGroup"),
        Command("Group.CallbackAfterTopicInfoChanged", "after", "Group.CallbackAfterGroupInfoChanged"),
        Command("Group.CallbackOnDailyGroupQuotaAlarm", "after", "Group.CallbackAfterGroupInfoChanged"),
        Command("Bot.OnC2CMessage", "after", "Bot.OnC2CMessage"),
        Command("Bot.OnGroupMessage", "after", "Bot.OnGroupMessage"),
        Command("Chatbot.OnC2CSignalMessage", "after", "Chatbot.OnC2CSignalMessage"),
        *_table("before", "OfficialAccount", "BeforeCreateOfficialAccount BeforeAddSubscriber BeforeSendMsg"),
        *_table(
            "after",
            "OfficialAccount",
            "AfterCreateOfficialAccount AfterOfficialAccountInfoChanged AfterOfficialAccountDestroyed "
            "AfterAddSubscriber AfterOfficialAccountFull AfterDeleteSubscriber AfterSendMsg AfterMsgWithDraw",
        ),
        Command("Push.AllMemberPush", "after", "Push.AllMemberPush"),
        Command("Push.OfflinePush", "after", "Push.OfflinePush"),
        Command("ContentCallback.ResultNotify", "after", "ContentCallback.ResultNotify"),
        Command("Alert.RequestOverLimit", "after", "Alert.RequestOverLimit"),
    )
}
SWITCHES: Final = frozenset(command.switch for command in COMMANDS.values())


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    url: str = ""
    """Empty: none."""
    token: str = ""
    """Signs every request; empty: they are not signed."""
    commands: tuple[str, ...] = ()
    """The switches that are on, in order."""
    c2c_failure: Failure = "deliver"
    group_failure: Failure = "deliver"
    retry: Retry = "lasting"

    def wants(self, command: str) -> bool:
        """Whether this command goes to the app."""
        return bool(self.url) and COMMANDS[command].switch in self.commands


def check_url(url: str) -> str:
    """What is wrong with a URL, for people; empty: nothing (webhooks.md 1.3). Its path and query stay as they are."""
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"has at most {MAX_URL} printable ASCII characters and no blanks"
    if not url.startswith(("http://", "https://")):
        return "begins with http:// or https://"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "has a host, and a port from 1 to 65535"
    if not parts.hostname or port == 0 or parts.username is not None or "#" in url:
        return "has a host and neither a user nor a fragment"
    if re.search(r"[!$&]", parts.path):
        return "has none of ! $ & in its path"
    if "[" in parts.netloc or re.fullmatch(r"[0-9.]+", parts.hostname):
        return ""  # an address: whether it may be used is decided when it is
    labels = parts.hostname.removesuffix(".").split(".")
    if len(parts.hostname) > MAX_DOMAIN:
        return f"has a domain of at most {MAX_DOMAIN} characters"
    if not all(re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", label) for label in labels):
        return "has a domain of letters, digits and single hyphens inside"
    return ""


def ports_collide(old: str, new: str) -> bool:
    """Whether one of two URLs' host:port is the beginning of the other's, which the original service mixes up."""
    if not old or not new:
        return False
    one, other = _place(old), _place(new)
    return one != other and (one.startswith(other) or other.startswith(one))


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def in_order(switches: Iterable[str]) -> tuple[str, ...]:
    wanted = set(switches)
    return tuple(dict.fromkeys(c.switch for c in COMMANDS.values() if c.switch in wanted))
