"""Every client command: those of ``commands/``, and those that a client sends exactly as a server does by REST."""

from __future__ import annotations

from sodam.gateway.commands import (  # noqa: F401
    client_config,
    group_attributes,
    group_messages,
    group_open_http_svc,
    group_profiles,
    group_rare,
    group_reactions,
    groups,
    guests,
    im_cos_msg,
    im_long_msg,
    im_msg_db_logic,
    im_open_status,
    openim,
    openim_sync,
    profile,
    push_devices,
    recentcontact,
    search,
    sns,
    unavailable,
)
from sodam.gateway.commands import openim_msg_ext_http_svc as extensions
from sodam.rest import table as rest
from sodam.wire import Command, Service

SHARED = ("sns", "follow", "sodam_call_svc")
"""REST services whose every command a client may send for itself."""
SHARED_COMMANDS = {
    "group_open_http_svc": (
        "create_group",
        "modify_group_base_info",
        "destroy_group",
        "change_group_owner",
        "get_group_member_info",
        "get_specified_group_member_info",
        "add_group_member",
        "delete_group_member",
        "modify_group_member_info",
        "update_group_counter",
        "get_group_counter",
        "get_online_member_num",
        "ban_group_member",
        "group_msg_receipt",
        "get_group_msg_receipt",
        "get_group_msg_receipt_detail",
        "pin_message",
        "unpin_message",
        "get_pinned_messages",
    ),
    "million_group_open_http_svc": ("create_topic", "modify_topic", "destroy_topic", "get_topic"),
    "group_open_avchatroom_http_svc": ("get_members", "modify_user_info"),
}
"""Commands of REST services that a client may send, with the rights of its user."""


def services() -> list[Service]:
    return [
        openim.service,
        recentcontact.service,
        extensions.service,
        im_cos_msg.service,
        im_long_msg.service,
        im_msg_db_logic.service,
        search.messages,
        search.users,
        search.groups,
        search.members,
        unavailable.translate,
        unavailable.speech,
        client_config.config,
        client_config.statistics,
        group_open_http_svc.service,
        group_open_http_svc.communities,
        group_attributes.attributes,
        guests.joining,
        guests.polling,
        group_rare.polling,
        profile.service,
        sns.service,
        im_open_status.service,
    ]


def commands() -> dict[str, Command]:
    """By servcmd, ``service.command``. A client's own declaration wins over the shared one."""
    table = {
        f"{name}.{command}": rest.SERVICES[name].commands[command]
        for name, shared in SHARED_COMMANDS.items()
        for command in shared
    }
    for service in [*(rest.SERVICES[name] for name in SHARED if name in rest.SERVICES), *services()]:
        for command in service.commands.values():
            table[f"{service.name}.{command.name}"] = command
    return _of_communities(table) | table


def _of_communities(table: dict[str, Command]) -> dict[str, Command]:
    """The web SDK sends what concerns a community to a service of another name (client-protocol-groups.md 1)."""
    plain = (group_open_http_svc.service.name, group_attributes.attributes.name)
    communities = group_open_http_svc.communities.name
    return {
        f"{communities}.{command.name}": command for name, command in table.items() if name.partition(".")[0] in plain
    }
