"""Signing in: cookies, CSRF, lock-out, one-time codes, and what the answers' headers forbid."""

from __future__ import annotations

import asyncio
import time

import httpx
import pyotp
import pytest

from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import ServerFactory, ServerProcess

FIRST = "First-pass-1"


async def add_user(root: ConsoleClient, name: str, **fields: object) -> dict[str, object]:
    return await root.call("cam/AddUser", Name=name, ConsoleLogin=1, Password=FIRST, **fields)


async def test_login_sets_a_guarded_cookie(console_server: ServerProcess) -> None:
    async with ConsoleClient(console_server.url) as client:
        response = await client.raw("session/Login", {"UserName": "root", "Password": PASSWORD})
        cookie = response.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "path=/console" in cookie
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert "unsafe-inline" not in response.headers["content-security-policy"].split("script-src")[1].split(";")[0]
        who = response.json()["Data"]
        assert (who["Name"], who["Type"], who["Uin"]) == ("root", "root", who["OwnerUin"])
        assert (await client.call("session/Whoami"))["CsrfToken"] == who["CsrfToken"]


async def test_csrf_and_content_type(root: ConsoleClient) -> None:
    for token in ("", "0" * 40):
        answer = await root.raw("im/DescribeIMAppList", {}, token=token)
        assert answer.status_code == 403
        assert answer.json()["Error"]["Code"] == "AuthFailure.CsrfFailure"
    form = await root.http.post(
        "/console/api/im/DescribeIMAppList", content=b"{}", headers={"content-type": "text/plain"}
    )
    assert form.status_code == 415
    assert (await root.http.get("/console/api/im/DescribeIMAppList")).status_code in (404, 405)


async def test_without_a_session(console_server: ServerProcess) -> None:
    async with ConsoleClient(console_server.url) as client:
        for action in ("session/Whoami", "session/Logout", "im/DescribeIMAppList"):
            with pytest.raises(Refused) as refused:
                await client.call(action)
            assert (refused.value.status, refused.value.code) == (401, "AuthFailure.NotSignedIn")


async def test_logout_ends_the_session(console_server: ServerProcess) -> None:
    async with ConsoleClient(console_server.url) as client:
        await client.login()
        cookie = client.http.cookies["sodam_session"]
        await client.call("session/Logout")
        client.http.cookies.set("sodam_session", cookie, path="/console")
        with pytest.raises(Refused, match="NotSignedIn"):
            await client.call("session/Whoami")


async def test_unknown_names_and_bodies(root: ConsoleClient) -> None:
    for action, status in (("im/Nothing", 404), ("nothing/Login", 404), ("session/Nothing", 404)):
        with pytest.raises(Refused) as refused:
            await root.call(action)
        assert refused.value.status == status
    for body, code in ((b"{", "InvalidParameter"), (b"[]", "InvalidParameter"), (b"\xff", "InvalidParameter")):
        answer = await root.http.post(
            "/console/api/im/DescribeIMAppList",
            content=body,
            headers={"content-type": "application/json", "x-csrf-token": root.token},
        )
        assert (answer.status_code, answer.json()["Error"]["Code"]) == (400, code)


async def test_lock_after_failures(root: ConsoleClient, console_server: ServerProcess) -> None:
    await add_user(root, "locked")
    async with ConsoleClient(console_server.url) as client:
        codes = []
        for _ in range(6):
            with pytest.raises(Refused) as refused:
                await client.login("locked", "wrong")
            codes.append((refused.value.status, refused.value.code))
        assert codes[:4] == [(401, "AuthFailure.LoginFailure")] * 4
        assert codes[4:] == [(429, "AuthFailure.AccountLocked")] * 2
        with pytest.raises(Refused, match="AccountLocked"):
            await client.login("locked", FIRST)
        await root.call("cam/ResetPassword", Name="locked", Password="Second-pass-2", NeedResetPassword=0)
        await client.login("locked", "Second-pass-2")
        with pytest.raises(Refused) as refused:
            await client.login("nobody at all", "wrong")
        assert refused.value.code == "AuthFailure.LoginFailure"


async def test_many_guesses_at_a_time(root: ConsoleClient, console_server: ServerProcess) -> None:
    await add_user(root, "guessed")
    async with ConsoleClient(console_server.url) as client:
        wrong = {"UserName": "guessed", "Password": "wrong"}
        answers = await asyncio.gather(*(client.raw("session/Login", wrong) for _ in range(20)))
    codes = [answer.json()["Error"]["Code"] for answer in answers]
    assert codes.count("AuthFailure.LoginFailure") <= 5, codes
    assert codes.count("AuthFailure.AccountLocked") >= 15


