"""Putting the control plane together over the services of the chat plane."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable

import structlog

from sodam.access.login import LoginService
from sodam.access.policies import PolicyService
from sodam.access.security import SecuritySettings
from sodam.access.sessions import Sessions
from sodam.access.users import UserService
from sodam.apps.deletion import AppDeletion
from sodam.apps.keys import AppKeys
from sodam.apps.model import App
from sodam.apps.orders import Orders
from sodam.apps.plans import Prices
from sodam.audit.gather import Gatherer
from sodam.audit.model import Event
from sodam.audit.service import AuditLog, by_server, document
from sodam.c2c import retention
from sodam.clock import now as wall_clock
from sodam.cloudapi import exports, imports
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.run import app_resource
from sodam.cloudapi.table import catalogue
from sodam.groups import retention as group_retention
from sodam.jobs.service import JobService
from sodam.services import Services

log = structlog.get_logger(__name__)
DAY = 86400
_FORGET_AT_ONCE = 1000
_FORGET_TIMES = 200
"""A log that has just been given a shorter life is erased within a few hours, not at once."""


def build(services: Services, jobs: JobService, clock: Callable[[], float] = wall_clock) -> ControlPlane:
    """Everything built, nothing started; the jobs that actions make are registered with ``jobs``."""
    db, apps, settings = services.db, services.apps, services.settings
    security = SecuritySettings(db, clock)
    login = LoginService(db, security, clock)
    prices = Prices(currency=settings.currency, amounts=dict(settings.prices))
    audit = AuditLog(db, clock)
    plane = ControlPlane(
        services=services,
        login=login,
        security=security,
        sessions=Sessions(db, security, clock),
        users=UserService(db, login, security, clock),
        policies=PolicyService(db, catalogue, lambda: login.owner_uin, clock),
        audit=audit,
        gatherer=Gatherer(audit),
        jobs=jobs,
        app_keys=AppKeys(apps, clock),
        orders=Orders(db, apps, prices, clock),
        deletion=AppDeletion(db, apps, jobs),
        clock=clock,
    )
    imports.register(plane)
    exports.register(plane)

    async def erase_files(sdkappid: int) -> None:
        await asyncio.to_thread(shutil.rmtree, settings.data_dir / "files" / str(sdkappid), ignore_errors=True)

    plane.deletion.erase_files += [erase_files, services.media.erase_app, services.troubleshooting.erase_app]
    return plane


def app_made(plane: ControlPlane, app: App | None) -> Event | None:
    """The event of an app that the server's start or its command line has made; None: its number was taken."""
    if app is None:
        return None
    facts = {"SDKAppID": app.sdkappid, "Name": app.name, "Plan": app.plan}
    return by_server(plane.audit.now(), "im:RegisterIMApp", "*", about_app=app.sdkappid, after=document(facts))


async def sweep_plans(plane: ControlPlane) -> None:
    """Renew, expire and disable apps whose time has come; the audit log says so."""

    def event(settled: tuple[App, App]) -> Event | None:
        before, after = settled
        if after is before:
            return None
        facts = [{"Status": app.status, "ExpireTime": app.expires_at, "ExpiredTime": app.expired_at} for app in settled]
        return by_server(
            plane.audit.now(),
            "sodam:ModifyAppStatus",
            app_resource(plane.owner_uin, after.sdkappid),
            about_app=after.sdkappid,
            before=document(facts[0]),
            after=document(facts[1]),
        )

    for sdkappid in plane.orders.overdue():
        with plane.audit.recording(event):
            await plane.orders.apply_due(sdkappid)


async def forget_events(plane: ControlPlane) -> int:
    """Erase the audit events that are older than they are kept, a bounded number each time; how many."""
    before = plane.audit.now() - plane.services.settings.audit_days * DAY * 1000
    total = 0
    for _ in range(_FORGET_TIMES):
        gone = await plane.audit.forget(before, _FORGET_AT_ONCE)
        total += gone
        if gone < _FORGET_AT_ONCE:
            break
        await asyncio.sleep(0)
    if total:
        log.info("old audit events erased", events=total)
    return total


async def forget_troubles(plane: ControlPlane) -> int:
    """Erase what the troubleshooting log keeps no longer; how many events."""
    return await plane.services.troubleshooting.purge([app.sdkappid for app in plane.services.apps.all()])


async def purge_messages(plane: ControlPlane) -> int:
    """Erase the messages that no app keeps any longer; how many."""
    total = 0
    for app in plane.services.apps.all():
        if not app.deleting_at:
            before = int(plane.clock()) - app.settings.history_days * DAY
            total += await retention.purge(plane.services.db, app.sdkappid, before)
            total += await group_retention.purge(plane.services.db, app.sdkappid, before)
            await plane.services.relays.purge(app.sdkappid, before)
    if total:
        log.info("old messages erased", messages=total)
    return total
