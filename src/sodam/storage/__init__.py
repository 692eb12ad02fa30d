"""Durable truth: one small database interface over SQLite and PostgreSQL."""

from sodam.storage.commit_hooks import commit_hook, without_hook
from sodam.storage.database import Bulk, Database, DatabaseUnavailable, Row, StorageError, Tx, Value
from sodam.storage.events import Events
from sodam.storage.lists import any_case, batches, in_list, literal, lower_ascii
from sodam.storage.locks import fetch_locked, hold
from sodam.storage.open import holds_data, open_database
from sodam.storage.recent import purge_keys
from sodam.storage.samples import sample_of
from sodam.storage.together import Together

__all__ = [
    "Bulk",
    "Database",
    "DatabaseUnavailable",
    "Events",
    "Row",
    "StorageError",
    "Together",
    "Tx",
    "Value",
    "any_case",
    "batches",
    "commit_hook",
    "fetch_locked",
    "hold",
    "holds_data",
    "in_list",
    "literal",
    "lower_ascii",
    "open_database",
    "purge_keys",
    "sample_of",
    "without_hook",
]
