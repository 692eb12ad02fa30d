"""Where chance begins in every random test.

The same in each run, so that a change is judged by what it changed and not by luck; the long run draws another one.
SODAM_TEST_SEED names it (a failing test prints it), and `SODAM_TEST_SEED=random` draws one.
"""

from __future__ import annotations

import os
import secrets
from typing import Final

_GIVEN: Final = os.environ.get("SODAM_TEST_SEED") or "20261127"
SEED: Final = secrets.randbits(32) if _GIVEN == "random" else int(_GIVEN)
DRAWN: Final = _GIVEN == "random"
