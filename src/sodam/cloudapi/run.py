"""Running an action: is the caller allowed, is the request well-formed, what does the audit log say of it.

Both edges call ``run``; they differ in how they know the caller and in how they write the answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec
import structlog

from sodam.access.conditions import Context
from sodam.access.evaluate import Decision, Question, Who
from sodam.access.model import Caller
from sodam.access.policies import Authority
from sodam.apps.model import App
from sodam.audit.model import Event, Outcome
from sodam.audit.service import document
from sodam.cloudapi import failures, outcomes
from sodam.cloudapi.action import Action, Call, check_text
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.target import Target, read_target, same
from sodam.control import ControlError, invalid, missing
from sodam.errors import ApiError, Unavailable
from sodam.storage import without_hook

log = structlog.get_logger(__name__)
AT_ONCE: Final = 20
"""So often within ten minutes the audit log has an event for each call that is refused in the same way to one user."""
_REFUSED: Final = "AuthFailure.UnauthorizedOperation"
Tags = tuple[tuple[str, str], ...]
_JOB_ACTIONS: Final = {"ExportEvents": "cloudaudit:ExportEvents"}
"""Kinds of jobs that are about no app: whoever may begin such a job may see it and its file."""


def app_resource(owner_uin: int, sdkappid: int = 0) -> str:
    """Of an app; 0: of all."""
    return f"qcs::im::uin/{owner_uin}:sdkappid/{sdkappid or '*'}"


def user_resource(owner_uin: int, uin: int) -> str:
    return f"qcs::cam::uin/{owner_uin}:uin/{uin or '*'}"


def context_of(caller: Caller, now: float, app: App | None, given: Tags = ()) -> Context:
    """What condition keys of policies can ask about (access-management.md 2.6)."""
    moment = datetime.datetime.fromtimestamp(int(now), datetime.UTC).isoformat()
    mfa = "1" if caller.mfa else "0"
    context: dict[str, tuple[str, ...]] = {
        "qcs:ip": (caller.ip,),
        "qcs:current_time": (moment,),
        "qcs:uin": (str(caller.uin),),
        "qcs:owner_uin": (str(caller.owner_uin),),
        "qcs:mfa": (mfa,),
        "mfa": (mfa,),
    }
    if app is not None:
        context["qcs:create_uin"] = (str(app.created_by or caller.owner_uin),)
        for name in ("qcs:resource_tag", "qcs:tag"):
            context |= _tagged(name, tuple(app.tags.items()))
    return context | _tagged("qcs:request_tag", given)


def _tagged(name: str, tags: Tags) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {name: tuple(f"{key}&{value}" for key, value in tags)}
    for key, value in tags:
        values[f"{name}/{key}"] = (*values.get(f"{name}/{key}", ()), value)
    return values


def question(
    plane: ControlPlane, caller: Caller, action_id: str, resource: str | None, app: App | None, given: Tags = ()
) -> Question:
    """What the policies are asked. ``given`` are tags that the request itself carries."""
    who = Who(caller.uin, caller.owner_uin)
    return Question(action_id, resource, who, context_of(caller, plane.clock(), app, given))


def may_see(call: Call, app: App, action_id: str = "") -> bool:
    """Whether the caller is allowed this call's action, or another, on an app."""
    resource = app_resource(call.caller.owner_uin, app.sdkappid)
    asked = question(call.plane, call.caller, action_id or call.action.id, resource, app)
    return call.authority.decide(asked).allowed


def allowed(plane: ControlPlane, caller: Caller, authority: Authority, action: Action, sdkappid: int) -> bool:
    """Whether an action would be allowed, to show what is locked. ``sdkappid`` 0: on some app at least."""
    if action.level in ("app", "list", "job") and not sdkappid:
        return authority.could_allow(question(plane, caller, action.id, app_resource(caller.owner_uin, 0), None))
    return decided(plane, caller, authority, action, sdkappid)[1].allowed


