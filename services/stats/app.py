"""Wiring only: what stats reads from Kafka, what it answers over HTTP."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins.pydantic import PydanticPlugin

from services.stats import decoding, effects
from services.stats.answers import Answers
from services.stats.api import headline_routes, import_route, live_route
from services.stats.decoding import Decode, Types
from services.stats.effects import Effect
from services.stats.handlers import Counter
from services.stats.live import Live
from services.stats.pages import NAVIGATION, page_routes
from services.stats.settings import StatsSettings
from services.stats.store.reading import Reading
from services.stats.store.registers import apply_accounts
from shared.access.gate import Gate, provide_officer
from shared.access.replica import apply_officers, is_active
from shared.access.tokens import TokenVerifier
from shared.broker import Row, replicate
from shared.gazetteer import Gazetteer
from shared.service.platform import Platform
from shared.service.web import application
from shared.topics import (
    ACCESS_OFFICERS,
    ALERTS_EVENTS,
    CASES_EVENTS,
    CHANNELS_ACCOUNTS,
    DELIVERY_RECEIPTS,
    INBOUND_AUDIENCE,
    Topic,
)
from shared.web import Screens

COUNTED: tuple[tuple[Topic, str, Types, Effect], ...] = (
    (INBOUND_AUDIENCE, "stats.audience", decoding.AUDIENCE, effects.audience),
    (CASES_EVENTS, "stats.cases", decoding.CASES, effects.case_acts),
    (ALERTS_EVENTS, "stats.alerts", decoding.ALERTS, effects.alert_acts),
    (DELIVERY_RECEIPTS, "stats.receipts", decoding.SENDS, effects.send_moves),
)
"""Topic, consumer group, how it is read, what it does to the counts."""

HERE = Path(__file__).parent


async def build(platform: Platform) -> Litestar:
    """Raises SecretMissing, OSError (the gazetteer's files)."""
    settings = platform.settings
    if not isinstance(settings, StatsSettings):
        raise TypeError("stats needs StatsSettings")
    _count(platform)
    _copy_registers(platform)
    answers = Answers(Reading(platform.database, settings.province), Gazetteer.load(settings.province), settings)
    live = Live(answers.tick, most=settings.live_listeners, closing=platform.closing)
    ticking = platform.loop("live", live.once, every_seconds=1.0)
    screens = Screens("stats", links=settings.links, folder=HERE, navigation=NAVIGATION)
    verifier = TokenVerifier(settings.secret_bytes("access.public.pem"), province=settings.province)
    return application(
        platform,
        title="Bình Yên: stats",
        description="Counts, once each, by event time; the headline table and the live page.",
        handlers=[
            headline_routes(answers),
            live_route(answers, live, ticking),
            import_route(answers, platform.database),
            *page_routes(answers, screens),
            screens.static_route(),
        ],
        plugins=[PydanticPlugin(prefer_alias=True)],
        dependencies={"officer": Provide(provide_officer)},
        state=State({"gate": Gate(verifier, partial(is_active, platform.database))}),
    )


def _count(platform: Platform) -> None:
    for topic, group, types, effect in COUNTED:
        counter = Counter(
            topic=topic,
            group=group,
            decode=Decode(types, platform.settings.province),
            effect=effect,
            database=platform.database,
            province=platform.settings.province,
            cluster=platform.cluster,
            metrics=platform.metrics,
            tracing=platform.tracing,
        )
        platform.consumers.add(counter.subscription)


def _copy_registers(platform: Platform) -> None:
    async def accounts(rows: Sequence[Row]) -> None:
        async with platform.database.transaction(province=platform.settings.province) as tx:
            await apply_accounts(tx, rows)

    async def officers(rows: Sequence[Row]) -> None:
        async with platform.database.transaction(province=platform.settings.province) as tx:
            await apply_officers(tx, rows)

    replicate(platform.consumers, CHANNELS_ACCOUNTS, group="stats.accounts", apply=accounts)
    replicate(platform.consumers, ACCESS_OFFICERS, group="stats.officers", apply=officers)
