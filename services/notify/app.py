"""Wiring: what notify is made of."""

from datetime import timedelta
from functools import partial

import aiohttp
import msgspec
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from services.notify.api import alerts, grants, sends
from services.notify.desk import Desk
from services.notify.domain.pacing import Paces
from services.notify.handlers import RECEIPTS, REPLIES, Handlers
from services.notify.senders.zalo import ZaloSender
from services.notify.senders.zalo_oauth import ZaloOAuth
from services.notify.sending.calls import Calls
from services.notify.sending.dispatch import Dispatch
from services.notify.sending.leases import Leases
from services.notify.sending.ledger import Ledger
from services.notify.sending.upkeep import Upkeep
from services.notify.settings import NotifySettings
from services.notify.tokens import Tokens
from shared.access import Gate, TokenVerifier, is_active, provide_officer
from shared.broker import Subscription, replicate
from shared.identity import Sealer
from shared.service.platform import Platform
from shared.service.settings import SecretMissing
from shared.service.web import application
from shared.topics import (
    ACCESS_OFFICERS,
    CHANNELS_ACCOUNTS,
    IDENTITIES,
    INBOUND_RECEIPTS,
    REPLIES_REQUESTED,
)

DESCRIPTION = "Alerts and replies: approval, targeting, pacing, sending, receipts. Holds the channels' tokens."


async def build(platform: Platform) -> Litestar:
    """The service, from the platform it stands on. Raises SecretMissing."""
    settings = platform.settings
    if not isinstance(settings, NotifySettings):
        raise TypeError("notify runs on NotifySettings")
    database, province = platform.database, settings.province

    # secrets: the sealing ring, the apps' keys, and the public key that says who asks
    sealer = _sealer(settings)
    app_secrets = {app: keys["secret_key"] for app, keys in settings.secret_json("zalo_app_secrets.json").items()}
    verifier = TokenVerifier(settings.secret_bytes("access.public.pem"), province=province)

    # the channel
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=settings.concurrency * 4))
    oauth = ZaloOAuth(session, settings.zalo_oauth_url, app_secrets, seconds=settings.zalo_timeout_seconds)
    sender = ZaloSender(session, settings.zalo_api_url, seconds=settings.zalo_timeout_seconds)
    early = timedelta(seconds=settings.refresh_early_seconds)
    tokens = Tokens(database, oauth, sealer, platform.metrics, province=province, early=early, closing=platform.closing)

    # the machine that sends
    ledger = Ledger(database, province, platform.metrics, platform.tracing)
    paces = Paces(page_limit=settings.page_per_minute, app_limit=settings.app_per_minute)
    dispatch = Dispatch(
        ledger, paces, limits=settings.limits, concurrency=settings.concurrency, poll_seconds=settings.poll_seconds
    )
    leases = Leases(
        ledger, paces, length=settings.lease, doubt_pause=settings.limits.doubt_pauses[0], busy=dispatch.busy
    )
    dispatch.leases, dispatch.closing = leases, platform.closing
    skew, call = timedelta(seconds=settings.doubt_skew_seconds), timedelta(seconds=settings.zalo_timeout_seconds)
    dispatch.calls = Calls(database, sender, tokens, sealer, leases, paces, skew=skew, call=call)
    upkeep = Upkeep(
        ledger,
        parked=timedelta(seconds=settings.identity_parked_seconds),
        receipts_kept=timedelta(days=settings.receipts_kept_days),
        words_kept=timedelta(days=settings.words_kept_days),
    )

    # loops
    sending = platform.loop("sending", dispatch.once, every_seconds=settings.poll_seconds)

    async def round_of_leases() -> None:
        if not platform.closing.is_set() and await leases.round():
            sending.wake()

    leasing = platform.loop("leases", round_of_leases, every_seconds=min(1.0, settings.lease_seconds / 4))
    receiving = platform.loop("receipts", upkeep.match_receipts, every_seconds=1.0)
    platform.loop("closing-sends", upkeep.close, every_seconds=1.0)
    platform.loop("finishing-alerts", upkeep.finish, every_seconds=1.0)
    platform.loop("renewing-tokens", tokens.renew_due, every_seconds=10.0)
    platform.loop("housekeeping", upkeep.keep_house, every_seconds=60.0)

    # Kafka in
    handlers = Handlers(ledger, leasing, receiving)
    platform.consumers.add(Subscription(REPLIES_REQUESTED, REPLIES, handlers.queue_replies))
    platform.consumers.add(Subscription(INBOUND_RECEIPTS, RECEIPTS, handlers.keep_receipts))
    replicate(platform.consumers, CHANNELS_ACCOUNTS, group="notify.accounts", apply=handlers.copy_accounts)
    replicate(platform.consumers, IDENTITIES, group="notify.identities", apply=handlers.copy_identities)
    replicate(platform.consumers, ACCESS_OFFICERS, group="notify.officers", apply=handlers.copy_officers)

    # HTTP in
    desk = Desk(ledger, leasing)
    granting = grants.Grants(database, oauth, tokens, sealer, province=province, notify_url=settings.notify_url)
    return application(
        platform,
        title="Bình Yên: notify",
        description=DESCRIPTION,
        handlers=[
            alerts.router(desk, database, platform.tracing),
            sends.router(desk, database),
            grants.router(granting),
        ],
        dependencies={"officer": Provide(provide_officer)},
        state=State({"gate": Gate(verifier, partial(is_active, database))}),
        # the loops have ended by then: what they left in flight, and only then its connections
        on_shutdown=[dispatch.drain, session.close],
    )


def _sealer(settings: NotifySettings) -> Sealer:
    try:
        return Sealer.from_file(settings.secrets_dir / "sealing.json")
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise SecretMissing(f"{settings.secrets_dir / 'sealing.json'}: {error}") from None
