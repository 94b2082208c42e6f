"""Wiring: settings → store → what is read from Kafka → HTTP. Reads like a table of contents."""

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from services.triage import handlers
from services.triage.api import ROUTES
from services.triage.api.sign_in import Doorkeeper
from services.triage.caught_up import until_caught_up
from services.triage.domain.clocks import Clocks, clocks_from
from services.triage.domain.understanding import Understanding
from services.triage.incidents_data import load_incident_rules
from services.triage.knowledge import load_knowledge, load_wording
from services.triage.linking import forget, look
from services.triage.passwords import Passwords
from services.triage.settings import TriageSettings
from services.triage.store import Store
from services.triage.store.officers import is_active
from services.triage.triage import KnownUnits, KnownVillages, Triage
from services.triage.understanding_data import MODEL, load_understanding
from shared.access import Gate, TokenSigner, TokenVerifier, provide_officer
from shared.broker import Consumer, Dead, Record, Subscription, replicate
from shared.gazetteer import Gazetteer
from shared.identity import Sealer
from shared.service.platform import Platform
from shared.service.web import application
from shared.topics import CHANNELS_ACCOUNTS, DELIVERY_RECEIPTS, IDENTITIES, INBOUND_AUDIENCE, INBOUND_MESSAGES

LOOK_SECONDS = 1.0
FORGET_SECONDS = 600.0
DATA = Path(__file__).parent / "data"


async def build(platform: Platform) -> Litestar:
    """The service, ready to be run by its platform. Raises SecretMissing."""
    settings = platform.settings
    assert isinstance(settings, TriageSettings)  # noqa: S101 - what the command line reads
    triage = parts(platform, settings)
    _look_for_the_same(platform, triage, _subscribe(platform, triage))
    platform.checks["understanding"] = triage.understands
    return application(
        platform,
        title="Bình Yên: triage",
        description="Tiếp nhận, phân loại, chuyển xử lý và theo dõi hồ sơ. / Cases, from first message to outcome.",
        handlers=ROUTES,
        dependencies=_dependencies(triage, settings),
        state=State({"gate": _gate(triage, settings)}),
    )


def parts(platform: Platform, settings: TriageSettings) -> Triage:
    """What handlers and routes work with; understanding's data is loaded here, so a file that is wrong stops us now."""
    return Triage(
        store=Store(platform.database, settings.province),
        settings=settings,
        understanding=load_understanding(settings.province, model=settings.model_file or MODEL),
        gazetteer=Gazetteer.load(settings.province),
        wording=load_wording(),
        knowledge=load_knowledge(),
        clocks=_clocks(),
        incidents=load_incident_rules(),
        sealer=_sealer(settings),
        metrics=platform.metrics,
        tracing=platform.tracing,
        units=KnownUnits(data_requests=settings.data_request_unit),
        villages=KnownVillages(),
        shadow=_shadow(settings),
    )


def _shadow(settings: TriageSettings) -> Understanding | None:
    """A second understanding to read along, where one is set."""
    file = settings.shadow_model_file
    return load_understanding(settings.province, model=file) if file else None


def _subscribe(platform: Platform, triage: Triage) -> Consumer:
    """Gives the consumer of people's messages."""
    consumers = platform.consumers
    accounts = replicate(
        consumers, CHANNELS_ACCOUNTS, group="triage.accounts", apply=partial(handlers.copy_accounts, triage=triage)
    )
    replicate(consumers, IDENTITIES, group="triage.identities", apply=partial(handlers.copy_identities, triage=triage))

    async def messages(records: Sequence[Record]) -> Sequence[Dead]:
        await until_caught_up(accounts)  # a page that is not copied yet would send its cases to the wrong desk
        return await handlers.open_cases(records, triage)

    wait = triage.settings.understanding_batch_wait_ms
    again = partial(handlers.open_cases, triage=triage)  # a replay runs without consumers: nothing would catch up
    told = consumers.add(Subscription(INBOUND_MESSAGES, "triage", messages, replay_handler=again, batch_wait_ms=wait))
    requests = partial(handlers.open_data_requests, triage=triage)
    consumers.add(Subscription(INBOUND_AUDIENCE, "triage.audience", requests, max_records=5_000, batch_wait_ms=500))
    consumers.add(Subscription(DELIVERY_RECEIPTS, "triage", partial(handlers.note_deliveries, triage=triage)))
    return told


def _look_for_the_same(platform: Platform, triage: Triage, messages: Consumer) -> None:
    """Cases that may tell the same event, behind the acts and a backlog of messages."""
    platform.loop("incidents", partial(look, triage, lambda: messages.lag), every_seconds=LOOK_SECONDS)
    platform.loop("chains", partial(forget, triage), every_seconds=FORGET_SECONDS)


def _dependencies(triage: Triage, settings: TriageSettings) -> dict[str, Provide]:
    doorkeeper = Doorkeeper(_signer(settings), Passwords())
    return {
        "officer": Provide(provide_officer),
        "triage": Provide(lambda: triage, sync_to_thread=False),
        "doorkeeper": Provide(lambda: doorkeeper, sync_to_thread=False),
    }


def _gate(triage: Triage, settings: TriageSettings) -> Gate:
    keys = settings.secret_bytes("access.public.pem")
    return Gate(TokenVerifier(keys, province=settings.province), partial(is_active, triage.store.database))


def _signer(settings: TriageSettings) -> TokenSigner:
    return TokenSigner(settings.secret_bytes("access.private.pem"), province=settings.province)


def _sealer(settings: TriageSettings) -> Sealer:
    settings.secret_bytes("sealing.json")  # says which file is missing, as for every secret
    return Sealer.from_file(settings.secrets_dir / "sealing.json")


def _clocks() -> Clocks:
    with (
        (DATA / "legal_clocks.csv").open(encoding="utf-8") as limits,
        (DATA / "holidays.csv").open(encoding="utf-8") as holidays,
    ):
        return clocks_from(csv.DictReader(limits), csv.DictReader(holidays))
