"""What REST and the client protocol share: commands declared once, and the answer envelope."""

from sodam.wire.command import Call, Command, Empty, Service
from sodam.wire.envelope import decode_request, failure, success

__all__ = ["Call", "Command", "Empty", "Service", "decode_request", "failure", "success"]
