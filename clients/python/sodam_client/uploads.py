"""Sending a file's bytes to the address that the server gave for them, with nothing but the standard library."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import msgspec

from sodam_client.errors import ConnectionLostError, RequestError

if TYPE_CHECKING:
    from sodam_client.client import Client

Kind = Literal["picture", "video", "sound", "file"]
FILE_TYPES: dict[Kind, int] = {"picture": 1, "video": 2, "sound": 3, "file": 255}


@dataclass(frozen=True)
class Uploaded:
    """A file on the server. `images` of a picture is the ImageInfoArray of a TIMImageElem, and empty otherwise."""

    url: str
    size: int
    md5: str
    image_format: int
    images: list[dict[str, object]]


class _Answer(msgspec.Struct):
    ErrorCode: int
    ErrorInfo: str = ""
    URL: str = ""
    Size: int = 0
    MD5: str = ""
    ImageFormat: int | None = None
    ImageInfoArray: list[dict[str, object]] | None = None


async def upload(
    client: Client, content: bytes | Path, name: str, kind: Kind = "file", *, timeout: float = 60.0
) -> Uploaded:
    """Upload bytes, or the file at a path; what it gives back goes into a message's element.

    `timeout` is for every step of the sending. Raises what `Client.request` does, `RequestError` when the server
    refuses the file, and OSError when it cannot be read.
    """
    asked = {"file_type": FILE_TYPES[kind], "file_name": name, "upload_method": 0}
    offered = await client.request("im_cos_msg.pre_sig", asked)
    return await asyncio.to_thread(_send, str(offered["upload_url"]), content, timeout)


def _send(url: str, content: bytes | Path, timeout: float) -> Uploaded:
    """Blocks until the server has the whole file. Raises `RequestError` or `ConnectionLostError`."""
    if isinstance(content, bytes):
        return _put(url, content, len(content), timeout)
    with content.open("rb") as file:
        return _put(url, file, content.stat().st_size, timeout)


def _put(url: str, data: bytes | BinaryIO, size: int, timeout: float) -> Uploaded:
    if not url.startswith(("http://", "https://")):
        raise ConnectionLostError(f"the server gave no address for uploads: {url!r}")
    request = urllib.request.Request(url, data=data, method="PUT")  # noqa: S310 - checked above
    request.add_header("Content-Length", str(size))
    request.add_header("Content-Type", "application/octet-stream")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
            answer = msgspec.json.decode(response.read(), type=_Answer)
    except urllib.error.HTTPError as error:
        try:
            refused = msgspec.json.decode(error.read(), type=_Answer)
        except msgspec.DecodeError:
            raise ConnectionLostError(f"the upload failed: {error}") from None
        raise RequestError("PUT", refused.ErrorCode, refused.ErrorInfo) from None
    except (OSError, msgspec.DecodeError) as error:
        raise ConnectionLostError(f"the upload failed: {error}") from None
    return Uploaded(answer.URL, answer.Size, answer.MD5, answer.ImageFormat or 0, answer.ImageInfoArray or [])
