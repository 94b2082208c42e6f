"""Things tests need, with sane defaults: say only what the test is about."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.events import (
    AccessState,
    AccountState,
    AlertChanged,
    Attachment,
    CaseChanged,
    CaseFacts,
    ChatOpened,
    DeliveryChanged,
    Event,
    GroupChanged,
    GroupCreated,
    GroupDeleted,
    GroupJoined,
    GroupLeft,
    IdentitySealed,
    MessageDelivered,
    MessageEchoed,
    MessageReceived,
    MessageSeen,
    OfficerState,
    PageFollowed,
    PageObserved,
    PageUnfollowed,
    PersonWithdrew,
    PostPublished,
    PostViewsObserved,
    PushUnrecognised,
    ReactionAdded,
    ReplyRequested,
    SendEchoed,
    event_id,
)

PROVINCE = "66"
PAGE = "2057086764452860443"
GROUP = "48382b0bb7595e070748"
PERSON = "5f2b9a7c41d84e0f9b6c3a2d1e0f4b5a"
NOON = datetime(2020, 6, 15, 5, 0, tzinfo=UTC)
"""12:00 in Buôn Ma Thuột."""
CASE = UUID("0e7a6b1c-2f5d-5a83-9d4e-7c1b2a3f4d5e")
ALERT = UUID("b8f0c2d4-6e1a-5c97-8b3d-4f5a6c7e8d90")
SEND = UUID("d3a1f5b7-9c2e-5d46-a8b0-1c2d3e4f5a6b")


def inbound(kind: str, key: str = "96d3cdf3af150460909", **fields: Any) -> dict[str, Any]:
    """The fields every inbound event has."""
    at = fields.pop("occurred_at", NOON)
    account = fields.pop("account", PAGE)
    return {
        "id": event_id("zalo", account, kind, key),
        "province": PROVINCE,
        "channel": "zalo",
        "account": account,
        "occurred_at": at,
        "received_at": fields.pop("received_at", at),
        **fields,
    }


def a_message(
    text: str = "cho toi hoi thu tuc nhap khau", *, key: str = "96d3cdf3af150460909", **fields: Any
) -> MessageReceived:
    person = fields.pop("person", PERSON)
    return MessageReceived(
        **inbound("message", key, **fields), conversation=person, person=person, text=text, message_key=key
    )


def an_echo(
    text: str = "Chào bạn, bạn mang theo CCCD", *, key: str = "465928106db72e8cba7", **fields: Any
) -> MessageEchoed:
    person = fields.pop("person", PERSON)
    return MessageEchoed(
        **inbound("echo", key, **fields), conversation=person, person=person, text=text, message_key=key, officer="a1"
    )


def facts(**fields: Any) -> CaseFacts:
    standing: dict[str, Any] = {
        "category": "tip",
        "topic": "gambling",
        "urgency": "normal",
        "status": "open",
        "unit": "24133-ca",
        "commune_2020": "24133",
        "opened_at": NOON,
    }
    return CaseFacts(**(standing | fields))


def a_case_change(*, version: int = 1, act: str = "opened", **fields: Any) -> CaseChanged:
    body: dict[str, Any] = {
        "id": event_id("case", str(fields.get("case", CASE)), "version", str(version)),
        "province": PROVINCE,
        "occurred_at": NOON,
        "case": CASE,
        "code": "482913705",
        "version": version,
        "act": act,
        "actor": "machine",
        "channel": "zalo",
        "account": PAGE,
        "before": None,
        "after": facts(),
    }
    return CaseChanged(**(body | fields))


def examples() -> list[tuple[str, Event]]:
    """Two of each event, named: what schemas/ is tried on and what examples/ holds."""
    register = {"province": PROVINCE, "occurred_at": NOON}
    reply: dict[str, Any] = {
        **register,
        "channel": "zalo",
        "account": PAGE,
        "person": PERSON,
        "case": CASE,
        "code": "482913705",
    }
    return [
        ("plain", a_message()),
        (
            "with_a_place",
            a_message(
                "gui vi tri",
                key="e52fe5da281f9745ce0a",
                attachments=(Attachment(kind="location", latitude=12.66, longitude=108.05),),
            ),
        ),
        ("typed_in_the_console", an_echo()),
        ("quoting", an_echo(key="465928106db72e8cba8", quoted_key="96d3cdf3af150460909")),
        ("by_profile", PageFollowed(**inbound("follow"), person=PERSON)),
        ("clock_not_believed", PageFollowed(**inbound("follow", "2", time_suspect=True), person=PERSON)),
        ("left", PageUnfollowed(**inbound("unfollow"), person=PERSON)),
        ("left_again", PageUnfollowed(**inbound("unfollow", "2"), person=PERSON)),
        ("village", GroupCreated(**inbound("group_created", GROUP), group=GROUP)),
        ("another", GroupCreated(**inbound("group_created", "f414c8f76fa586fbdfb4"), group="f414c8f76fa586fbdfb4")),
        ("renamed", GroupChanged(**inbound("group_changed", GROUP), group=GROUP)),
        ("again", GroupChanged(**inbound("group_changed", "2"), group=GROUP)),
        ("gone", GroupDeleted(**inbound("group_deleted", GROUP), group=GROUP)),
        ("gone_too", GroupDeleted(**inbound("group_deleted", "2"), group=GROUP)),
        ("neighbour", GroupJoined(**inbound("group_join"), group=GROUP, person=PERSON)),
        ("another", GroupJoined(**inbound("group_join", "2"), group=GROUP, person=PERSON)),
        ("neighbour", GroupLeft(**inbound("group_leave"), group=GROUP, person=PERSON)),
        ("another", GroupLeft(**inbound("group_leave", "2"), group=GROUP, person=PERSON)),
        ("verified", PageObserved(**inbound("page"), name="Công an xã Ea Tu", verified=True, followers=574)),
        ("not_yet", PageObserved(**inbound("page", "2"), name="Công an xã Ea Tu", verified=False, followers=0)),
        ("first", PostPublished(**inbound("post"), post="p1", title="Cảnh báo lừa đảo", published_at=NOON)),
        ("untitled", PostPublished(**inbound("post", "2"), post="p2", published_at=NOON)),
        ("grown", PostViewsObserved(**inbound("views"), post="p1", views=412, shares=3)),
        ("first", PostViewsObserved(**inbound("views", "2"), post="p2", views=0)),
        (
            "heart",
            ReactionAdded(**inbound("reaction"), person=PERSON, message_key="96d3cdf3af150460909", icon="/-heart"),
        ),
        (
            "like",
            ReactionAdded(
                **inbound("reaction", "2"), person=PERSON, message_key="96d3cdf3af150460909", icon="/-strong"
            ),
        ),
        ("button", ChatOpened(**inbound("chat_opened"), person=PERSON)),
        ("again", ChatOpened(**inbound("chat_opened", "2"), person=PERSON)),
        ("right_used", PersonWithdrew(**inbound("withdraw"), person=PERSON)),
        ("again", PersonWithdrew(**inbound("withdraw", "2"), person=PERSON)),
        ("on_the_phone", MessageDelivered(**inbound("delivered"), person=PERSON, message_key="43b59c025aebfb5e6fa")),
        ("another", MessageDelivered(**inbound("delivered", "2"), person=PERSON, message_key="2")),
        ("read", MessageSeen(**inbound("seen"), person=PERSON, message_key="43b59c025aebfb5e6fa")),
        ("another", MessageSeen(**inbound("seen", "2"), person=PERSON, message_key="2")),
        ("to_a_person", SendEchoed(**inbound("send_echo"), message_key="43b59c025aebfb5e6fa", person=PERSON)),
        ("to_a_group", SendEchoed(**inbound("send_echo", "2"), message_key="2", group=GROUP)),
        (
            "new_event",
            PushUnrecognised(**inbound("push"), reason="unknown_event", name="oa_new_thing", sealed="v1.k1.AAAA"),
        ),
        (
            "new_page",
            PushUnrecognised(**inbound("push", "2"), reason="unknown_page", name="follow", sealed="v1.k1.AAAB"),
        ),
        (
            "page",
            AccountState(
                **register,
                id=event_id("zalo", PAGE, "account", "1"),
                channel="zalo",
                account=PAGE,
                kind="page",
                page=PAGE,
                app="3570977494304483078",
                name="Công an xã Ea Tu",
                unit="24133-ca",
                commune_2020="24133",
            ),
        ),
        (
            "group",
            AccountState(
                **register,
                id=event_id("zalo", GROUP, "account", "1"),
                channel="zalo",
                account=GROUP,
                kind="group",
                page=PAGE,
                app="3570977494304483078",
                name="Buôn Jù - Ea Tu",
                village="Buôn Jù",
                state="closed",
            ),
        ),
        (
            "granted",
            AccessState(
                **register,
                id=event_id("zalo", PAGE, "access", "1"),
                channel="zalo",
                account=PAGE,
                sealed_token="v1.k1.AAAA",
                expires_at=NOON,
                epoch=1,
            ),
        ),
        (
            "refreshed",
            AccessState(
                **register,
                id=event_id("zalo", PAGE, "access", "2"),
                channel="zalo",
                account=PAGE,
                sealed_token="v1.k1.AAAB",
                expires_at=NOON,
                epoch=2,
            ),
        ),
        (
            "first_seen",
            IdentitySealed(
                **register,
                id=event_id("zalo", PAGE, "identity", PERSON),
                channel="zalo",
                account=PAGE,
                person=PERSON,
                sealed="v1.k1.AAAA",
            ),
        ),
        (
            "re_sealed",
            IdentitySealed(
                **register,
                id=event_id("zalo", PAGE, "identity", f"{PERSON}2"),
                channel="zalo",
                account=PAGE,
                person=PERSON,
                sealed="v1.k2.AAAA",
            ),
        ),
        (
            "commune_officer",
            OfficerState(
                **register,
                id=event_id("officer", "o1", "state", "1"),
                officer="o1",
                name="Y Bhăm Niê",
                roles=("commune_officer",),
                units=("24133-ca",),
                active=True,
                tokens_valid_after=NOON,
            ),
        ),
        (
            "revoked",
            OfficerState(
                **register,
                id=event_id("officer", "o2", "state", "2"),
                officer="o2",
                name="Nguyễn Văn Minh",
                roles=("dispatcher", "approver"),
                units=(),
                active=False,
                tokens_valid_after=NOON,
            ),
        ),
        ("opened", a_case_change()),
        (
            "resolved_by_import",
            a_case_change(
                version=2,
                act="resolved",
                actor="o1",
                imported=True,
                before=facts(),
                after=facts(status="resolved", resolved_at=NOON, outcome="fined"),
            ),
        ),
        (
            "acknowledgement",
            ReplyRequested(
                **reply,
                id=event_id("case", str(CASE), "reply", "ack"),
                purpose="acknowledgement",
                priority="reply",
                text="Đã nhận. Mã của bạn: 482 913 705.",
                not_after=NOON,
            ),
        ),
        (
            "answer",
            ReplyRequested(
                **reply,
                id=event_id("case", str(CASE), "reply", "2"),
                purpose="answer",
                priority="emergency",
                text="Lực lượng đang đến.",
                quoted_key="96d3cdf3af150460909",
            ),
        ),
        (
            "drafted",
            AlertChanged(
                **register,
                id=event_id("alert", str(ALERT), "version", "1"),
                alert=ALERT,
                version=1,
                act="drafted",
                actor="o2",
                severity="severe",
                title="Nước hồ Ea Kao dâng nhanh",
                structure="2020",
                communes=("24133",),
                groups=6,
            ),
        ),
        (
            "finished",
            AlertChanged(
                **register,
                id=event_id("alert", str(ALERT), "version", "4"),
                alert=ALERT,
                version=4,
                act="finished",
                actor="machine",
                severity="ordinary",
                title="Diễn tập",
                structure="2025",
                communes=("24133",),
                groups=6,
                sent=5,
                failed=1,
            ),
        ),
        (
            "sent",
            DeliveryChanged(
                **register,
                id=event_id("send", str(SEND), "version", "2"),
                send=SEND,
                version=2,
                kind="reply",
                channel="zalo",
                account=PAGE,
                recipient=PERSON,
                state="sent",
                before="queued",
                case=CASE,
                quota_left=7,
            ),
        ),
        (
            "failed",
            DeliveryChanged(
                **register,
                id=event_id("send", str(SEND), "version", "3"),
                send=SEND,
                version=3,
                kind="alert",
                channel="zalo",
                account=PAGE,
                recipient=GROUP,
                state="failed",
                before="queued",
                reason="group_lapsed",
                alert=ALERT,
            ),
        ),
    ]
