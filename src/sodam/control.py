"""Refusals of the control plane: what the console and the cloud API answer with, by the cloud's code names.

The codes are texts with an optional detail after a dot, as access-management.md 5.3 and 6.4 list them
(``InvalidParameter.PolicyIdNotExist``). The chat plane has numbers instead: see ``errors.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ControlError(Exception):
    """A refusal. ``cure`` says what to do about it; ``extra`` are more fields of the answer's ``Error`` object."""

    def __init__(self, code: str, message: str, *, cure: str = "", extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.cure = cure
        self.extra = dict(extra or {})


def invalid(message: str, detail: str = "") -> ControlError:
    """``InvalidParameter``, with the detail's name if there is one."""
    return ControlError(f"InvalidParameter.{detail}" if detail else "InvalidParameter", message)


def missing(message: str, detail: str = "") -> ControlError:
    """``ResourceNotFound``."""
    return ControlError(f"ResourceNotFound.{detail}" if detail else "ResourceNotFound", message)


def conflict() -> ControlError:
    """Somebody else wrote since the caller read."""
    return ControlError(
        "FailedOperation.VersionConflict",
        "this was changed by somebody else since you read it",
        cure="Read it again, then repeat your change.",
    )


def plan_required(plan: str, what: str) -> ControlError:
    """The app's plan lacks a feature; ``plan`` is the least that has it."""
    return ControlError(
        "UnsupportedOperation.PlanRequired",
        f"{what} needs the plan {plan}",
        cure="Upgrade the app.",
        extra={"Plan": plan},
    )


def plan_expired() -> ControlError:
    """The app's plan is over, by time or because the operator said so."""
    return ControlError("FailedOperation.PlanExpired", "the app's plan has expired", cure="Renew the plan.")