def decided(
    plane: ControlPlane, caller: Caller, authority: Authority, action: Action, sdkappid: int
) -> tuple[str, Decision]:
    """The resource that an action would be about, and what the policies say. ``sdkappid`` 0: of all apps."""
    app = plane.services.apps.get(sdkappid) if sdkappid else None
    resource: str | None = None
    if action.level in ("app", "list", "job"):
        resource = app_resource(caller.owner_uin, sdkappid)
    elif action.level == "user":
        resource = user_resource(caller.owner_uin, caller.uin)
    return resource or "*", authority.decide(question(plane, caller, action.id, resource, app))


async def run(plane: ControlPlane, action: Action, caller: Caller, body: bytes, request_id: str) -> Any:
    """The answer of an action. Raises ControlError; everything else that goes wrong becomes InternalError."""
    call = Call(plane, action, caller, await plane.authority(caller), request_id)
    request: Any = None
    try:
        request = await _admit(call, body)
        return await _carry_out(call, request)
    except ControlError as error:
        await _record(call, request, error.code)
        raise
    except ApiError as error:
        await _record(call, request, str(int(error.code)))
        raise ControlError("FailedOperation", error.info, extra={"ErrorCode": int(error.code)}) from None
    except Exception as error:
        failed = failures.of(error, request_id, action=action.id)
        await _record(call, request, failed.code)
        raise failed from None


async def _carry_out(call: Call, request: Any) -> Any:
    """The handler's answer, its event in the audit log: in the transaction of the change, or, where nothing was
    written, before the answer is given."""
    if not (call.action.kind == "write" or call.action.audited):
        return await call.action.handler(call, request)
    audit = call.plane.audit

    def event(written: Any) -> Event | None:
        if call.facts is not None:
            facts = call.facts(written)
            if facts is None:
                return None
            call.changed(*facts)
        items = outcomes.of_write(written)
        if items and all(item.code for item in items):
            return None
        return _event(call, request, "", items)

    with audit.recording(event) as hook:
        result = await call.action.handler(call, request)
    items = outcomes.of_answer(result)
    if call.told:
        return result
    if hook.kept and any(item.code for item in items):
        # Items that were refused before the transaction: their part of the truth is known only now.
        await audit.complete(hook.kept_as, _event(call, request, "", items))
    elif not hook.kept and items and all(item.code for item in items):
        await _record(call, request, str(items[0].code), items)
    elif not hook.kept:
        await audit.add(_event(call, request, "", items))
    return result


async def _admit(call: Call, body: bytes) -> Any:
    """The request, once the policies allow it. Raises ControlError."""
    action = call.action
    if len(body) > action.max_body:
        raise ControlError("RequestSizeLimitExceeded", f"the body is larger than {action.max_body} bytes")
    target = read_target(action.level, body)
    await _authorize(call, target)
    check_text(body)
    try:
        request = action.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(f"the body is not valid JSON: {error}", detail="NotJson") from None
    if not same(action.level, target, request):
        raise invalid("the request does not say clearly what it is about", detail="UnclearTarget")
    if action.level == "app" and call.app is None:
        raise missing(f"there is no app {target.sdkappid}", "SdkAppIdNotFound")
    return request


