"""What a client is notified of when it has signed in (docs/protocol.md section 3)."""

from __future__ import annotations

import msgspec

HELLO_SECONDS = 9
"""Answers to hello count as signs of life: at this interval the SDK sends no heartbeats besides, and after a loss of
the server it comes back within this time (docs/protocol.md 2.2)."""


class LoginAnswer(msgspec.Struct):
    A2Key: str
    TinyId: str
    InstId: int
    TimeStamp: int
    PurchaseBits: str
    HelloInterval: int = HELLO_SECONDS
    CustomStatus: str = ""
    RichMsgAuthKey: str = ""
    ActionStatus: str = "OK"
    ErrorCode: int = 0
    ErrorInfo: str = ""
