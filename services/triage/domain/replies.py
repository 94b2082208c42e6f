"""How things are said to a person: the acknowledgement with the case's code, and whatever else is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from services.triage.domain.case import Case, Change
from services.triage.domain.codes import shown
from services.triage.domain.conversation import Turn
from shared.events import MessageReceived, ReplyRequested
from shared.events.base import NAMESPACE

ACKNOWLEDGED = frozenset({"emergency", "tip", "admin_question", "feedback"})
"""A greeting or an advert gets no automatic message: Zalo counts each against the page's free ones."""

LONGEST_ANSWER = 2_000
"""Characters in one Zalo message to a person."""

_OPENINGS = {
    "emergency": "Công an đã nhận được tin báo khẩn của ông/bà và đang chuyển ngay tới lực lượng gần nhất.",
    "tip": "Công an đã tiếp nhận tin báo của ông/bà và sẽ xem xét, xác minh. Danh tính người báo tin được giữ kín.",
    "admin_question": "Công an đã nhận được câu hỏi của ông/bà, cán bộ sẽ trả lời trong thời gian sớm nhất.",
    "feedback": "Cảm ơn ông/bà đã góp ý. Ý kiến đã được chuyển tới cán bộ phụ trách.",
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Emergency telephone numbers: settings, for they are to be joined into one."""

    police: str = "113"
    fire: str = "114"
    ambulance: str = "115"

    @property
    def line(self) -> str:
        return f"{self.police} (công an), {self.fire} (cứu hỏa, cứu nạn), {self.ambulance} (cấp cứu)"


def acknowledgement_text(category: str, code: str, numbers: Numbers) -> str:
    """Respectful, under 500 characters. The code is in groups of three, to be read out."""
    opening = f"{_OPENINGS[category]} Mã hồ sơ: {shown(code)}."
    if category == "emergency":
        return f"{opening} Nếu đang nguy hiểm, xin gọi ngay {numbers.line}; giữ máy và ở nơi an toàn."
    return f"{opening} Khi cần hỏi lại, xin cho biết mã này. Trường hợp khẩn cấp xin gọi {numbers.line}."


def reachable(message: MessageReceived, windows: Mapping[str, timedelta]) -> bool:
    """Whether an automatic message may go out for it. The past is not answered (design, promise 11).

    `windows`: by channel, how long after a person's act it may be answered. A channel without one is never answered
    by itself, nor is a message whose own time cannot be believed.
    """
    window = windows.get(message.channel)
    if window is None or not message.answerable or message.time_suspect:
        return False
    return message.received_at - message.occurred_at <= window


def acknowledges(change: Change, fresh: Sequence[Turn]) -> Turn | None:
    """The message of the news to acknowledge, or None: at most one a case, none where an officer was quicker."""
    case = change.after
    if case.acknowledged or case.facts.status != "open" or case.facts.category not in ACKNOWLEDGED:
        return None
    return next((turn for turn in fresh if turn.reachable), None)


def acknowledged(change: Change) -> Change:
    return replace(change, after=replace(change.after, acknowledged=True))


def acknowledgement(case: Case, message: MessageReceived, numbers: Numbers, window: timedelta) -> ReplyRequested:
    """Its id follows from the case: asked for twice, it is the same reply."""
    return ReplyRequested(
        id=uuid5(NAMESPACE, f"case|{case.id}|acknowledgement"),
        province=message.province,
        occurred_at=message.received_at,
        channel=message.channel,
        account=message.account,
        person=message.person,
        case=case.id,
        code=case.code,
        purpose="acknowledgement",
        priority="emergency" if case.facts.category == "emergency" else "reply",
        text=acknowledgement_text(case.facts.category, case.code, numbers),
        quoted_key=message.message_key,
        not_after=message.occurred_at + window,
    )


def open_until(case: Case, windows: Mapping[str, timedelta]) -> datetime | None:
    """When the channel's window for an answer closes; None where there is no road back at all."""
    window = windows.get(case.conversation.channel)
    return case.last_message_at + window if window and case.last_message_at else None


def reply_to(
    case: Case,
    reply: UUID,
    text: str,
    *,
    province: str,
    at: datetime,
    not_after: datetime,
    purpose: Literal["answer", "question"] = "answer",
    quoted_key: str | None = None,
) -> ReplyRequested:
    """What an officer wrote, or what the machine asks or answers by itself, to be sent by notify."""
    priority: Literal["emergency", "reply"] = "emergency" if case.facts.category == "emergency" else "reply"
    return ReplyRequested(
        id=reply,
        province=province,
        occurred_at=at,
        channel=case.conversation.channel,
        account=case.conversation.account,
        person=case.conversation.person,
        case=case.id,
        code=case.code,
        purpose=purpose,
        priority=priority,
        text=text,
        quoted_key=quoted_key,
        not_after=not_after,
    )
