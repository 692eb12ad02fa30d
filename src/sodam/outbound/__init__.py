"""Requests that the server makes: one client for all features, with one guard of addresses."""

from sodam.outbound.client import Outbound
from sodam.outbound.model import Answer, OutboundError

__all__ = ["Answer", "Outbound", "OutboundError"]
