"""The secret files ingest needs, read once at start and checked there: who may sign, and with what we seal."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from services.ingest.domain.register import App
from services.ingest.domain.senders import Sender
from services.ingest.settings import IngestSettings
from shared.access import TokenVerifier
from shared.identity import Pseudonymiser, Sealer
from shared.service.settings import SecretMissing

T = TypeVar("T")


class ZaloAppFile(msgspec.Struct):
    """`zalo_apps.json`: app id → the OA secret key of its webhook settings; `pages`: pages with a key of their own."""

    oa_secret_key: str
    pages: dict[str, str] = {}


class SenderFile(msgspec.Struct):
    """`webhook_senders.json`: sender → its secrets (two while one replaces the other) and the page it writes to."""

    secrets: list[str]
    account: str


def zalo_apps(settings: IngestSettings) -> Mapping[str, App]:
    """Raises SecretMissing."""
    found = _file(settings, "zalo_apps.json", dict[str, ZaloAppFile])
    return {app: App(app, said.oa_secret_key, said.pages) for app, said in found.items()}


def senders(settings: IngestSettings) -> Mapping[str, Sender]:
    """None where the file is not there: then no other system writes to us. Raises SecretMissing."""
    if not (settings.secrets_dir / "webhook_senders.json").exists():
        return {}
    found = _file(settings, "webhook_senders.json", dict[str, SenderFile])
    for name, said in found.items():
        check_sender(name, said)
    return {name: Sender(name, said.account, tuple(said.secrets)) for name, said in found.items()}


def check_sender(name: str, said: SenderFile) -> None:
    """Raises SecretMissing."""
    try:
        for secret in said.secrets:
            Webhook(secret)
    except (ValueError, RuntimeError, EmptyWebhookSecretError) as error:
        raise SecretMissing(f"webhook_senders.json: {name}: not a whsec_ secret ({type(error).__name__})") from None


def pseudonymiser(settings: IngestSettings) -> Pseudonymiser:
    """Raises SecretMissing."""
    settings.secret_bytes("pseudonym.key")
    try:
        return Pseudonymiser.from_file(settings.secrets_dir / "pseudonym.key")
    except ValueError as error:
        raise SecretMissing(str(error)) from None


def sealer(settings: IngestSettings) -> Sealer:
    """Raises SecretMissing."""
    settings.secret_bytes("sealing.json")
    try:
        return Sealer.from_file(settings.secrets_dir / "sealing.json")
    except ValueError as error:
        raise SecretMissing(str(error)) from None


def verifier(settings: IngestSettings) -> TokenVerifier:
    """Raises SecretMissing."""
    try:
        return TokenVerifier(settings.secret_bytes("access.public.pem"), province=settings.province)
    except ValueError as error:
        raise SecretMissing(f"access.public.pem: {error}") from None


def _file(settings: IngestSettings, name: str, shape: type[T]) -> T:
    try:
        return msgspec.convert(settings.secret_json(name), shape)
    except msgspec.ValidationError as error:
        raise SecretMissing(f"{name}: {error}") from None
