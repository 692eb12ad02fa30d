"""What ``sodam app dump`` prints beside the app: the custom policies, and the sub-users with the policies of each."""

from __future__ import annotations

from sodam.apps.apply import WantedPolicy, WantedUser
from sodam.apps.dump import variable_of
from sodam.cloudapi.plane import ControlPlane


async def access(plane: ControlPlane) -> tuple[list[WantedPolicy], list[WantedUser]]:
    """By name. A password cannot be read back: the variable that will hold it is named, for who signs in with one."""
    presets, custom = await plane.policies.all()
    names = {preset.policy_id: preset.name for preset in presets} | {policy.id: policy.name for policy in custom}
    policies = [
        WantedPolicy(0, policy.name, await plane.policies.document(policy), policy.description)
        for policy in sorted(custom, key=lambda policy: policy.name)
    ]
    users: list[WantedUser] = []
    taken: set[str] = set()
    for user in sorted(await plane.users.all(), key=lambda user: user.name):
        attached = await plane.policies.attached("user", user.uin)
        held = tuple((0, names[item.policy_id]) for item in attached if item.policy_id in names)
        variable = variable_of(user.name, taken) if user.console_login else ""
        users.append(WantedUser(0, user.name, user.remark, "", variable, tuple(sorted(held))))
    return policies, users
