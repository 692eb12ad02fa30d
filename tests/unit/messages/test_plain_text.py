"""A text that nothing else is asked of is drafted in one step: the same message as by all the steps of the long way."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import msgspec

from sodam.c2c.draft import of_content, of_text
from sodam.c2c.events import Template
from sodam.c2c.pairs import Pair
from sodam.gateway.commands.openim import SendMsg
from sodam.messages.model import Source
from sodam.messages.outgoing import Outgoing, plain_text, prepare

SOURCE = Source("Web", "10.0.0.1")
BODIES = (
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"hello"}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":""}}]',
    b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"two"}},{"MsgType":"TIMTextElem","MsgContent":{"Text":"texts"}}]',
    b'[{"MsgType":"TIMFaceElem","MsgContent":{"Index":1,"Data":"smile"}}]',
)
ASKED: dict[str, tuple[Any, ...]] = {
    "CloudCustomData": ("", "mine"),
    "MsgLifeTime": (0, 60),
    "OnlineOnlyFlag": (0, 1),
    "SendMsgControl": ([], ["NoUnread"], "NoLastMsg"),
    "ForbidCallbackControl": ([], ["ForbidBeforeSendMsgCallback"]),
    "IsNeedReadReceipt": (0, 1),
    "SupportMessageExtension": (0, 1),
    "OfflinePushInfo": ({"PushFlag": 1}, {"Desc": "see"}),
    "MsgSeq": (0, 7),
}


def asked() -> list[SendMsg]:
    wishes: list[dict[str, Any]] = [{}, *({name: value} for name, values in ASKED.items() for value in values)]
    made = []
    for body, wish, time in itertools.product(BODIES, wishes, (0, 1_790_000_000, -5, 1 << 41)):
        fields = {"To_Account": "bob", "MsgRandom": 5, "MsgBody": msgspec.Raw(body), "MsgClientTime": time, **wish}
        made.append(msgspec.json.decode(msgspec.json.encode(fields), type=SendMsg))
    return made


def test_whatever_may_be_asked_is_asked_here() -> None:
    assert set(Outgoing.__struct_fields__) == {*ASKED, "MsgRandom", "MsgBody"}


def test_one_step_drafts_what_all_steps_draft() -> None:
    app: Any = SimpleNamespace(sdkappid=1400000009)
    plain, template = 0, Template("amy", "bob", 77, "Amy", "https://e.org/a")
    for request in asked():
        body = bytes(request.MsgBody)
        text = plain_text(request, body)
        if text is None:
            continue
        plain += 1
        pair = Pair(app, 0, "amy", "bob", "amy\x1fbob", 77, "Amy", "https://e.org/a", (), template)
        content = prepare(request, strict_required=False)
        assert content.push is None
        assert not content.online_only
        source = content.source(SOURCE.platform, SOURCE.client_ip)
        time = request.MsgClientTime or 0
        long = of_content(app, "amy", "bob", content, client_time=time, source=source, conv=pair.conv)
        long.tiny_id, long.nick, long.image = pair.tiny_id, pair.nick, pair.image
        short = of_text(pair, request.MsgSeq or 0, request.MsgRandom, time, body, text, SOURCE)
        assert msgspec.structs.asdict(short) == msgspec.structs.asdict(long)
    assert plain == 2 * 4 * 9, "two bodies, four times, and nothing asked or eight ways to say so"
