"""Cause and cure of what a developer meets, in English; the console has the same in its languages.

A number's cause is its meaning in ``sodam.errors``. Words are of callbacks that were not answered and of push services.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.errors import Code, is_app_code


class Advice(NamedTuple):
    key: str
    """The number, or the word's name in the console's texts; empty: nothing is known."""
    cause: str = ""
    cure: str = ""


NOTHING: Final = Advice("")
CURES: Final[dict[Code, str]] = {
    Code.REQUEST_MALFORMED: "Send POST /v4/{service}/{command}?sdkappid=... with a JSON body of at most 1 MB.",
    Code.BODY_NOT_JSON: "Send a JSON object in UTF-8.",
    Code.CREDENTIALS_MALFORMED: "Pass identifier and usersig in the address: 1 to 32 printable ASCII characters.",
    Code.RATE_LIMITED: "Call less often, put items together into batch commands, and try again after a second.",
    Code.APP_RATE_LIMITED: "Spread the calls over time, and try again after a second.",
    Code.NO_SUCH_COMMAND: "Compare service and command with the REST reference: letters, underscores, order.",
    Code.NOT_ADMIN: "Use an administrator's UserID as identifier, or make this account an administrator.",
    Code.APP_DISABLED: "Enable the app on the page of applications.",
    Code.TOO_FREQUENT: "Send less often from one connection, and try again after a second.",
    Code.PLAN_EXPIRED: "Renew or upgrade the app's plan.",
    Code.USERSIG_EXPIRED: "Make a new UserSig; choose a longer lifetime if it expires too soon.",
    Code.USERSIG_EMPTY: "Pass the UserSig that your server made.",
    Code.USERSIG_UNDECODABLE: "Copy the whole text: it is base64 (with * - _ for + / =) of a zlib stream.",
    Code.USERSIG_CONTENT_INVALID: "Make it with an official library, or compare its fields with the documentation.",
    Code.USERSIG_MISMATCH: "It was made with another key: compare your server's key with the app's.",
    Code.USERSIG_USER_MISMATCH: "Sign in with the UserID that it was made for, or make one for this UserID.",
    Code.USERSIG_SDKAPPID_MISMATCH: "Use the SDKAppID that it was made for, or make one with this SDKAppID.",
    Code.USERSIG_NO_METHOD: "The app has no key of this version: use HMAC-SHA256, or move the app to it.",
    Code.LOGIN_KICKED: "The account was signed out after it was made: make a new one.",
    Code.ACCOUNT_NOT_FOUND: "Check the UserID, or import the account first.",
    Code.TOKEN_NO_CERTIFICATE: "Upload the service's credentials, and have the client report their number as BusiID.",
    Code.C2C_ACCOUNT_INVALID: "Check both UserIDs, or import the accounts first.",
    Code.C2C_CALLBACK_REFUSED: "Look at the rules of your server that answers C2C.CallbackBeforeSendMsg.",
    Code.C2C_BLOCKED: "The receiver has the sender on the blacklist: it must be taken off there.",
    Code.C2C_NOT_FRIENDS: "Make them friends, or switch the friend check off.",
    Code.C2C_SENDER_NOT_FRIEND: "Add the sender to the receiver's friends, or switch the friend check off.",
    Code.C2C_RECEIVER_NOT_FRIEND: "Add the receiver to the sender's friends, or switch the friend check off.",
    Code.C2C_MUTED: "End the sender's mute (openconfigsvr/setnospeaking), or wait until it is over.",
    Code.TEXT_REFUSED: "A word of the word list blocks it: try the text on the page of word lists.",
    Code.CALLBACK_FAILED: "Your callback server does not answer in time: see its events, or let messages pass.",
    Code.MSG_TOO_LONG: "Send less than 12 KB of JSON; put files behind an address.",
    Code.GROUP_TOO_FREQUENT: "Call less often, and try again after a second.",
    Code.GROUP_NOT_PERMITTED: "Check the member's role and what the group's type allows.",
    Code.GROUP_NOT_FOUND: "Check the GroupID; capital and small letters differ.",
    Code.GROUP_BAD_PARAMETER: "Compare the request with the reference; the text beside the code says which field.",
    Code.GROUP_CALLBACK_REFUSED: "Look at the rules of your server that answers the group callbacks.",
    Code.GROUP_MUTED: "End the mute of the member or of the group, or wait until it is over.",
    Code.GROUP_MESSAGE_TOO_FREQUENT: "Send fewer messages a second to one group.",
    Code.MSG_ACCOUNT_NOT_FOUND: "Check the UserID, or import the account first.",
    Code.SERVER_TIMEOUT: "Try again; if it stays, look at the database's load.",
    Code.SDKAPPID_MISSING: "Pass sdkappid in the address, the number of the app.",
    Code.SOURCE_IP_DENIED: "Add the address of your server to the list, or take the list away.",
    Code.LOGIN_TOO_MANY_FAILURES: "Wait a minute, then sign in with a fresh UserSig.",
    Code.LOGIN_BLACKLISTED: "Take the account off the list of those that may not.",
    Code.LOGIN_LIMITED: "Sign in once and keep the connection; wait before the next try.",
    Code.STATUS_DISABLED: "Switch it on in the feature configuration of the app.",
    Code.C2C_INTERNAL: "Try again; if it stays, give operators the request ID.",
    Code.C2C_RECALL_EXPIRED: "Recall sooner, or give messages more time in the feature configuration.",
    Code.C2C_MESSAGE_NOT_FOUND: "Check the MsgKey and the two UserIDs; old messages are erased.",
    Code.C2C_ALREADY_RECALLED: "Nothing: it is gone for everybody.",
    Code.TOKEN_EMPTY: "Have the client report the token that the push service gave it.",
    Code.TOKEN_TOO_LONG: "Report the token alone, nothing around it.",
    Code.TOKEN_TOO_FREQUENT: "Report it once after sign-in, and when it changes.",
    Code.C2C_TRIAL_QUOTA: "Wait until tomorrow, or take a larger plan.",
    Code.MSG_BODY_NOT_JSON: "Send one JSON object in UTF-8; look at quotes and commas.",
    Code.MSG_TO_ACCOUNT: "Give the receiver's UserID as text; for batches a list.",
    Code.MSG_RANDOM: "Give a random number from 0 to 4294967295, another for each message.",
    Code.MSG_NOT_ADMIN: "Use an administrator's UserID as identifier, or make this account one.",
    Code.MSG_TOO_MANY_ACCOUNTS: "Send in batches of at most 500.",
    Code.MSG_RECEIVER_NOT_FOUND: "Check To_Account, or import the account first.",
    Code.MSG_LIFE_TIME_RANGE: "Give MsgLifeTime from 0 to 604800 seconds.",
    Code.MSG_OFFLINE_PUSH_INFO: "Compare its fields and types with the reference.",
    Code.PUSH_DISABLED: "Switch them on in the feature configuration of the app.",
    Code.MSG_KEY: "Give it as the answer of sending had it.",
    Code.MSG_INTERNAL: "Try again; if it stays, give operators the request ID.",
    Code.TOO_MANY_WEB_INSTANCES: "Allow more web instances in the sign-in settings, or use one page.",
    Code.GROUP_REQUEST_ILLEGAL: "Compare it with the reference, and the app's plan with what it needs.",
    Code.GROUP_BODY_NOT_JSON: "Send one JSON object in UTF-8; look at quotes and commas.",
    Code.GROUP_OPERATOR_INVALID: "Give the UserID of an account that exists.",
    Code.GROUP_ALREADY_MEMBER: "Nothing: it need not join again.",
    Code.GROUP_RECALL_DISABLED: "Switch it on in the feature configuration of the app.",
    Code.GROUP_PLAN_REQUIRED: "Take a plan that has it.",
    Code.CONFIG_BODY_NOT_JSON: "Send one JSON object in UTF-8; look at quotes and commas.",
}
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
    return Advice(code, known.meaning, CURES.get(known, ""))


_BROKEN: Final = WORDS["callback.broken"]
