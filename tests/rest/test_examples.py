"""The example body of every command on the reference page is one that the server takes."""

from __future__ import annotations

import time

import msgspec
import pytest

from sodam.rest import reference, table
from sodam.wire import Command
from tests.support.server import ServerProcess


@pytest.mark.parametrize("command", table.commands(), ids=lambda command: command.path)
async def test_the_example_is_understood(server: ServerProcess, command: Command) -> None:
    accounts = {"AccountList": [{"UserID": "alice"}, {"UserID": "bob"}, {"UserID": "@RBT#helper"}]}
    await server.rest("im_open_login_svc/multiaccount_import", accounts)
    body = reference.example(command)
    if "MsgTimeStamp" in body:  # an example's is older than the history that is kept
        body["MsgTimeStamp"] = int(time.time())
    if command.name == "account_delete":  # the other examples still need her
        body = {"DeleteItem": [body["DeleteItem"][0] | {"UserID": "nobody_at_all"}]}
    misread = {
        command.service.bad_json,
        command.service.bad_request,
        *command.fields.values(),
        command.service.internal,
    }
    # Writers of JSON that know no absence give null for what was not set.
    unset = {f.encode_name: None for f in msgspec.structs.fields(command.request) if f.encode_name not in body}
    for tried in (body, unset | body) if unset else (body,):
        answer = await server.rest(command.path, tried)
        assert answer["ErrorCode"] not in misread, (tried, answer)


def test_readers_are_not_sent_to_files_that_they_do_not_have() -> None:
    text = reference.page(table.commands(), "REST", "")
    assert "Source:" not in text
    assert ".md" not in text.replace("](errors.md)", "")
    for pythonic in ("Optional", "Annotated", "msgspec", "list[", "Raw", "| None"):
        assert pythonic not in text.replace("RawURL", ""), pythonic


def test_inner_fields_and_ranges_are_told() -> None:
    text = reference.page(table.commands(), "REST", "")
    assert "| MsgRandom | integer 0 to 4294967295 | yes |  |" in text
    assert "| MsgBody | list of elements |" in text
    assert "| AddFriendItem[].To_Account | text | yes |  |" in text
