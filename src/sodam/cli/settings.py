"""``sodam settings``: print the reference page of all settings."""

from __future__ import annotations

from sodam.settings import reference


def settings() -> int:
    """Print every setting: flag, environment variable, TOML key, default, meaning."""
    print(reference(), end="")
    return 0
