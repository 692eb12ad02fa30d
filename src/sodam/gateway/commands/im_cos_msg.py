"""Client ``im_cos_msg``: where pictures, sounds, videos and files are uploaded (docs/protocol.md 20)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import ApiError, Code
from sodam.media.model import Kind, Upload
from sodam.rest.media_answers import address, images, parted
from sodam.wire import Call, Service

service = Service(
    "im_cos_msg", bad_json=Code.BODY_NOT_JSON, bad_request=Code.REQUEST_MALFORMED, internal=Code.SERVER_TIMEOUT
)
_KINDS = {int(kind): kind for kind in (Kind.PICTURE, Kind.VIDEO, Kind.SOUND, Kind.FILE)}


def _offer(call: Call, kind: int, file_name: str) -> tuple[Upload, str, str]:
    """With the address for the upload, and the one at which it is read then."""
    media = call.services.media
    before = address(media, *(call.connection.origin if call.connection is not None else (False, "")))
    if not before:
        raise ApiError(Code.REQUEST_FORBIDDEN, "the server does not know its address: it takes SODAM_MEDIA_ADDRESS")
    upload = media.offer(call.app, call.caller, _KINDS.get(kind, Kind.FILE), file_name)
    return upload, before + media.upload_path(upload), before + media.path(upload)


class PreSig(msgspec.Struct):
    """file_type: 1 picture, 2 video, 3 sound, 255 file."""

    file_name: str
    file_type: int = 255
    upload_method: int = 0


class PreSigned(msgspec.Struct):
    upload_url: str
    download_url: str
    expired_time: int
    """Unix second."""
    request_id: str
    snapshot_url: str = ""
    head_url: str = ""
    ci_url: str = ""


@service.command("pre_sig", errors=(Code.REQUEST_FORBIDDEN,))
async def pre_sig(call: Call, request: PreSig) -> PreSigned:
    """An address to PUT a file to within 15 minutes, and the one at which it is read afterwards."""
    upload, put, get = _offer(call, request.file_type, request.file_name)
    return PreSigned(put, get, upload.expires, upload.name)


class UploadObject(msgspec.Struct):
    str_file_name: str
    uint32_file_id: int = 1
    uint32_file_type: int = 255


class SimpleSig(msgspec.Struct):
    rpt_upload_object: Annotated[list[UploadObject], msgspec.Meta(min_length=1, max_length=10)]


class SimpleSigned(msgspec.Struct):
    uint32_file_id: int
    str_file_key: str
    str_upload_url: str
    str_download_url: str
    uint32_exist_flag: int = 0
    str_snapshot_url: str = ""


class SimpleAnswer(msgspec.Struct):
    rpt_pre_sig: list[SimpleSigned]
    str_final_ip: str = ""


@service.command("simple_sig", errors=(Code.REQUEST_FORBIDDEN,))
async def simple_sig(call: Call, request: SimpleSig) -> SimpleAnswer:
    """The same, as clients with a proxy for files ask for it."""
    found = []
    for wanted in request.rpt_upload_object:
        upload, put, get = _offer(call, wanted.uint32_file_type, wanted.str_file_name)
        found.append(SimpleSigned(wanted.uint32_file_id, upload.name, put, get))
    return SimpleAnswer(found)


class GetImageInfo(msgspec.Struct):
    str_image_url: str


class Image(msgspec.Struct):
    """uint32_image_type: 1 small, 2 large, 3 original."""

    uint32_image_type: int
    str_url: str
    uint32_width: int
    uint32_height: int
    str_image_format: str = ""


class Images(msgspec.Struct):
    rpt_msg_image_info: list[Image]


@service.command("get_imageinfo", errors=(Code.REQUEST_FORBIDDEN,))
async def get_imageinfo(call: Call, request: GetImageInfo) -> Images:
    """The three sizes of a picture that was uploaded."""
    media, url = call.services.media, request.str_image_url
    named = media.named(parted(url)[1])
    row = await media.find(named.app, named.name) if named is not None and named.app == call.app.sdkappid else None
    if row is None or not row.width:
        raise ApiError(Code.REQUEST_FORBIDDEN, "this is no address of a picture of this app")
    found = [
        Image(4 - one.Type, one.URL, one.Width, one.Height, row.type.rpartition("/")[2])
        for one in images(row, url.partition("?")[0])
    ]
    return Images(found)
