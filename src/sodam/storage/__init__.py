"""Durable truth: one small database interface over SQLite and PostgreSQL."""

from sodam.storage.database import Bulk, Database, DatabaseUnavailable, Row, StorageError, Tx, Value
from sodam.storage.events import Events
from sodam.storage.lists import batches, in_list
from sodam.storage.locks import fetch_locked, hold
from sodam.storage.open import holds_data, open_database
from sodam.storage.riding import apart, riding

__all__ = [
    "Bulk",
    "Database",
    "DatabaseUnavailable",
    "Events",
    "Row",
    "StorageError",
    "Tx",
    "Value",
    "apart",
    "batches",
    "fetch_locked",
    "hold",
    "holds_data",
    "in_list",
    "open_database",
    "riding",
]
