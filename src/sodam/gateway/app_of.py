"""Whose client opens a socket, as its address says."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs

_NAMED: Final = re.compile(r"(?:^|&)sdkappid=([^&]+)")


def app_of(query: str) -> int:
    """The SDKAppID in the query of a socket's address; 0 for none."""
    if "%" in query or "+" in query:
        text = parse_qs(query).get("sdkappid", [""])[0]
    else:  # as every SDK writes it: nothing to decode
        found = _NAMED.search(query)
        text = "" if found is None else found[1]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
