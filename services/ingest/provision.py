"""`python -m services.ingest provision DIR`: a province's pages, villages and call words into the register.

Idempotent: what is as it should be is left alone, and only what changed is published. A page that is no longer in the
table is not closed by that: a forgotten line must not take a page off the air.
"""

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from services.ingest.domain.accounts import Account, Village, changed
from services.ingest.store import accounts, polls
from shared.audit import AuditRow, record
from shared.database import Database

CHANNEL = "zalo"


class ProvinceUnreadable(Exception):  # noqa: N818 - says what is so
    """A file of the province is missing or not as deploy/provinces/README.md says; the text names it."""


@dataclass(frozen=True)
class Province:
    """What ingest takes of a province's folder. `kinds`: of each village, in the order of `villages`."""

    code: str
    pages: tuple[Account, ...]
    villages: tuple[Village, ...]
    kinds: tuple[str, ...]
    call_words: tuple[str, ...]


@dataclass(frozen=True)
class Provisioned:
    """What a run found and changed."""

    pages: int
    villages: int
    call_words: int
    pages_changed: int
    villages_changed: int
    words_changed: int

    @property
    def anything_changed(self) -> bool:
        return bool(self.pages_changed or self.villages_changed or self.words_changed)

    def __str__(self) -> str:
        return (
            f"{self.pages} pages ({self.pages_changed} changed), {self.villages} villages ({self.villages_changed} "
            f"changed), {self.call_words} call words ({self.words_changed} changed)"
        )


def read(folder: Path) -> Province:
    """Raises ProvinceUnreadable."""
    try:
        province = tomllib.loads((folder / "province.toml").read_text("utf-8"))
        villages = _rows(folder / "villages.csv")
        groups = province.get("groups", {})
        return Province(
            code=str(province["code"]),
            pages=tuple(_page(row) for row in _rows(folder / "pages.csv")),
            villages=tuple(_village(row) for row in villages),
            kinds=tuple(row["kind"] for row in villages),
            call_words=(*groups.get("call_words", ()), *groups.get("emergency_words", ())),
        )
    except (OSError, KeyError, ValueError) as error:
        raise ProvinceUnreadable(f"{folder}: {type(error).__name__}: {error}") from None


async def provision(database: Database, province: Province, *, now: datetime) -> Provisioned:
    """One transaction: rows, their news on channels.accounts.v1, and the audit row. Raises StoreUnavailable."""
    async with database.transaction(province=province.code) as tx:
        known = await accounts.lock(tx, [page.account for page in province.pages])
        after = [page for wanted in province.pages if (page := changed(known.get(wanted.account), wanted))]
        await accounts.save(tx, after, province=province.code, now=now)
        await polls.add_pages(tx, CHANNEL, [p.account for p in province.pages], province=province.code, now=now)
        villages = await accounts.save_villages(tx, province.villages, province.kinds, province=province.code)
        words = await accounts.save_words(tx, province.call_words, province=province.code)
        if villages:
            await accounts.ask_unplaced(tx, province=province.code, now=now)
        done = Provisioned(
            len(province.pages), len(province.villages), len(province.call_words), len(after), villages, words
        )
        if done.anything_changed:
            await record(tx, _audit(province.code, done, now))
    return done


def _audit(province: str, done: Provisioned, now: datetime) -> AuditRow:
    return AuditRow(
        at=now,
        actor="system:provision",
        act="register.provisioned",
        subject=f"province:{province}",
        province=province,
        detail={
            "pages": done.pages_changed,
            "villages": done.villages_changed,
            "call_words": done.words_changed,
        },
    )


def _rows(file: Path) -> Sequence[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _page(row: dict[str, str]) -> Account:
    return Account(
        channel=CHANNEL,
        account=row["page"],
        kind="page",
        page=row["page"],
        app=row["app_id"],
        name=row["name"],
        unit=row["unit"] or None,
        commune_2020=row["commune_2020"] or None,
        commune_2025=row["commune_2025"] or None,
        district_2020=row["district"] or None,
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
    )


def _village(row: dict[str, str]) -> Village:
    return Village(
        village=row["village"],
        name=row["name"],
        commune_2020=row["commune_2020"] or None,
        commune_2025=row["commune_2025"] or None,
        page=row["page"],
        group=row["group"] or None,
    )