async def test_one_code_signs_in_once(root: ConsoleClient, console_server: ServerProcess) -> None:
    await add_user(root, "replayed")
    async with ConsoleClient(console_server.url) as client:
        await client.login("replayed", FIRST)
        secret = (await client.call("session/BeginMFA", Password=FIRST))["Secret"]
        code = pyotp.TOTP(secret)
        await client.call("session/ConfirmMFA", Code=code.now())
        # A code of the step after the confirmed one is within the clock's tolerance, and unused.
        later = {"UserName": "replayed", "Password": FIRST, "Code": code.at(time.time() + 30)}
        answers = await asyncio.gather(*(client.raw("session/Login", later) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


async def test_a_password_alone_does_not_replace_the_one_time_code(
    root: ConsoleClient, console_server: ServerProcess
) -> None:
    await add_user(root, "guarded")
    async with ConsoleClient(console_server.url) as client:
        await client.login("guarded", FIRST)
        secret = (await client.call("session/BeginMFA", Password=FIRST))["Secret"]
        await client.call("session/ConfirmMFA", Code=pyotp.TOTP(secret).now())
        with pytest.raises(Refused) as refused:
            await client.call("session/BeginMFA", Password=FIRST)
        assert refused.value.error["Detail"] == "CodeNeeded"
        with pytest.raises(Refused, match="MFAFailure"):
            await client.call("session/BeginMFA", Password=FIRST, Code="000000")
        later = pyotp.TOTP(secret).at(time.time() + 30)
        assert (await client.call("session/BeginMFA", Password=FIRST, Code=later))["Secret"] != secret


async def test_one_time_code(root: ConsoleClient, console_server: ServerProcess) -> None:
    await add_user(root, "careful")
    async with ConsoleClient(console_server.url) as client:
        await client.login("careful", FIRST)
        begun = await client.call("session/BeginMFA", Password=FIRST)
        code = pyotp.TOTP(begun["Secret"])
        now = int(time.time())
        with pytest.raises(Refused, match="MFAFailure"):
            await client.call("session/ConfirmMFA", Code="000000" if code.at(now) != "000000" else "111111")
        assert (await client.call("session/ConfirmMFA", Code=code.at(now)))["MFA"]
        with pytest.raises(Refused) as refused:
            await client.login("careful", FIRST)
        assert refused.value.error["CodeNeeded"]
        with pytest.raises(Refused, match="MFAFailure"):  # a code works once
            await client.login("careful", FIRST, code.at(now))
        await client.login("careful", FIRST, code.at(now + 30))
        user = await root.call("cam/GetUser", Name="careful")
        await root.call("cam/SetMfaFlag", OpUin=user["Uin"], LoginFlag={"Stoken": 0})
        assert not (await client.login("careful", FIRST))["MFA"]


async def test_forced_reset_and_change(root: ConsoleClient, console_server: ServerProcess) -> None:
    await add_user(root, "newcomer", NeedResetPassword=1)
    async with ConsoleClient(console_server.url) as client, ConsoleClient(console_server.url) as other:
        assert (await client.login("newcomer", FIRST))["MustChangePassword"]
        await other.login("newcomer", FIRST)
        with pytest.raises(Refused) as refused:
            await client.call("im/DescribeIMAppList")
        assert refused.value.code == "AuthFailure.PasswordExpired"
        for bad in ("short", "alllowercase1!", FIRST):
            with pytest.raises(Refused, match="PasswordViolatedRules"):
                await client.call("session/ChangePassword", OldPassword=FIRST, NewPassword=bad)
        who = await client.call("session/ChangePassword", OldPassword=FIRST, NewPassword="Another-2-pass")
        assert not who["MustChangePassword"]
        with pytest.raises(Refused, match="NotSignedIn"):  # the other session ended
            await other.call("session/Whoami")


async def test_sessions_can_be_seen_and_ended(console_server: ServerProcess) -> None:
    async with ConsoleClient(console_server.url) as one, ConsoleClient(console_server.url) as two:
        await one.login()
        await two.login()
        listed = (await one.call("session/DescribeSessions"))["Sessions"]
        current = [s for s in listed if s["Current"]]
        assert len(current) == 1
        newest = max((s for s in listed if not s["Current"]), key=lambda s: s["CreateTime"])
        for session in listed:
            if not session["Current"]:
                await one.call("session/EndSession", Id=session["Id"])
        with pytest.raises(Refused, match="NotSignedIn"):
            await two.call("session/Whoami")
        with pytest.raises(Refused, match="ResourceNotFound"):
            await one.call("session/EndSession", Id=newest["Id"])


async def test_generated_root_password_is_shown_once(server_factory: ServerFactory) -> None:
    server = server_factory()
    line = next(line for line in server.output.read_text().splitlines() if "root login" in line)
    password = line.split("root / ")[1].split()[0]
    async with ConsoleClient(server.url) as client:
        await client.login("root", password)
    server.restart()
    assert server.output.read_text().count("root login") == 1
    async with ConsoleClient(server.url) as client:
        await client.login("root", password)


async def test_pages_without_a_session(console_server: ServerProcess) -> None:
    async with httpx.AsyncClient(base_url=console_server.url, timeout=60) as http:
        document = (await http.get("/console/api/openapi.json")).json()
        assert "/console/api/im/RegisterIMApp" in document["paths"]
        for path in ("/console/../../etc/passwd", "/console/%2e%2e/%2e%2e/pyproject.toml", "/console/.built"):
            answer = await http.get(path)
            assert answer.status_code == 404, path
        assert (await http.get("/console/files/abc")).status_code == 401
