"""Long work: list, progress, cancel, report."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, Limit, Offset
from sodam.cloudapi.run import app_resource, may_see, question
from sodam.control import Explanation
from sodam.jobs.model import Job, Scope


class JobView(msgspec.Struct, kw_only=True):
    JobId: str
    Kind: str
    SDKAppID: Id
    State: str
    Done: int
    Total: int
    Refused: int
    Message: str
    Detail: str
    """What ``Message`` says, for a console in another language."""
    Params: dict[str, str | int]
    CreateTime: int
    StartTime: int
    EndTime: int
    Uin: Id
    Name: str
    File: str
    """Where to download its file; empty when it has none."""


def _view(job: Job) -> JobView:
    return JobView(
        JobId=job.id,
        Kind=job.kind,
        SDKAppID=job.about_app,
        State=job.state,
        Done=job.done,
        Total=job.total,
        Refused=job.refused,
        Message=job.explanation.text,
        Detail=job.explanation.detail,
        Params=job.explanation.params,
        CreateTime=job.created_at // 1000,
        StartTime=job.started_at // 1000,
        EndTime=job.ended_at // 1000,
        Uin=job.uin,
        Name=job.user_name,
        File=f"/console/files/{job.id}" if job.has_file and job.state == "done" else "",
    )


class DescribeJobs(msgspec.Struct):
    SDKAppID: Id | None = None
    State: Literal["", "queued", "running", "done", "failed", "cancelled"] = ""
    Offset: Offset = 0
    Limit: Limit = 20


class JobList(msgspec.Struct):
    TotalCount: int
    Jobs: list[JobView]


@action("im", "DescribeJobs", kind="list", level="list")
async def describe_jobs(call: Call, request: DescribeJobs) -> JobList:
    """Jobs, newest first, of the apps that the caller may see; of all, erased ones too, for who may see every app."""
    everything = question(call.plane, call.caller, call.action.id, app_resource(call.caller.owner_uin), None)
    existing = {app.sdkappid: may_see(call, app) for app in call.plane.services.apps.all()}
    scope = Scope(only=[sdkappid for sdkappid, seen in existing.items() if seen])
    if call.authority.decide(everything).allowed:
        hidden = [sdkappid for sdkappid, seen in existing.items() if not seen]
        exports = question(call.plane, call.caller, "cloudaudit:ExportEvents", None, None)
        scope = Scope(but=hidden if call.authority.decide(exports).allowed else [*hidden, 0])
    if request.SDKAppID is not None:
        scope = Scope(only=[request.SDKAppID] if scope.holds(request.SDKAppID) else [])
    total, found = await call.plane.jobs.page(scope, request.State, request.Offset, request.Limit)
    return JobList(total, [_view(job) for job in found])


class OfJob(msgspec.Struct):
    JobId: str


@action("im", "DescribeJob", kind="read", level="job")
async def describe_job(call: Call, request: OfJob) -> JobView:
    """How far a job is."""
    return _view(await call.plane.jobs.get(request.JobId))


@action("im", "CancelJob", kind="write", level="job")
async def cancel_job(call: Call, request: OfJob) -> JobView:
    """End a job after its present step; what it has done stays done. Deleting an app cannot be cancelled."""
    return _view(await call.plane.jobs.cancel(request.JobId))


class DescribeJobReport(OfJob):
    Offset: Offset = 0
    Limit: Limit = 20


class ReportRow(msgspec.Struct):
    Row: int
    UserID: str
    ErrorCode: int
    Reason: str
    Detail: str
    Params: dict[str, str | int]


class JobReport(msgspec.Struct):
    TotalCount: int
    Rows: list[ReportRow]


@action("im", "DescribeJobReport", kind="read", level="job")
async def describe_job_report(call: Call, request: DescribeJobReport) -> JobReport:
    """The rows that an import refused, and why."""
    total, found = await call.plane.jobs.refusals(request.JobId, request.Offset, request.Limit)
    rows = [(row, Explanation.read(row.reason)) for row in found]
    return JobReport(
        total, [ReportRow(r.line, r.user_id, r.code, said.text, said.detail, said.params) for r, said in rows]
    )


@action("im", "DescribeJobFile", kind="read", level="job", audited=True)
async def describe_job_file(call: Call, request: OfJob) -> JobView:
    """Permission to download a job's file; the file itself is at ``File``."""
    return _view(await call.plane.jobs.get(request.JobId))
