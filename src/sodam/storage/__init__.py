"""Durable truth: one small database interface over SQLite and PostgreSQL."""

from sodam.storage.database import Bulk, Database, Row, StorageError, Tx, Value, open_database

__all__ = ["Bulk", "Database", "Row", "StorageError", "Tx", "Value", "open_database"]
