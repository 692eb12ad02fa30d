"""One message of every kind that the SDK sends, and what its receiver must see of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driver import SdkClient, message_ref

_URL = "https://files.example.com/"

IMAGE = {
    "type": "TIMImageElem",
    "content": {
        "uuid": "1400000042_picture.png",
        "imageFormat": 3,
        # A picture too small for thumbnails, as the SDK arranges and scales larger ones anew on both sides.
        "imageInfoArray": [
            {"type": kind, "size": 1853, "width": 150, "height": 75, "url": f"{_URL}picture.png"} for kind in range(3)
        ],
    },
}
SOUND = {
    "type": "TIMSoundElem",
    "content": {
        "uuid": "sound-1",
        "url": f"{_URL}sound.m4a",
        "remoteAudioUrl": f"{_URL}sound.m4a",
        "size": 62351,
        "second": 12,
        "downloadFlag": 2,
    },
}
FILE = {
    "type": "TIMFileElem",
    "content": {
        "uuid": "file-1",
        "fileUrl": f"{_URL}report.pdf",
        "remoteFileUrl": f"{_URL}report.pdf",
        "fileName": "报告 2026.pdf",
        "fileSize": 1773552,
        "downloadFlag": 2,
    },
}
VIDEO = {
    "type": "TIMVideoFileElem",
    "content": {
        "videoUrl": f"{_URL}film.mp4",
        "remoteVideoUrl": f"{_URL}film.mp4",
        "videoUUID": "film-1",
        "videoSize": 1194603,
        "videoSecond": 5,
        "videoFormat": "mp4",
        "videoDownloadFlag": 2,
        "thumbUrl": f"{_URL}film.jpg",
        "thumbUUID": "film-1-thumb",
        "thumbSize": 13907,
        "thumbWidth": 720,
        "thumbHeight": 1280,
        "thumbFormat": "JPG",
        "thumbDownloadFlag": 2,
        "snapshotUrl": f"{_URL}film.jpg",
        "snapshotWidth": 720,
        "snapshotHeight": 1280,
        "snapshotSize": 13907,
    },
}
SIMPLE: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("text", {"text": 'plain, 中文, العربية, 👩‍👩‍👧, "quotes" \\ and\nlines'}),
    ("custom", {"data": '{"order":17}', "description": "an order", "extension": "ext"}),
    ("face", {"index": 3, "data": "tt03"}),
    ("location", {"description": "小店", "longitude": 113.92999, "latitude": 22.53999}),
    ("media", IMAGE),
    ("media", SOUND),
    ("media", FILE),
    ("media", VIDEO),
)
TYPES = (
    "TIMTextElem",
    "TIMCustomElem",
    "TIMFaceElem",
    "TIMLocationElem",
    "TIMImageElem",
    "TIMSoundElem",
    "TIMFileElem",
    "TIMVideoFileElem",
    "TIMRelayElem",
    "TIMTextElem",
)
"""The types of one round, in the order in which ``send_round`` sends them."""


async def send_round(client: SdkClient, to: str, mark: str) -> list[dict[str, Any]]:
    """Send one message of every kind, the last two a bundle of the round and a forwarded text; the sent messages.

    ``mark`` goes into CloudCustomData, to tell rounds apart.
    """
    sent = [await client.send(to, kind, payload, cloudCustomData=f"{mark}-{kind}") for kind, payload in SIMPLE]
    bundle = {
        "messageList": [message_ref(message) for message in sent[:4]],
        "title": f"Chat history {mark}",
        "abstractList": ["amy: plain", "amy: [custom]"],
        "compatibleText": "please update",
    }
    sent.append(await client.send(to, "merger", bundle))
    sent.append(await client.send(to, "forward", message_ref(sent[0])))
    return sent


def essence(message: Mapping[str, Any]) -> dict[str, Any]:
    """What sender, receiver and history must agree on."""
    keys = ("ID", "from", "to", "time", "sequence", "random", "clientTime", "type", "cloudCustomData", "version")
    return {key: message[key] for key in keys} | {"payload": _payload(message)}


def _payload(message: Mapping[str, Any]) -> Any:
    # The sending SDK keeps an upload's progress and its own bookkeeping in a payload, and fills in a bundle's keys.
    payload = {key: value for key, value in message["payload"].items() if key not in ("progress", "messageKey")}
    if "imageInfoArray" in payload:
        # Each SDK object numbers its pictures for itself.
        drop = ("instanceID",)
        payload["imageInfoArray"] = [
            {key: value for key, value in image.items() if key not in drop} for image in payload["imageInfoArray"]
        ]
    if "messageList" in payload:
        # A receiver derives the IDs of bundled messages from what their sender did not send.
        payload["messageList"] = [
            {key: value for key, value in inner.items() if key != "ID"} for inner in payload["messageList"]
        ]
    return payload
