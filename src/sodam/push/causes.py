"""Why a vendor did not take a push, and what to do: the console has a text for each cause in every language."""

from __future__ import annotations

from typing import Final

HINTS: Final = {
    "token": "the device's token is no longer valid: open the app on it and sign in again",
    "environment": "the token is from the other environment, development or production",
    "bundle": "the certificate's BundleId or package is another app's",
    "key": "KeyId, TeamId or key is wrong",
    "project": "the token belongs to another Firebase project",
    "secret": "the secret is wrong",
    "appid": "the AppId does not go with the credentials",
    "quota": "the day's quota of the vendor is used up",
    "credentials": "the vendor does not take the credentials: upload them again",
    "sealed": "the credentials were kept under another server's key: upload them again",
    "connection": "the vendor's service cannot be reached: check the Endpoint and the way out of this server",
    "busy": "the vendor is busy or asks to wait: ordinary pushes are tried again",
    "channel": "OPPO shows nothing on Android 8 and later without a ChannelId",
    "expired": "its time was over before the vendor took it",
    "payload": "the vendor does not take this push: its answer says why",
}
_BY_CODE: Final = {
    "BadDeviceToken": "environment",
    "BadCertificateEnvironment": "environment",
    "BadEnvironmentKeyInToken": "environment",
    "BadTopic": "bundle",
    "DeviceTokenNotForTopic": "bundle",
    "MissingTopic": "bundle",
    "TopicDisallowed": "bundle",
    "80300002": "bundle",
    "22006": "bundle",
    "InvalidProviderToken": "key",
    "MissingProviderToken": "key",
    "SENDER_ID_MISMATCH": "project",
    "21301": "secret",
    "80600003": "secret",
    "invalid_client": "secret",
    "80200001": "appid",
    "10034": "quota",
    "10070": "quota",
    "33": "quota",
    "QUOTA_EXCEEDED": "quota",
    "sealed": "sealed",
    "expired": "expired",
    "address": "connection",
    "dns": "connection",
    "connect": "connection",
    "tls": "connection",
    "timeout": "connection",
    "broken": "connection",
}
_BY_RESULT: Final = {"gone": "token", "wait": "busy", "auth": "credentials", "ours": "credentials"}


def cause_of(vendor: str, result: str, code: str, *, channel: bool = True) -> str:
    """A key of HINTS; empty: the push was taken. ``channel``: the certificate names a ChannelId."""
    if result == "ok":
        return ""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if vendor == "oppo" and result == "payload" and not channel:
        return "channel"
    return _BY_RESULT.get(result, "payload")
