"""Secrets are generated here, never shipped: each service finds in its own folder what it needs, mode 0600."""

import base64
import csv
import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.home import Home, read_json, write_json
from deploy.local.postgres import new_passwords

SENDER = "cong-thong-tin"  # the demonstration's one sender of generic signed webhooks: a portal's form
NEEDS: Mapping[str, tuple[str, ...]] = {
    "ingest": ("pseudonym.key", "sealing.json", "access.public.pem", "zalo_apps.json", "webhook_senders.json"),
    "triage": ("sealing.json", "access.private.pem", "access.public.pem"),
    "notify": ("sealing.json", "access.public.pem", "zalo_app_secrets.json"),
    "stats": ("access.public.pem",),
    "demo": ("zalo_apps.json", "zalo_app_secrets.json", "webhook_senders.json"),  # the outside world's own copies
}


@dataclass(frozen=True)
class Province:
    """What the secrets need to know of a province's data: its apps, and the page that portal messages belong to."""

    app_ids: tuple[str, ...]
    portal_page: str

    @classmethod
    def read(cls, folder: Path) -> "Province":
        settings = tomllib.loads((folder / "province.toml").read_text(encoding="utf-8"))
        with (folder / "pages.csv").open(encoding="utf-8", newline="") as file:
            pages = {row["unit"]: row["page"] for row in csv.DictReader(file)}
        return cls(tuple(settings["zalo"]["app_ids"]), pages.get("duty-desk") or next(iter(pages.values())))


def key(size: int = 32) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


def signing_pair() -> tuple[str, str]:
    """A new Ed25519 pair as PEM: private, public."""
    from cryptography.hazmat.primitives import serialization as pem  # noqa: PLC0415 - a first start only
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())
    public = private.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), public.decode()


def generate(province: Province) -> dict[str, str]:
    """The text of every secret file, new."""
    private, public = signing_pair()
    sender: dict[str, Any] = {"secrets": [f"whsec_{key(24)}"], "account": province.portal_page}
    files = {
        "sealing.json": {"current": "k1", "keys": {"k1": key()}},
        "zalo_apps.json": {app: {"oa_secret_key": secrets.token_hex(16)} for app in province.app_ids},
        "zalo_app_secrets.json": {app: {"secret_key": secrets.token_hex(16)} for app in province.app_ids},
        "webhook_senders.json": {SENDER: sender},
    }
    texts = {name: json.dumps(value) for name, value in files.items()}
    return texts | {"pseudonym.key": key(), "access.private.pem": private, "access.public.pem": public}


def ensure(home: Home, province: Province) -> dict[str, Path]:
    """Make what is missing, keep what is there; returns each owner's folder. The pseudonym key never changes."""
    home.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = home.secrets / "all.json"
    texts: dict[str, str] = read_json(kept) or {}
    if not {name for names in NEEDS.values() for name in names} <= texts.keys():
        texts = generate(province) | texts
        write_json(kept, texts, 0o600)
    folders = {owner: home.secrets / owner for owner in NEEDS}
    for owner, names in NEEDS.items():
        folders[owner].mkdir(mode=0o700, exist_ok=True)
        for name in names:
            write_secret(folders[owner] / name, texts[name])
    return folders


def write_secret(file: Path, text: str) -> None:
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)


def passwords(home: Home) -> dict[str, str]:
    """PostgreSQL's passwords: the superuser's and each role's, made once."""
    home.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = home.secrets / "postgres.json"
    made: dict[str, str] = read_json(file) or {"postgres": secrets.token_hex(16), **new_passwords()}
    write_json(file, made, 0o600)
    return made
