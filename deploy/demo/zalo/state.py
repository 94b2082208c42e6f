"""The simulator's memory: one SQLite file, so that a restart changes nothing.

Every act is one transaction, committed before its answer leaves. `synchronous=OFF` leaves the writing to the operating
system: a killed process loses nothing, a power cut may lose the last seconds, which a simulator can bear.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS apps (
  app_id TEXT PRIMARY KEY, secret_key TEXT NOT NULL, oa_secret_key TEXT NOT NULL, webhook TEXT NOT NULL,
  redirect_uri TEXT NOT NULL, events TEXT, webhook_on INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (
  oa_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, name TEXT NOT NULL, oa_type INTEGER NOT NULL, verified_at INTEGER,
  package TEXT NOT NULL, oa_secret_key TEXT NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pages_of_app ON pages (app_id);
CREATE TABLE IF NOT EXISTS follows (
  oa_id TEXT NOT NULL, person TEXT NOT NULL, followed_at INTEGER NOT NULL, unfollowed_at INTEGER,
  user_id_by_app TEXT NOT NULL, PRIMARY KEY (oa_id, person, followed_at)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (
  oa_id TEXT NOT NULL, person TEXT NOT NULL, user_id_by_app TEXT NOT NULL, name TEXT NOT NULL,
  last_act INTEGER NOT NULL DEFAULT 0, free_used INTEGER NOT NULL DEFAULT 0, info TEXT,
  PRIMARY KEY (oa_id, person)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
  oa_id TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
  created_at INTEGER NOT NULL, views INTEGER NOT NULL, shares INTEGER NOT NULL, grown_at INTEGER NOT NULL, curve TEXT,
  PRIMARY KEY (oa_id, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (oa_id, type, created_at, id);
CREATE TABLE IF NOT EXISTS village_groups (
  group_id TEXT PRIMARY KEY, oa_id TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
  created_at INTEGER NOT NULL, lapsed_at INTEGER, member_count INTEGER NOT NULL, members TEXT,
  asset_type TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS groups_of_page ON village_groups (oa_id, created_at);
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY, msg_id TEXT NOT NULL UNIQUE, oa_id TEXT NOT NULL, app_id TEXT NOT NULL, person TEXT,
  group_id TEXT, author TEXT NOT NULL, kind TEXT NOT NULL, text TEXT, attachments TEXT, quote TEXT, admin_id TEXT,
  clock INTEGER NOT NULL, wall INTEGER NOT NULL, quota TEXT, delivered_at INTEGER, seen_at INTEGER);
CREATE INDEX IF NOT EXISTS messages_of_person ON messages (oa_id, person, seq) WHERE group_id IS NULL;
CREATE INDEX IF NOT EXISTS messages_of_group ON messages (group_id, seq) WHERE group_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_of_page ON messages (oa_id, seq);
CREATE TABLE IF NOT EXISTS spent (
  oa_id TEXT NOT NULL, kind TEXT NOT NULL, month TEXT NOT NULL, used INTEGER NOT NULL,
  PRIMARY KEY (oa_id, kind, month)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, app_id TEXT NOT NULL, oa_id TEXT NOT NULL, challenge TEXT NOT NULL,
  expires_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access_tokens (
  token TEXT PRIMARY KEY, app_id TEXT NOT NULL, oa_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refresh_tokens (
  token TEXT PRIMARY KEY, app_id TEXT NOT NULL, oa_id TEXT NOT NULL, expires_at INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pushes (
  id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, oa_id TEXT NOT NULL, event TEXT NOT NULL, body BLOB, late TEXT,
  due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS pushes_due ON pushes (due, id);
CREATE TABLE IF NOT EXISTS push_results (
  app_id TEXT NOT NULL, result TEXT NOT NULL, pushes INTEGER NOT NULL, PRIMARY KEY (app_id, result)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS push_faults (
  id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, event TEXT NOT NULL, result TEXT NOT NULL, wall INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS polls (
  oa_id TEXT PRIMARY KEY, getoa_at INTEGER, getslice_from INTEGER, getslice_at INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rates (name TEXT PRIMARY KEY, minute INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
"""
NEXT_NUMBER = "INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"

Row = tuple[Any, ...]


class State:
    """One connection, used by one thread. Reads and writes are microseconds, so they are made in the event loop."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "zalo.sqlite3"
        self._connection = sqlite3.connect(self.file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-8192", "temp_store=MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; never held across an await."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def one(self, sql: str, *values: object) -> Row | None:
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: object) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def run(self, sql: str, *values: object) -> int:
        """How many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Row]) -> int:
        return self._connection.executemany(sql, rows).rowcount

    def number(self, name: str) -> int:
        """The next of 1, 2, 3 … for this name, for ever."""
        self.run(NEXT_NUMBER, name)
        return int(self.value("SELECT value FROM counters WHERE name = ?", name))

    def fact(self, name: str) -> str | None:
        found: str | None = self.value("SELECT value FROM facts WHERE name = ?", name)
        return found

    def set_fact(self, name: str, value: str | None) -> None:
        self.run("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value)
