"""Apps and jobs over both engines, with a clock of the test's own."""

from __future__ import annotations

from tests.unit.apps.conftest import apps, clock

__all__ = ["apps", "clock"]
