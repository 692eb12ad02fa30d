"""What happens to apps."""

from __future__ import annotations

import msgspec


class AppChanged(msgspec.Struct, frozen=True):
    """An app, its keys or its administrators are another after the transaction that raises this, or the app is gone."""

    sdkappid: int
