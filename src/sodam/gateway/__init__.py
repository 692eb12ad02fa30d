"""The client gateway: the official web SDK's protocol over WebSocket (docs/protocol.md)."""
