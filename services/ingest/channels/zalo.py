"""Zalo Official Account webhook: did Zalo send it, and what does it say.

Source: Zalo's webhook pages (December 2025), summed up in docs/channels/zalo.md. Zalo waits 2 s and may never send
again what met an error. Order: verify, parse, which page, a builder for each event (zalo_events.py), registration.
"""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from services.ingest.channels.contract import Channel, Kept, Known, Push, Reading, SenderUnknown, SignatureInvalid
from services.ingest.channels.zalo_events import EVENTS, KNOWN_UNUSED
from services.ingest.channels.zalo_occasion import Incomplete, Occasion
from services.ingest.channels.zalo_push import UnreadablePush, ZaloPush, read, text
from services.ingest.domain.moment import moment
from services.ingest.domain.register import App

UNKNOWN_ACCOUNT = "unknown"
ID_LENGTH = 64
NAME_LENGTH = 80
"""Characters kept of what is shown to a person."""


def read_push(push: Push, known: Known) -> Reading:
    """Verify, then parse. Raises PayloadInvalid (400), SenderUnknown or SignatureInvalid (401)."""
    said = read(push.body)
    page = page_of(said, known.register.pages)
    app, signed_by = verify(headers=push.headers, body=push.body, said=said, page=page, apps=known.apps)
    return parse(said=said, app=app, page=page, push=push, known=known)._replace(signed_by=signed_by)


def verify(
    *, headers: Mapping[str, str], body: bytes, said: ZaloPush, page: str, apps: Mapping[str, App]
) -> tuple[App, str]:
    """Check X-ZEvent-Signature over the raw body; answers whose signature it is and which form matched.

    mac = sha256(id + body + timestamp + key): a plain hash, not an HMAC, that is Zalo's scheme. The id is the app's;
    that some deliveries carry the page's instead is unconfirmed, so both are tried and it is told which matched.
    Some bodies (quota events) name no app: then it is one of ours. Never refused by age: a late tip is still a tip.
    """
    app_id = text(said.app_id)
    candidates = list(apps.values()) if not app_id else [apps[app_id]] if app_id in apps else []
    if not candidates:
        raise SenderUnknown("app_id")
    given = headers.get("x-zevent-signature", "").strip().removeprefix("mac=").lower().encode()
    for app in candidates:
        tail = body + text(said.timestamp).encode() + app.secret_of(page).encode()
        for form, signer in (("app_id", app.id), ("page_id", page)):
            if signer and compare_digest(sha256(signer.encode() + tail).hexdigest().encode(), given):
                return app, form
    raise SignatureInvalid("x-zevent-signature")


def parse(*, said: ZaloPush, app: App, page: str, push: Push, known: Known) -> Reading:
    """One push as our events, in Zalo's order; or kept whole, with why."""
    when = moment(text(said.timestamp), push.received_at)
    event = EVENTS.get(said.event_name)
    place = page[:ID_LENGTH] or UNKNOWN_ACCOUNT

    def kept(reason: str) -> Reading:
        return Reading(kept=Kept(reason, place, said.event_name[:NAME_LENGTH], when))

    if isinstance(said, UnreadablePush):
        return kept("unreadable")
    if event is None:
        return kept("known" if said.event_name in KNOWN_UNUSED else "unknown_event")
    account = known.register.pages.get(page)
    if account is None:
        return kept("unknown_page")
    occasion = Occasion(said, account, app.id, when, push.received_at, known)
    try:
        events = event.build(occasion)
    except Incomplete:
        return kept("unreadable")
    return Reading(tuple(events), tuple(occasion.identities))


def page_of(said: ZaloPush, pages: Mapping[str, object]) -> str:
    """The page an event is about, by what its kind says of the field; "" when nothing names it.

    Of an event we do not know only a page of ours is taken, or what Zalo itself calls oa_id: any other id may be a
    person's, which no topic may hold.
    """
    event = EVENTS.get(said.event_name)
    if event is not None:
        return text(event.page(said))
    named = text(said.oa_id) or text(said.oaId)
    ends = [text(party.id) for party in (said.recipient, said.sender) if party]
    return named or next((end for end in ends if end in pages), "")


CHANNEL = Channel("zalo", "/webhooks/zalo", read=read_push)
