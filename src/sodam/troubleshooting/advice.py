"""Cause and cure of what a developer meets, in English; the console has the same in its languages.

A number's cause is its meaning in ``sodam.errors``, its cure in `cures.py`; words are of callbacks that were not
answered and of push services.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.errors import Code, is_app_code
from sodam.troubleshooting.cures import CURES


class Advice(NamedTuple):
    key: str
    """The number, or the word's name in the console's texts; empty: nothing is known."""
    cause: str = ""
    cure: str = ""


NOTHING: Final = Advice("")
WORDS: Final = {
    "push.gone": Advice(
        "push.gone",
        "the device's token is no longer valid: the app was removed, or it got another token",
        "Nothing: the token was forgotten, and the client reports a new one when it starts again.",
    ),
    "push.ours": Advice(
        "push.ours",
        "the push service does not take the app's credentials",
        "Upload the credentials again, those of the app with this bundle or package.",
    ),
    "push.payload": Advice(
        "push.payload",
        "the push service takes this push for wrong or too late",
        "Look at the OfflinePushInfo that was sent: lengths, channel, category.",
    ),
    "push.wait": Advice(
        "push.wait",
        "the push service is busy or does not answer",
        "Nothing: it is tried again. If it stays, look at the quota and at the server's way to the internet.",
    ),
    "callback.timeout": Advice(
        "callback.timeout",
        "the callback server did not answer within 2 seconds",
        "Answer at once and work afterwards; look at the server's load and at what lies between.",
    ),
    "callback.connect": Advice(
        "callback.connect",
        "the callback server takes no connection",
        "Check host and port of the address, and that the server runs and its firewall lets this one in.",
    ),
    "callback.dns": Advice(
        "callback.dns", "the name in the callback address was not found", "Check the host's name in the address."
    ),
    "callback.tls": Advice(
        "callback.tls",
        "the callback server's certificate is not trusted",
        "Use a certificate that this server trusts, with all intermediate ones, and not an expired one.",
    ),
    "callback.address": Advice(
        "callback.address",
        "the callback address leads to a network that this server may not call",
        "Use a public address, or have the operator allow private ones.",
    ),
    "callback.status": Advice(
        "callback.status",
        "the callback server answers with an HTTP error",
        "Look at its own log for this time; it must answer 200.",
    ),
    "callback.broken": Advice(
        "callback.broken",
        "the callback server's answer cannot be read",
        'Answer with JSON as {"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}.',
    ),
}
APP_CODE: Final = Advice(
    "app",
    "the app's own callback server chose this number",
    "Look there what it stands for, and why it refused this request.",
)


def advice(event: str, command: str, code: str) -> Advice:
    """What is known of a code that the log holds."""
    if code == "0":
        return NOTHING
    if event == "callback":
        return WORDS["callback.status"] if code.startswith("HTTP ") else WORDS.get(f"callback.{code}", _BROKEN)
    if event == "push" and (found := WORDS.get(f"push.{command.rpartition('/')[2]}")):
        return found
    if not code.isdecimal():
        return NOTHING
    number = int(code)
    if is_app_code(number):
        return APP_CODE
    try:
        known = Code(number)
    except ValueError:
        return NOTHING
    return Advice(code, known.meaning, CURES[known])


_BROKEN: Final = WORDS["callback.broken"]
