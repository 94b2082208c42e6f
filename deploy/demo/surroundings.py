"""What the demonstration is told from outside: addresses, accounts, the apps' keys, the seed."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from deploy.demo import province

PLATFORM: Final = ".local/platform.json"


class DemoError(Exception):
    """Why the demonstration cannot go on, in a sentence for whoever started it."""


def sentence_of(error: BaseException) -> str:
    """The first error of a group of groups, in its own words."""
    return sentence_of(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else str(error)


@dataclass(frozen=True, slots=True)
class AppKeys:
    """A Zalo app as its owner sees it in the developer console."""

    app_id: str
    secret_key: str = field(repr=False)
    oa_secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where everything is. `addresses` has ingest, triage, notify, stats, zalo (the simulator) as base URLs."""

    addresses: Mapping[str, str]
    local: Path
    accounts_file: Path
    secrets: Path
    history: Path
    province: Path
    seed: int
    scale: Decimal

    @classmethod
    def read(cls) -> "Surroundings":
        """From the environment; what is not set lies beside platform.json. Raises DemoError.

        BINHYEN_PLATFORM, BINHYEN_ACCOUNTS, BINHYEN_DEMO_SECRETS, BINHYEN_HISTORY, BINHYEN_PROVINCE_DIR; SEED,
        REPLAY_SCALE.
        """
        platform = Path(os.environ.get("BINHYEN_PLATFORM") or PLATFORM)
        local = platform.parent
        return cls(
            addresses=_json(platform, "the platform's addresses; is it running (make run)?"),
            local=local,
            accounts_file=Path(os.environ.get("BINHYEN_ACCOUNTS") or local / "accounts.json"),
            secrets=Path(os.environ.get("BINHYEN_DEMO_SECRETS") or local / "secrets" / "demo"),
            history=Path(os.environ.get("BINHYEN_HISTORY") or local / "history"),
            province=province.folder(),
            seed=_seed(),
            scale=_scale(),
        )

    def going_on(self, begun: Mapping[str, object]) -> "Surroundings":
        """The same with the seed and scale of a history once begun."""
        return replace(self, seed=int(str(begun["seed"])), scale=Decimal(str(begun["scale"])))

    def url(self, part: str) -> str:
        """Raises DemoError where the platform has no such part."""
        try:
            return str(self.addresses[part]).rstrip("/")
        except KeyError:
            raise DemoError(f"platform.json has no address for {part}") from None

    def apps(self) -> list[AppKeys]:
        """Raises DemoError where the keys are not there."""
        webhooks = _json(self.secrets / "zalo_apps.json", "the apps' webhook keys")
        own = _json(self.secrets / "zalo_app_secrets.json", "the apps' own keys")
        return [AppKeys(app, own[app]["secret_key"], keys["oa_secret_key"]) for app, keys in webhooks.items()]

    def password(self, account: str) -> str:
        """Of a demo account. Raises DemoError."""
        kept = _json(self.accounts_file, "the demo accounts; has triage been provisioned?")
        return password_of(kept, account)

    def accounts(self, role: str) -> list[str]:
        """The accounts of a role, in the order of officers.csv."""
        return [row["account"] for row in province.read_table(self.province / "officers.csv") if row["role"] == role]


def password_of(kept: Any, account: str) -> str:
    """From accounts.json, {"accounts": [{"account", "password", …}]}. Raises DemoError."""
    for entry in kept["accounts"]:
        if entry["account"] == account:
            return str(entry["password"])
    raise DemoError(f"no password for {account} among the demo accounts")


def _json(path: Path, meaning: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise DemoError(f"{path} is not there: {meaning}") from None
    except ValueError:
        raise DemoError(f"{path} is not JSON: {meaning}") from None


def _seed() -> int:
    text = os.environ.get("SEED") or "1"
    if not text.isdigit():
        raise DemoError(f"SEED is a whole number, not {text}")
    return int(text)


def _scale() -> Decimal:
    text = os.environ.get("REPLAY_SCALE") or "1"
    try:
        scale = Decimal(text)
    except InvalidOperation:
        raise DemoError(f"REPLAY_SCALE is a number, not {text}") from None
    if not 0 < scale <= 1:
        raise DemoError(f"REPLAY_SCALE is above 0 and at most 1, not {text}")
    return scale
