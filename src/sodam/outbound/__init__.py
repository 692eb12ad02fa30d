"""Requests that the server makes: one client for all features, with one guard of addresses."""

from sodam.outbound.client import Answer, Outbound, OutboundError

__all__ = ["Answer", "Outbound", "OutboundError"]
