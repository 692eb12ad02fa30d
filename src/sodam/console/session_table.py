"""Every session action: importing this module declares them all."""

from __future__ import annotations

from sodam.console import session_rights
from sodam.console.session_actions import SESSION_ACTIONS

__all__ = ["SESSION_ACTIONS", "session_rights"]
