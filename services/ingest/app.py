"""Wiring, in the order things flow: keys, the register's snapshot, pushes, polls, Kafka in, screens and API."""

from datetime import UTC, datetime
from functools import partial
from time import time

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from services.ingest import api, secrets, webhooks
from services.ingest.channels import CHANNELS
from services.ingest.domain.pace import Pace
from services.ingest.handlers import Handlers
from services.ingest.polling.loops import Polling
from services.ingest.polling.zalo import ZaloClient
from services.ingest.recent import RecentIdentities
from services.ingest.records import Records
from services.ingest.registry import Registry
from services.ingest.settings import IngestSettings
from shared.access.gate import STATE_KEY, Gate, provide_officer
from shared.access.replica import is_active
from shared.broker import Subscription, replicate
from shared.service.platform import Platform
from shared.service.web import application
from shared.topics import ACCESS_OFFICERS, CHANNELS_ACCESS, INBOUND_AUDIENCE, INBOUND_UNRECOGNISED


def now() -> datetime:
    return datetime.now(UTC)


async def build(platform: Platform) -> Litestar:
    """Raises SecretMissing."""
    settings = platform.settings
    assert isinstance(settings, IngestSettings)  # noqa: S101 - the command line gave us ours
    names, sealer = secrets.pseudonymiser(settings), secrets.sealer(settings)

    registry = Registry(
        platform.database,
        province=settings.province,
        names=names,
        apps=secrets.zalo_apps(settings),
        senders=secrets.senders(settings),
        signed_tolerance_seconds=settings.signed_tolerance_seconds,
    )
    platform.loop("register", registry.refresh, every_seconds=settings.register_refresh_seconds)
    platform.checks["register"] = registry.check

    door = webhooks.Door(
        known=registry.known,
        records=Records(province=settings.province, sealer=sealer, names=names),
        producer=platform.producer,
        recent=RecentIdentities(limit=settings.identity_remembered, seconds=settings.identity_remembered_seconds),
        metrics=platform.metrics,
        tracing=platform.tracing,
        clock=now,
        max_bytes=settings.push_max_bytes,
        push_seconds=settings.push_seconds,
    )

    zalo = ZaloClient(
        base_url=settings.zalo_api_url,
        pace=Pace(settings.poll_reserve),
        metrics=platform.metrics,
        timeout_seconds=settings.poll_timeout_seconds,
        connections=settings.poll_concurrency * 2,
        now=time,
    )
    polling = Polling(
        database=platform.database,
        province=settings.province,
        client=zalo,
        sealer=sealer,
        clock=now,
        interval_seconds=settings.poll_interval_seconds,
        at_once=settings.poll_concurrency,
        slice_size=settings.poll_slice,
        whole_walk=settings.poll_posts == "all",
    )
    platform.loop("poll-pages", polling.pages, every_seconds=1.0)
    platform.loop("poll-groups", polling.groups, every_seconds=1.0)

    handlers = Handlers(platform.database, settings.province, now)
    platform.consumers.add(Subscription(INBOUND_AUDIENCE, "ingest", handlers.group_life))
    platform.consumers.add(Subscription(INBOUND_UNRECOGNISED, "ingest.raised", handlers.unrecognised))
    replicate(platform.consumers, CHANNELS_ACCESS, group="ingest.access", apply=handlers.access)
    replicate(platform.consumers, ACCESS_OFFICERS, group="ingest.officers", apply=handlers.officers)

    gate = Gate(secrets.verifier(settings), partial(is_active, platform.database))
    return application(
        platform,
        title="Bình Yên: ingest",
        description="Takes what channels push, keeps the register of pages and groups. Pushes: docs/channels.",
        handlers=[*webhooks.routes(door, CHANNELS), api.router(platform.database, settings.province)],
        dependencies={"officer": Provide(provide_officer)},
        state=State({STATE_KEY: gate}),
        on_shutdown=[zalo.close],
    )
