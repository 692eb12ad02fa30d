"""A small typed async client of the Sodam instant-messaging server."""

from sodam_client.client import Client
from sodam_client.errors import (
    ClientClosedError,
    ConnectionLostError,
    KickedError,
    LoginError,
    ProtocolError,
    RequestError,
    RequestTimeoutError,
    SlowReaderError,
    SodamError,
)
from sodam_client.models import Conversation, Element, History, Message, Sent
from sodam_client.pushes import Push
from sodam_client.uploads import Uploaded, upload

__all__ = [
    "Client",
    "ClientClosedError",
    "ConnectionLostError",
    "Conversation",
    "Element",
    "History",
    "KickedError",
    "LoginError",
    "Message",
    "ProtocolError",
    "Push",
    "RequestError",
    "RequestTimeoutError",
    "Sent",
    "SlowReaderError",
    "SodamError",
    "Uploaded",
    "upload",
]
