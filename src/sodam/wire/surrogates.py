r"""Half an emoji in JSON: a lone surrogate escape, as ``text.slice`` of a script makes it.

JSON's grammar allows ``"cut\ud83d"``, though no Unicode text can hold it. It is taken for U+FFFD, as encoders write it
(Encoding Standard, "UTF-8 encode"), everywhere alike: in values, in keys, and in what is kept byte for byte. Raw bytes
of a surrogate (CESU-8) are no UTF-8 and remain an error.
"""

from __future__ import annotations

import re

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]").search
# Every escape is consumed whole, so that in ``\\ud83d`` nothing is taken for one.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_REPLACEMENT = rb"\ufffd"  # as long as what it replaces


def whole_characters(data: bytes) -> bytes:
    """The JSON text ``data`` with U+FFFD for each lone surrogate escape; any other bytes stay as they are."""
    if b"\\" not in data or _SURROGATE(data) is None:  # a search for one byte costs next to nothing
        return data
    return _ESCAPE.sub(lambda match: _REPLACEMENT if match[1] else match[0], data)
