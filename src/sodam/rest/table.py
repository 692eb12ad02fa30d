"""THE table: every REST service. A command is declared in its service's file and is served, limited, documented
and fuzzed from there; a new file is added here."""

from __future__ import annotations

from importlib import import_module

from sodam.rest import group_attributes, im_msg_audit_mgr, openconfigsvr_appinfo
from sodam.wire import Command, Service

_FILES = (
    "im_open_login_svc",
    "profile",
    "openim",
    "openim_messages",
    "openim_history",
    "openim_changes",
    "openim_status",
    "sns",
    "sns_read",
    "sns_lists",
    "follow",
    "recentcontact",
    "recentcontact_groups",
    "openconfigsvr",
    "openconfigsvr_appinfo",
    "all_member_push",
    "timpush",
    "openim_msg_ext_http_svc",
    "openim_robot_http_svc",
    "stream_msg",
    "open_msg_svc",
    "group_open_http_svc",
    "group_members",
    "group_mutes",
    "group_joined",
    "group_attributes",
    "group_online",
    "group_bans",
    "group_receipts",
    "group_permissions",
    "group_search",
    "group_extensions",
    "group_messages",
    "group_message_changes",
    "group_open_avchatroom_http_svc",
    "im_cos_msg",
    "im_msg_audit_mgr",
    "million_group_open_http_svc",
    "sodam_call_svc",
    "official_account_open_http_svc",
    "official_account_messages",
)
SERVICES: dict[str, Service] = {}
for _file in _FILES:
    _service: Service = import_module(f"sodam.rest.{_file}").service
    SERVICES[_service.name] = _service
SERVICES[group_attributes.attributes.name] = group_attributes.attributes
SERVICES[im_msg_audit_mgr.audit.name] = im_msg_audit_mgr.audit
SERVICES[openconfigsvr_appinfo.addresses.name] = openconfigsvr_appinfo.addresses


def commands() -> list[Command]:
    """Every command, by path."""
    return sorted((c for s in SERVICES.values() for c in s.commands.values()), key=lambda c: c.path)
