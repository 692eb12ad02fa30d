"""Whether policies allow a request: a pure function (access-management.md section 3).

Explicit deny wins over allow, allow over the default, which is no. The order of policies does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec

from sodam.access.conditions import Context, Test, holds
from sodam.access.model import OWNER_APP_ID
from sodam.access.wildcard import wildcard

Effect = Literal["allow", "deny"]
Verdict = Literal["allow", "explicitDeny", "implicitDeny"]
_VARIABLE: Final = re.compile(r"\$\{(uin|owner_uin|app_id)\}")
_ANY_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")


class Statement(msgspec.Struct, frozen=True):
    """A checked statement. Actions are ``service:Operation`` in lower case, resources six parts or ``*`` alone."""

    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[tuple[str, ...], ...]
    tests: tuple[Test, ...] = ()
    policy_id: int = 0
    policy_name: str = ""
    index: int = 0


class Who(msgspec.Struct, frozen=True):
    uin: int
    owner_uin: int
    app_id: int = OWNER_APP_ID


class Question(msgspec.Struct, frozen=True):
    """What is asked: ``action`` as ``im:DescribeSecret``; ``resource`` None for an operation without one."""

    action: str
    resource: str | None
    who: Who
    context: Context


class Decision(msgspec.Struct, frozen=True):
    verdict: Verdict
    because: tuple[Statement, ...] = ()
    """The statements that decided."""

    @property
    def allowed(self) -> bool:
        return self.verdict == "allow"


@lru_cache(maxsize=1024)
def split_resource(text: str) -> tuple[str, ...]:
    """The six parts of a resource, or ``("*",)``."""
    return ("*",) if text == "*" else tuple(text.split(":", 5))


def decide(statements: Iterable[Statement], question: Question) -> Decision:
    """Any matching deny refuses, else any matching allow grants, else nothing is granted."""
    return decide_about(about(statements, question.action), question)


def decide_about(relevant: Iterable[Statement], question: Question) -> Decision:
    """As ``decide``, of statements that are known to speak of the action."""
    asked = None if question.resource is None else split_resource(question.resource)
    matching = [s for s in relevant if _applies(s, asked, question)]
    denying = tuple(s for s in matching if s.effect == "deny")
    if denying:
        return Decision("explicitDeny", denying)
    return Decision("allow", tuple(matching)) if matching else Decision("implicitDeny")


def decide_within(
    statements: Sequence[Statement], boundary: Sequence[Statement] | None, question: Question
) -> Decision:
    """As ``decide``; a permissions boundary, if there is one, must allow it too and grants nothing by itself."""
    bounds = None if boundary is None else about(boundary, question.action)
    return decide_about_within(about(statements, question.action), bounds, question)


def decide_about_within(
    relevant: Iterable[Statement], boundary: Iterable[Statement] | None, question: Question
) -> Decision:
    """As ``decide_within``, of statements that are known to speak of the action."""
    decision = decide_about(relevant, question)
    if boundary is None or not decision.allowed:
        return decision
    limit = decide_about(boundary, question)
    return decision if limit.allowed else limit


def could_allow(statements: Iterable[Statement], question: Question) -> bool:
    """Whether some resource could be allowed: lists show what may be seen instead of being refused.

    Resources and conditions of allows are ignored; a deny counts when it has neither.
    """
    relevant = about(statements, question.action)
    if any(s.effect == "deny" and ("*",) in s.resources and not s.tests for s in relevant):
        return False
    return any(s.effect == "allow" for s in relevant)


def _applies(statement: Statement, asked: tuple[str, ...] | None, question: Question) -> bool:
    """Resource and conditions; the action is known to match."""
    who = question.who
    if not _resource_matches(statement, asked, who):
        return False
    return not statement.tests or all(holds(test, question.context, substitution(who)) for test in statement.tests)


def substitution(who: Who) -> Callable[[str], str]:
    """Replaces the variables of access-management.md 2.7."""
    values = {"uin": str(who.uin), "owner_uin": str(who.owner_uin), "app_id": str(who.app_id)}
    return lambda text: _VARIABLE.sub(lambda match: values[match[1]], text)


def about(statements: Iterable[Statement], action: str) -> list[Statement]:
    """Those that speak of an action at all: to be asked for many resources."""
    return [s for s in statements if _action_matches(s, action)]


def _action_matches(statement: Statement, action: str) -> bool:
    asked = action.lower()
    return any(wildcard(pattern, asked) for pattern in statement.actions)


def _resource_matches(statement: Statement, asked: tuple[str, ...] | None, who: Who) -> bool:
    for parts in statement.resources:
        if parts == ("*",) or (asked is not None and _parts_match(parts, asked, who)):
            return True
    return False


def _parts_match(pattern: tuple[str, ...], asked: tuple[str, ...], who: Who) -> bool:
    """A list of apps asks this for each of its rows and statements: the parts that all apps share are remembered."""
    if len(pattern) != 6 or len(asked) != 6 or not _heads_match(pattern[:5], asked[:5]):
        return False
    tail = pattern[5]
    return _tail(substitution(who)(tail) if "${" in tail else tail, asked[5])


@lru_cache(maxsize=8192)
def _heads_match(pattern: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    _, project, service, region, account = pattern
    return (
        _part(project, asked[1])
        and _part(service.lower(), asked[2])
        and _part(region, asked[3])
        and _account(account, asked[4])
    )


def _part(pattern: str, text: str) -> bool:
    """Empty stands for anything; what the request does not know (region, project) is not held against it."""
    pattern = _ANY_VARIABLE.sub("*", pattern)
    return pattern == "" or text == "" or wildcard(pattern, text)


def _account(pattern: str, text: str) -> bool:
    """``uin/`` without a number means the root account that owns the policy, and there is one here."""
    return pattern == "uin/" or _part(pattern, text)


def _tail(pattern: str, text: str) -> bool:
    """A path matches what lies below it; an id matches itself alone."""
    below = "/" in pattern and not pattern.endswith("/") and text.startswith(pattern + "/")
    return below or wildcard(pattern, text)