async def _authorize(call: Call, target: Target) -> None:
    """Raises ControlError AuthFailure.UnauthorizedOperation, which names action and resource."""
    plane, caller, action = call.plane, call.caller, call.action
    if action.level == "list" or not target.clear:
        # A list shows what may be seen; what is about nothing readable is refused in any case, and says so only to
        # whom the action could be allowed.
        call.resource = user_resource(caller.owner_uin, 0) if action.level == "user" else app_resource(caller.owner_uin)
        if not call.authority.could_allow(question(plane, caller, action.id, call.resource, None)):
            raise refused(action.id, call.resource)
        return
    asked, resource, app = action.id, None, None
    unknown: ControlError | None = None
    call.about_app = target.sdkappid
    of_an_app = action.level in ("app", "job")
    if action.level == "job":
        try:
            job = await plane.jobs.get(target.job_id)
            call.about_app = job.about_app
            if job.kind in _JOB_ACTIONS:
                asked, of_an_app = _JOB_ACTIONS[job.kind], False
        except ControlError as error:  # said only to whoever may know
            unknown = error
    if of_an_app:
        app = plane.services.apps.get(call.about_app)
        resource = app_resource(caller.owner_uin, call.about_app)
    elif action.level == "user":
        resource = user_resource(caller.owner_uin, target.uin or caller.uin)
    call.resource = resource or "*"
    if not call.authority.decide(question(plane, caller, asked, resource, app, target.tags)).allowed:
        raise refused(asked, call.resource)
    if unknown is not None:
        raise unknown
    call.app = app


async def each(
    call: Call, targets: Sequence[str], about: Callable[[str], Any], do: Callable[[str], Awaitable[Any]]
) -> dict[str, ApiError | None]:
    """Carry an action out for one target after another, each with an event of its own in the audit log.

    What became of each: None is good. An event is in the transaction of its change, or follows a change that others
    commit. ``about`` says of a target what the log keeps.
    """
    call.told = True
    call.changed_by(lambda _: None)
    found: dict[str, ApiError | None] = {}
    for target in dict.fromkeys(targets):
        facts = about(target)
        found[target] = None

        def event(_: Any, facts: Any = facts) -> Event:
            return _event(call, facts, "")

        with call.plane.audit.recording(event) as hook:
            try:
                await do(target)
            except ApiError as error:
                found[target] = error
        failed = found[target]
        if not hook.kept:
            with without_hook():
                await call.plane.audit.add(_event(call, facts, str(int(failed.code)) if failed else ""))
    return found


def refused(action_id: str, resource: str) -> ControlError:
    return ControlError(
        _REFUSED,
        f"you are not authorized to perform operation ({action_id}) on resource ({resource})",
        cure="Ask an administrator for a policy that allows this operation on this resource.",
        extra={"Action": action_id, "Resource": resource},
    )


async def _record(call: Call, request: Any, code: str, items: list[outcomes.Item] | None = None) -> None:
    """Add what did not come about. The caller gets the reason, whether or not the log can take it."""
    if not (call.action.kind == "write" or call.action.audited or code == _REFUSED):
        return
    event = _event(call, request, code, items)
    try:
        about = (event.action, event.resource, code)
        await call.plane.gatherer.add(f"{event.uin} {event.edge}", about, event, at_once=AT_ONCE)
    except Unavailable:
        pass  # which was logged when it began
    except Exception:
        log.exception("the audit log could not be written", action=event.action, uin=event.uin, outcome=event.outcome)


def _event(call: Call, request: Any, code: str, items: list[outcomes.Item] | None = None) -> Event:
    action, caller = call.action, call.caller
    outcome: Outcome = "refused" if code == _REFUSED else "failed" if code else "ok"
    after = call.after if call.after is not None and not code else request
    refused_items = [item for item in items or () if item.code]
    if items and refused_items:
        after = outcomes.facts(items, **_subject(request))
        if not code:
            outcome = "partly" if len(refused_items) < len(items) else "failed"
            code = str(refused_items[0].code)
    return Event(
        time_ms=call.plane.audit.now(),
        uin=caller.uin,
        user_name=caller.name,
        edge=caller.edge,
        action=action.id,
        resource=call.resource,
        about_app=call.about_app,
        outcome=outcome,
        error_code=code,
        before=document(call.before) if outcome in ("ok", "partly") else "",
        after=document(after),
        ip=caller.ip,
        user_agent=caller.user_agent[:200],
        request_id=call.request_id,
    )


def _subject(request: Any) -> dict[str, str]:
    """Whose lists a bulk action is about."""
    about = {name: getattr(request, name, "") for name in ("From_Account", "GroupId", "Account")}
    return {name: value for name, value in about.items() if value}
