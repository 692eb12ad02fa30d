"""Refusals of the control plane: what the console and the cloud API answer with, by the cloud's code names.

The codes are texts with an optional detail after a dot, as access-management.md 5.3 and 6.4 list them
(``InvalidParameter.PolicyIdNotExist``). The chat plane has numbers instead: see ``errors.py``.

The English text is for logs and for whoever calls the API. A console that speaks other languages needs to know which
rule was broken and by what: ``detail`` names the rule where the code alone does not, ``params`` are the values that
the sentence is about (docs/decisions/0012-words.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

Param = str | int
"""A value in a sentence. A name that ends in ``Time`` is unix seconds, ``Field`` is a field of the request."""


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence for a reader: English, and what it takes to say it in another language."""

    text: str
    detail: str = ""
    params: dict[str, Param] = {}

    def stored(self) -> str:
        """As a database column keeps it: the text alone if there is no more to it."""
        return msgspec.json.encode(self).decode() if self.detail else self.text

    @classmethod
    def read(cls, stored: str) -> Explanation:
        """The opposite of ``stored``; a text that somebody else wrote is taken as it is."""
        if stored.startswith('{"text":'):
            try:
                return msgspec.json.decode(stored, type=cls)
            except msgspec.DecodeError:
                pass
        return cls(stored)


class ControlError(Exception):
    """A refusal. ``cure`` says what to do about it; ``extra`` are more fields of the answer's ``Error`` object.

    ``detail`` names the broken rule where several share a code. Without it the code does.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        cure: str = "",
        detail: str = "",
        extra: Mapping[str, Any] | None = None,
        **params: Param,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.cure = cure
        self.detail = detail
        self.params = params
        self.extra = dict(extra or {})

    @property
    def explanation(self) -> Explanation:
        return Explanation(self.message, self.detail or self.code, self.params)


def invalid(message: str, code: str = "", *, detail: str = "", **params: Param) -> ControlError:
    """``InvalidParameter``, with the detail's name after the dot if the cloud's API has one."""
    full = f"InvalidParameter.{code}" if code else "InvalidParameter"
    return ControlError(full, message, cure="", detail=detail, extra=None, **params)


def unfit(said: Explanation) -> ControlError:
    """``InvalidParameter`` for what a sentence of somebody else's says."""
    return ControlError("InvalidParameter", said.text, cure="", detail=said.detail, extra=None, **said.params)


def missing(message: str, code: str = "", *, detail: str = "", **params: Param) -> ControlError:
    """``ResourceNotFound``."""
    full = f"ResourceNotFound.{code}" if code else "ResourceNotFound"
    return ControlError(full, message, cure="", detail=detail, extra=None, **params)


def malformed(error: msgspec.ValidationError) -> ControlError:
    """A request that its types refuse, by what the decoder says: ``Expected `int`, got `str` - at `$.Limit```."""
    text = str(error)
    head, _, place = text.partition(" - at `")
    path = place.rstrip("`").removeprefix("$").removeprefix(".")
    if head.startswith("Object missing required field `"):
        name = head.split("`")[1]
        return ControlError("MissingParameter", text, Field=f"{path}.{name}" if path else name)
    return ControlError("InvalidParameter", text, detail="FieldValue", Field=path or "$")


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
