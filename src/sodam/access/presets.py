"""The preset policies (access-management.md 2.2 and 8.9): managed by the server, attachable, not editable."""

from __future__ import annotations

from functools import cache
from typing import Final

import msgspec

from sodam.access.evaluate import Statement
from sodam.access.policy import compile_policy

READING_VERBS: Final = ("Describe", "Check", "Query", "Search", "Verify", "Export")
READING_NAMES: Final = ("CanIntelligentCallTrail", "DownloadAuthenticateMutually", "LocationOfflinePushProblem")
"""Reading actions of the original that begin otherwise. ``Can*`` would catch CancelJob."""
KEY_READERS: Final = ("DescribeSecret", "DescribePushSecret", "DescribeSig")
"""Reading these is as good as full access to an app: the read-only preset denies them (8.9)."""
_ONESELF: Final = "qcs::cam::uin/:uin/${uin}"
_FIRST_ID: Final = 1_000_000_000
"""Custom policies count from 1."""


class Preset(msgspec.Struct, frozen=True):
    policy_id: int
    name: str
    description: str
    document: str
    service: str

    @property
    def statements(self) -> tuple[Statement, ...]:
        return _compiled(self.policy_id)


def _document(*statements: dict[str, object]) -> str:
    encoded = msgspec.json.encode({"version": "2.0", "statement": list(statements)})
    return msgspec.json.format(encoded, indent=2).decode()


def _allow(*actions: str, resource: str = "*") -> dict[str, object]:
    return {"effect": "allow", "action": list(actions), "resource": resource}


_IM_FULL: Final = _document(_allow("name/im:*"))
_IM_READ: Final = _document(
    _allow(*(f"name/im:{verb}*" for verb in READING_VERBS), *(f"name/im:{name}" for name in READING_NAMES)),
    {"effect": "deny", "action": [f"name/im:{name}" for name in KEY_READERS], "resource": "*"},
)
PRESETS: Final[tuple[Preset, ...]] = (
    Preset(_FIRST_ID + 1, "AdministratorAccess", "Everything", _document(_allow("*")), ""),
    Preset(_FIRST_ID + 2, "QcloudAVCFullAccess", "Read and write all of IM", _IM_FULL, "im"),
    Preset(_FIRST_ID + 3, "QcloudIMFullAccess", "Read and write all of IM", _IM_FULL, "im"),
    Preset(_FIRST_ID + 4, "QcloudIMReadOnlyAccess", "Read all of IM but the apps' secret keys", _IM_READ, "im"),
    Preset(
        _FIRST_ID + 5,
        "QcloudCamFullAccess",
        "Manage users, groups and policies",
        _document(_allow("name/cam:*")),
        "cam",
    ),
    Preset(
        _FIRST_ID + 6,
        "QcloudCamSummaryAccess",
        "See the overview of access management",
        _document(_allow("name/cam:GetAccountSummary", "name/cam:GetUserAppId")),
        "cam",
    ),
    Preset(
        _FIRST_ID + 7,
        "QcloudCollApiKeyReadOnlyAccess",
        "See one's own access keys",
        _document(_allow("name/cam:ListAccessKeys", resource=_ONESELF)),
        "cam",
    ),
    Preset(
        _FIRST_ID + 8,
        "QcloudCollApiKeyManageAccess",
        "Manage one's own access keys",
        _document(
            _allow(
                "name/cam:ListAccessKeys",
                "name/cam:CreateAccessKey",
                "name/cam:UpdateAccessKey",
                "name/cam:DeleteAccessKey",
                resource=_ONESELF,
            )
        ),
        "cam",
    ),
    Preset(
        _FIRST_ID + 9,
        "QcloudAuditReadOnlyAccess",
        "Read the audit log",
        _document(_allow("name/cloudaudit:*")),
        "cloudaudit",
    ),
)
_BY_ID: Final = {preset.policy_id: preset for preset in PRESETS}
_BY_NAME: Final = {preset.name: preset for preset in PRESETS}


def preset(policy_id: int) -> Preset | None:
    return _BY_ID.get(policy_id)


def preset_named(name: str) -> Preset | None:
    return _BY_NAME.get(name)


@cache
def _compiled(policy_id: int) -> tuple[Statement, ...]:
    found = _BY_ID[policy_id]
    return compile_policy(found.document, policy_id=policy_id, policy_name=found.name)
