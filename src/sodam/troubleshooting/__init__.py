"""The troubleshooting log: what happened to calls, callbacks and pushes in the last three days (console.md 8)."""
