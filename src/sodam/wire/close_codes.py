"""Every way in which the server ends a WebSocket: RFC 6455's number, the reason that the client is sent, and when.

Each is declared here and nowhere else; docs/reference/client.md is made of it (``make docs``). A client need not tell
them apart: after any end it connects again, with growing pauses, and signs in. An end without a code is a loss of the
connection or of the server. Numbers from 4000 are not used: gateways between client and server know those of the RFC.
"""

from __future__ import annotations

import enum


class CloseCode(enum.Enum):
    """A number, a reason of at most 123 bytes, and the case that it stands for. What reads as text is the reason."""

    RECONNECTED = 1001, "reconnected", "The same session has signed in over another connection."
    KEY_WITHDRAWN = 1001, "the key was withdrawn", "The app's key that the session's UserSig was made with is gone."
    SILENT = 1001, "nothing heard for a minute", "Neither a frame nor a pong came for a minute."
    NO_COMPRESSION = 1002, "compression was not agreed", "A frame says that it is compressed, which was not agreed."
    FRAGMENTS = 1002, "fragments out of order", "A fragment continues no message, or a message begins inside another."
    MALFORMED = 1008, "too many malformed frames", "Again and again a frame could not be read."
    REFUSED = 1008, "too many refused requests", "Again and again a request was refused before signing in."
    NOBODY_SIGNED_IN = 1008, "nobody signed in", "Nobody signed in within `SODAM_LOGIN_TIMEOUT`."
    TOO_BIG = 1009, "message too big", "A message is longer than the server takes."
    TOO_BIG_UNSIGNED = 1009, "message too big before signing in", "Before signing in, messages have 64 KiB at most."
    INTERNAL = 1011, "internal error", "The server could not answer, and wrote why into its log."
    RESTARTING = 1012, "the server restarts", "The node is being stopped; another one, or the next start, takes over."

    def __init__(self, number: int, reason: str, when: str) -> None:
        self.number = number
        self.reason = reason
        self.when = when

    @property
    def frame(self) -> tuple[int, str]:
        """What a close frame carries."""
        return self.number, self.reason


def table() -> str:
    """The section of the reference page, as Markdown."""
    lines = [
        "## Close codes",
        "",
        "How the server ends a WebSocket. After any of them a client connects again, with growing pauses, and signs in "
        "anew.",
        "",
        "| code | reason | when |",
        "|---|---|---|",
        *(f"| {code.number} | {code.reason} | {code.when} |" for code in CloseCode),
    ]
    return "\n".join([*lines, ""])
