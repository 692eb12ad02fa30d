"""The one port from its first byte: what a connection may send, how long it may take, and how many there may be.

Everything that a stranger can make the server keep is bounded here, before HTTP or WebSocket begin: a request's head
in bytes, lines and seconds, a body in progress, an answer that nobody reads, open sockets in all and per address.
"""

from sodam.listener.admission import Admission, file_limit, network_of
from sodam.listener.front import Limits, Listener

__all__ = ["Admission", "Limits", "Listener", "file_limit", "network_of"]
