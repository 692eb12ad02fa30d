"""What only the server's operator may do with an app: its limits beside the plan, its state (docs/decisions/0013)."""

from __future__ import annotations

from typing import Literal

from sodam.apps import rules
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import AppView, OfApp, OverridesView, edit, overrides_of


class ModifyAppLimits(OfApp):
    Overrides: OverridesView


@action("sodam", "ModifyAppLimits", kind="write", level="app")
async def modify_app_limits(call: Call, request: ModifyAppLimits) -> AppView:
    """Set limits of one app beside its plan; what is left out follows the plan again."""
    wanted = overrides_of(request.Overrides)
    return await edit(call, lambda app: rules.overrides(app, wanted), "overrides")


class ModifyAppStatus(OfApp):
    Status: Literal["enabled", "disabled", "expired"]


@action("sodam", "ModifyAppStatus", kind="write", level="app")
async def modify_app_status(call: Call, request: ModifyAppStatus) -> AppView:
    """Set an app's state as the operator wishes; only paid apps expire, and are disabled seven days later."""
    now = int(call.plane.clock())
    return await edit(call, lambda app: rules.status(app, request.Status, now, operator=True), "status", "expired_at")
