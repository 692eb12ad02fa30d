"""A small client of the console's API: signs in, keeps the cookie, sends the CSRF token."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

PASSWORD = "Correct-horse-9"


class Refused(Exception):
    """An action was refused: ``error`` is its Error object."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error
        self.code = str(error["Code"])


class ConsoleClient:
    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(base_url=url, verify=False, trust_env=False, timeout=60)
        self.token = ""

    async def __aenter__(self) -> ConsoleClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def raw(self, action: str, body: Any = None, *, token: str | None = None) -> httpx.Response:
        headers = {"x-csrf-token": self.token if token is None else token}
        return await self.http.post(f"/console/api/{action}", json=body or {}, headers=headers)

    async def call(self, action: str, **fields: Any) -> dict[str, Any]:
        """The Data of ``service/Action``. Raises Refused."""
        response = await self.raw(action, fields)
        answer = response.json()
        assert answer["RequestId"]
        if "Error" in answer:
            assert response.status_code >= 400, answer
            raise Refused(response.status_code, answer["Error"])
        assert response.status_code == 200
        data: dict[str, Any] = answer["Data"]
        return data

    async def login(self, name: str = "root", password: str = PASSWORD, code: str = "") -> dict[str, Any]:
        who = await self.call("session/Login", UserName=name, Password=password, Code=code)
        self.token = who["CsrfToken"]
        return who

    async def job(self, job_id: str, seconds: float = 120.0) -> dict[str, Any]:
        """Wait for a job's end."""
        end = time.monotonic() + seconds
        while True:
            job = await self.call("im/DescribeJob", JobId=job_id)
            if job["State"] not in ("queued", "running"):
                return job
            assert time.monotonic() < end, f"the job did not end: {job}"
            await asyncio.sleep(0.02)
