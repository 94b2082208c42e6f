"""`provision DIR --accounts-file FILE`: a province's units and officers into the tables. May be run again and again."""

import asyncio
import csv
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from services.triage.passwords import Passwords, generated
from services.triage.store import Store, officers, registers
from services.triage.store.officers import Provisioned
from shared.access.officers import roles_known

OWNER_ONLY = 0o600


class ProvinceInvalid(ValueError):  # noqa: N818 - says what is so
    """A table of the province's folder cannot be right; the text names file and line."""


@dataclass(frozen=True)
class Done:
    """What provisioning found and did."""

    units: int
    officers: int
    changed: int
    passwords: int

    def __str__(self) -> str:
        return (
            f"{self.units} units, {self.officers} officers "
            f"({self.changed} new or changed, {self.passwords} passwords generated)"
        )


async def provision(store: Store, folder: Path, accounts_file: Path) -> Done:
    """Units and officers as the folder's tables say. Passwords already in the file stay; the others are generated.

    The file is written before the transaction commits: a password that is lost could never be told again, one too
    many hurts nobody. Raises ProvinceInvalid, OSError, StoreUnavailable.
    """
    units = read_units(folder / "units.csv", store.province)
    wanted = read_officers(folder / "officers.csv")
    passwords = read_passwords(accounts_file)
    async with store.transaction(readonly=True) as tx:
        there = await officers.known(tx)
    new = [one for one in wanted if one.account not in there or one.account not in passwords]
    made = {one.account: generated() for one in new if one.account not in passwords}
    passwords |= made
    hashes = await _hashed([(one.account, passwords[one.account]) for one in new])
    changed = [
        replace(one, password_hash=hashes.get(one.account, ""))
        for one in wanted
        if one.account in hashes or there[one.account] != one
    ]
    write_accounts(accounts_file, wanted, passwords)
    async with store.transaction() as tx:
        await registers.put_units(tx, units)
        await officers.put(tx, changed, province=store.province, at=datetime.now(UTC))
    return Done(len(units), len(wanted), len(changed), len(made))


def read_units(file: Path, province: str) -> list[tuple[object, ...]]:
    """units.csv as rows of the table. Raises ProvinceInvalid, OSError."""
    return [_unit(row, province, f"{file.name}:{line}") for line, row in enumerate(_rows(file), 2)]


def _unit(row: dict[str, str], province: str, where: str) -> tuple[object, ...]:
    try:
        names = (row["unit"], province, row["kind"], row["name"])
        place = (row["structure"] or None, row["commune"] or None, row["district"] or None)
        return (*names, *place, date.fromisoformat(row["valid_from"]), _day(row["valid_to"]))
    except (KeyError, ValueError) as error:
        raise ProvinceInvalid(f"{where}: {error}") from None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def read_officers(file: Path) -> list[Provisioned]:
    """officers.csv; an account with several roles has several lines. Raises ProvinceInvalid, OSError."""
    found: dict[str, Provisioned] = {}
    for line, row in enumerate(_rows(file), 2):
        try:
            one = _officer(row)
        except KeyError as error:
            raise ProvinceInvalid(f"{file.name}:{line}: no column {error}") from None
        except ValueError as error:
            raise ProvinceInvalid(f"{file.name}:{line}: {error}") from None
        before = found.get(one.account)
        found[one.account] = _together(before, one) if before else one
    return list(found.values())


def _officer(row: dict[str, str]) -> Provisioned:
    if not roles_known([row["role"]]):
        raise ValueError(f"no role {row['role']!r}")
    if row["scope"] not in {"province", "unit"} or (row["scope"] == "unit" and not row["unit"]):
        raise ValueError(f"no scope {row['scope']!r}")
    return Provisioned(row["account"], row["name"], (row["role"],), (row["unit"],) if row["scope"] == "unit" else ())


def _together(one: Provisioned, other: Provisioned) -> Provisioned:
    units = () if not one.units or not other.units else tuple(sorted({*one.units, *other.units}))
    return replace(one, roles=tuple(sorted({*one.roles, *other.roles})), units=units)


def read_passwords(file: Path) -> dict[str, str]:
    """The passwords an earlier run wrote, by account. Raises ProvinceInvalid for a file that is none of ours."""
    try:
        return {one["account"]: one["password"] for one in json.loads(file.read_bytes())["accounts"]}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        raise ProvinceInvalid(f"{file.name} is not a file of accounts") from None


def write_accounts(file: Path, wanted: Sequence[Provisioned], passwords: dict[str, str]) -> None:
    """The accounts with their passwords, readable by the owner alone from its first byte on, whole or not at all."""
    accounts = [
        {
            "account": one.account,
            "password": passwords[one.account],
            "name": one.name,
            "roles": list(one.roles),
            "units": list(one.units),
        }
        for one in wanted
    ]
    half = file.with_name(f".{file.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as out:
        json.dump({"accounts": accounts}, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)


async def _hashed(passwords: Sequence[tuple[str, str]]) -> dict[str, str]:
    hasher = Passwords()
    hashes = await asyncio.gather(*(hasher.hashed(one, was_generated=True) for _, one in passwords))
    return {account: one for (account, _), one in zip(passwords, hashes, strict=True)}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [{name: value or "" for name, value in row.items()} for row in csv.DictReader(lines)]
