"""What REST and the client protocol share: commands declared once, and the answer envelope."""

from sodam.wire.command import Call, Command, Empty, Service
from sodam.wire.envelope import decode_request, failure, success
from sodam.wire.surrogates import whole_characters

__all__ = ["Call", "Command", "Empty", "Service", "decode_request", "failure", "success", "whole_characters"]
