"""The REST API v4: one file per Tencent service name, one table of all commands."""
