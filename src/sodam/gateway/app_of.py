"""Whose client opens a socket, as its address says."""

from __future__ import annotations

from urllib.parse import parse_qs


def app_of(query: str) -> int:
    """The SDKAppID in the query of a socket's address; 0 for none."""
    if "%" in query or "+" in query:
        text = parse_qs(query).get("sdkappid", [""])[0]
    else:  # as every SDK writes it: nothing to decode
        pairs = [pair.partition("=") for pair in query.split("&")]
        text = next((value for name, _, value in pairs if name == "sdkappid" and value), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
