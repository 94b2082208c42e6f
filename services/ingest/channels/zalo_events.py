"""What each event of Zalo becomes: a small builder each, and the table of builders.

Ids: `kind` is ours and `key` the vendor's message id, or person or group and timestamp where there is none
(design, "Ids decide"). Only pseudonyms leave here; who is behind them goes sealed (Occasion.identities).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from services.ingest.channels.zalo_attachments import attachments
from services.ingest.channels.zalo_occasion import Incomplete, Occasion, required
from services.ingest.channels.zalo_push import Party, Text, WireMessage, ZaloPush, text
from services.ingest.domain.calls import calls_page
from shared.events import (
    ChatOpened,
    GroupChanged,
    GroupCreated,
    GroupDeleted,
    GroupJoined,
    GroupLeft,
    InboundEvent,
    MessageDelivered,
    MessageEchoed,
    MessageReceived,
    MessageSeen,
    PageFollowed,
    PageUnfollowed,
    PersonWithdrew,
    ReactionAdded,
    SendEchoed,
)


def sender(said: ZaloPush) -> Text:
    return said.sender.id if said.sender else None


def recipient(said: ZaloPush) -> Text:
    return said.recipient.id if said.recipient else None


def oa(said: ZaloPush) -> Text:
    return said.oa_id


def _turn(on: Occasion, person: str) -> dict[str, Any]:
    """What both sides of a conversation have. A message without an id is named by who and when."""
    message = on.message
    key = text(message.msg_id) or f"{person}|{on.timestamp}"
    return {
        "conversation": person,
        "person": person,
        "text": message.text or "",
        "attachments": attachments(message.attachments, business_card=on.said.event_name.endswith("_business_card")),
        "message_key": key,
        "quoted_key": text(message.quote_msg_id) or None,
    }


def message_received(on: Occasion) -> Sequence[InboundEvent]:
    """A person wrote to the page."""
    turn = _turn(on, on.identified(sender(on.said)))
    return [MessageReceived(**on.common("message", turn["message_key"]), **turn, person_across_pages=on.across_pages)]


def anonymous_received(on: Occasion) -> Sequence[InboundEvent]:
    """A visitor of the page's web chat. The way back needs `conversation_id`, kept in the sealed address.

    Not answerable: notify has no sender for `POST /v2.0/oa/message` with `anonymous_id` yet.
    """
    turn = _turn(on, _visitor(on, sender(on.said)))
    return [MessageReceived(**on.common("message", turn["message_key"]), **turn, answerable=False)]


def _visitor(on: Occasion, visitor: Text) -> str:
    return on.identified(visitor, anonymous="yes", conversation_id=on.message.conversation_id)


def group_message_received(on: Occasion) -> Sequence[InboundEvent]:
    """A message in a group, if it calls the page; else nothing, and it is forgotten."""
    message = on.message
    group = required(recipient(on.said))
    called = calls_page(
        text=message.text or "",
        quotes=bool(text(message.quote_msg_id)),
        page=on.page.id,
        page_name=on.page.name,
        words=on.known.register.call_words,
    )
    if not called:
        return []
    turn = _turn(on, on.identified(sender(on.said)))
    common = on.common("message", turn["message_key"])
    return [MessageReceived(**common, **turn, person_across_pages=on.across_pages, group=group)]


def page_sent(on: Occasion) -> Sequence[InboundEvent]:
    """The echo of what the page sent: an officer's own words from Zalo's console, or what an app of ours sent."""
    admin = text(on.said.sender.admin_id) if on.said.sender else ""
    if not admin:
        key = required(on.message.msg_id)
        person = on.pseudonym(recipient(on.said))
        return [SendEchoed(**on.common("send_echo", key), message_key=key, person=person)]
    turn = _turn(on, _written_to(on))
    return [MessageEchoed(**on.common("echo", turn["message_key"]), **turn, officer=on.pseudonym(admin))]


def _written_to(on: Occasion) -> str:
    """Whom the officer wrote to: their address goes along, for we may never have heard from them."""
    if on.said.event_name.startswith("oa_send_anonymous_"):
        return _visitor(on, recipient(on.said))
    return on.identified(recipient(on.said))


def page_sent_to_group(on: Occasion) -> Sequence[InboundEvent]:
    key = required(on.message.msg_id)
    group = required(recipient(on.said))
    return [SendEchoed(**on.common("send_echo", key), message_key=key, group=group)]


def delivered(on: Occasion) -> Sequence[InboundEvent]:
    return [
        MessageDelivered(**on.common("delivered", key), person=on.pseudonym(recipient(on.said)), message_key=key)
        for key in _message_keys(on.message)
    ]


def seen(on: Occasion) -> Sequence[InboundEvent]:
    return [
        MessageSeen(**on.common("seen", key), person=on.pseudonym(recipient(on.said)), message_key=key)
        for key in _message_keys(on.message)
    ]


def _message_keys(message: WireMessage) -> list[str]:
    """`msg_ids` of what was seen, `msg_id` of what arrived. Raises Incomplete when there is none."""
    keys = [text(key) for key in message.msg_ids or [message.msg_id or ""]]
    if not keys or not all(keys):
        raise Incomplete
    return list(dict.fromkeys(keys))


def followed(on: Occasion) -> Sequence[InboundEvent]:
    person = on.identified(_follower(on.said))
    return [PageFollowed(**on.common("follow", f"{person}|{on.timestamp}"), person=person)]


def unfollowed(on: Occasion) -> Sequence[InboundEvent]:
    person = on.identified(_follower(on.said))
    return [PageUnfollowed(**on.common("unfollow", f"{person}|{on.timestamp}"), person=person)]


def _follower(said: ZaloPush) -> Text:
    return said.follower.id if said.follower else None


def group_created(on: Occasion) -> Sequence[InboundEvent]:
    return [GroupCreated(**on.common("group_create", f"{on.group}|{on.timestamp}"), group=on.group)]


def group_changed(on: Occasion) -> Sequence[InboundEvent]:
    return [GroupChanged(**on.common("group_change", f"{on.group}|{on.timestamp}"), group=on.group)]


def group_deleted(on: Occasion) -> Sequence[InboundEvent]:
    return [GroupDeleted(**on.common("group_delete", f"{on.group}|{on.timestamp}"), group=on.group)]


def group_joined(on: Occasion) -> Sequence[InboundEvent]:
    return [
        GroupJoined(**on.common("group_join", f"{on.group}|{person}|{on.timestamp}"), group=on.group, person=person)
        for person in _members(on)
    ]


def group_left(on: Occasion) -> Sequence[InboundEvent]:
    return [
        GroupLeft(**on.common("group_leave", f"{on.group}|{person}|{on.timestamp}"), group=on.group, person=person)
        for person in _members(on)
    ]


def _members(on: Occasion) -> list[str]:
    """One event a person of the list. Raises Incomplete for an empty one."""
    users: list[Party] = on.said.users or []
    if not users:
        raise Incomplete
    return list(dict.fromkeys(on.identified(user.id) for user in users))


def reacted(on: Occasion) -> Sequence[InboundEvent]:
    """Several reactions of one person to one message are several: the icon and the time are part of the id."""
    person = on.identified(sender(on.said))
    key, icon = required(on.message.msg_id), on.message.react_icon or ""
    common = on.common("reaction", f"{key}|{person}|{on.timestamp}|{icon}")
    return [ReactionAdded(**common, person=person, message_key=key, icon=icon)]


def chat_opened(on: Occasion) -> Sequence[InboundEvent]:
    person = on.identified(on.said.user_id)
    return [ChatOpened(**on.common("chat_open", f"{person}|{on.timestamp}"), person=person)]


def withdrew(on: Occasion) -> Sequence[InboundEvent]:
    """Their address goes along: who carries the request out must know whose data it is."""
    person = on.identified(on.said.user_id)
    return [PersonWithdrew(**on.common("withdraw", f"{person}|{on.timestamp}"), person=person)]


class ZaloEvent(NamedTuple):
    """`page`: which field names the page. `build`: raises Incomplete."""

    page: Callable[[ZaloPush], Text]
    build: Callable[[Occasion], Sequence[InboundEvent]]


PERSON_KINDS = ("text", "image", "gif", "link", "audio", "video", "sticker", "location", "file", "business_card")
PAGE_KINDS = (*PERSON_KINDS, "list", "template")
VISITOR_KINDS = ("text", "image", "file", "sticker")

EVENTS: dict[str, ZaloEvent] = {
    **{f"user_send_{kind}": ZaloEvent(recipient, message_received) for kind in PERSON_KINDS},
    **{f"user_send_group_{kind}": ZaloEvent(oa, group_message_received) for kind in PERSON_KINDS},
    **{f"anonymous_send_{kind}": ZaloEvent(recipient, anonymous_received) for kind in VISITOR_KINDS},
    **{f"oa_send_{kind}": ZaloEvent(sender, page_sent) for kind in PAGE_KINDS},
    **{f"oa_send_anonymous_{kind}": ZaloEvent(sender, page_sent) for kind in VISITOR_KINDS},
    **{f"oa_send_group_{kind}": ZaloEvent(oa, page_sent_to_group) for kind in PAGE_KINDS},
    "user_received_message": ZaloEvent(sender, delivered),
    "user_seen_message": ZaloEvent(sender, seen),
    "follow": ZaloEvent(oa, followed),
    "unfollow": ZaloEvent(oa, unfollowed),
    "create_group": ZaloEvent(oa, group_created),
    "update_group_info": ZaloEvent(oa, group_changed),
    "delete_group": ZaloEvent(oa, group_deleted),
    "disperse_group": ZaloEvent(oa, group_deleted),  # unconfirmed name
    "user_join_group": ZaloEvent(oa, group_joined),
    "accept_request_join_group": ZaloEvent(oa, group_joined),
    "user_out_group": ZaloEvent(oa, group_left),
    "user_leave_group": ZaloEvent(oa, group_left),  # unconfirmed name
    "user_reacted_message": ZaloEvent(recipient, reacted),
    "user_click_chatnow": ZaloEvent(oa, chat_opened),
    "user_withdraw": ZaloEvent(oa, withdrew),
}

KNOWN_UNUSED = frozenset(
    {
        # a request, its refusal and who administers a group: nobody joined or left; react_… (unconfirmed) does not
        # say whether it was a yes
        *("user_request_join_group", "reject_request_join_group", "react_request_join_group"),
        *("add_group_admin", "remove_group_admin"),
        "oa_reacted_message",  # the page's own reaction: no person acted
        *("add_user_to_tag", "remove_user_from_tag", "remove_tag"),
        *("oa_send_consent", "user_reply_consent", "user_call_oa", "oa_call_user"),
        *("update_user_info", "widget_interaction_accepted", "widget_failed_to_sync_user_external_id"),
        *("change_oa_daily_quota", "change_oa_template_tags", "change_oa_template_tags_v2"),
        *("change_template_quality", "change_template_quota", "change_template_status"),
        *("event_journey_acknowledged", "event_journey_time_out", "user_feedback", "extension_purchased"),
    }
)
"""Events Zalo documents and we have no use for yet: kept sealed like the unknown ones, but nobody is raised.

`user_submit_info` and `permission_revoked` are not among them: an address given to the page, or a page that took its
permission back, is for a person to look at.
"""
