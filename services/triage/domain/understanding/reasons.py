"""Why it was decided so, in sentences that an officer reads beside the message; and the whole decision as text."""

from collections.abc import Callable, Iterator, Sequence

from services.triage.domain.understanding.evidence import Evidence
from services.triage.domain.understanding.examine import Examined
from services.triage.domain.understanding.judgement import NONE_OF_THESE, Judgement
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Lexicon, Sign
from services.triage.domain.understanding.message import Act, Category, Decision, Place, Review, Urgency
from services.triage.domain.understanding.place import Located
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure

CATEGORIES = {
    Category.EMERGENCY: "khẩn cấp",
    Category.TIP: "tin báo, tố giác",
    Category.ADMIN_QUESTION: "hỏi thủ tục",
    Category.FEEDBACK: "góp ý, phản ánh về phục vụ",
    Category.SPAM: "quảng cáo, tin rác",
    Category.OTHER: "chuyện khác",
}
URGENCIES = {
    Urgency.CRITICAL: "đi ngay trong vài phút",
    Urgency.HIGH: "trong vòng một giờ",
    Urgency.NORMAL: "trong ngày làm việc này hoặc hôm sau",
    Urgency.LOW: "không gấp",
}
ACTS = {
    Act.REPORT: "báo tin",
    Act.ASK: "hỏi",
    Act.ANSWER: "trả lời câu hỏi của trang",
    Act.SETTLE: "báo đã xong",
    Act.WITHDRAW: "rút lại",
    Act.THANK: "cảm ơn",
}
REVIEWS = {
    Review.COMMUNE_UNCLEAR: "chưa rõ xã, cần người xem",
    Review.LOW_CONFIDENCE: "máy không chắc, cần người xem",
    Review.LANGUAGE: "không phải tiếng Việt, cần người đọc được",
    Review.CONFLICT: "nói về công an hoặc cán bộ tại chỗ: chuyển thanh tra, không chuyển xã",
    Review.NO_ANSWER: "không có câu trả lời sẵn",
    Review.MEDIA: "chỉ có hình hoặc tiếng, cần người xem",
}
PLACES = {
    Place.TEXT: "theo lời nhắn",
    Place.CONVERSATION: "theo cuộc trò chuyện",
    Place.PAGE: "theo trang nhận tin",
    Place.OUTSIDE: "ngoài tỉnh",
    Place.AMBIGUOUS: "chưa rõ, có nhiều nơi",
    Place.NONE: "không rõ",
}
_SPOKEN_FOR = {
    Category.EMERGENCY: (Sign.DANGER, Sign.DANGER_NOW, Sign.CRY, Sign.STRONG),
    Category.TIP: (*OF_A_TOPIC, Sign.VERIFY),
    Category.ADMIN_QUESTION: (Sign.PROCEDURE, Sign.OBJECT, Sign.SUBJECT, Sign.ASK_LAW, Sign.ASK),
    Category.FEEDBACK: (Sign.PRAISE, Sign.COMPLAINT, Sign.WISH, Sign.THANKS),
    Category.SPAM: (Sign.SPAM, Sign.SPAM_LINK),
    Category.OTHER: (Sign.GREETING, Sign.THANKS),
}
_MOST_QUOTES = 5

Telling = Callable[[str, str], Sequence[str]]
"""The words that weighed most with the learnt model for a label of a head."""


def reasons_of(
    examined: Examined, judgement: Judgement, where: Located, lexicon: Lexicon, telling: Telling
) -> tuple[str, ...]:
    """One sentence each for category, topic, urgency and place, and for an accusation.

    `telling` is asked where the lexicon has nothing to quote.
    """
    return tuple(_sentences(examined.evidence, judgement, where, lexicon, telling))


def _sentences(
    evidence: Evidence, judgement: Judgement, where: Located, lexicon: Lexicon, telling: Telling
) -> Iterator[str]:
    quotes = _quotes(evidence, judgement) or tuple(telling("category", judgement.category.value))
    yield f"Loại: {CATEGORIES[judgement.category]}{_because(quotes)}."
    title = lexicon.topics[judgement.topic].title
    procedure = judgement.procedure if judgement.procedure != NONE_OF_THESE else None
    yield f"Việc: {title}" + (f"; thủ tục: {lexicon.procedures[procedure].title}." if procedure else ".")
    if judgement.urgency in {Urgency.CRITICAL, Urgency.HIGH}:
        yield f"Mức gấp: {URGENCIES[judgement.urgency]}{_because(evidence.quotes(Sign.NOW, Sign.SOON)[:_MOST_QUOTES])}."
    yield f"Nơi: {where.why}."
    if judgement.conflict:
        accused = "công an" if judgement.police else "cán bộ tại chỗ"
        acts = evidence.quotes(Sign.MISCONDUCT)[:_MOST_QUOTES] or tuple(telling("conflict", "yes"))
        yield f"Xung đột: lời nhắn tố {accused}{_because(acts)}."


def _quotes(evidence: Evidence, judgement: Judgement) -> tuple[str, ...]:
    """What the lexicon found that speaks for the category; of an emergency, the dangers."""
    return evidence.quotes(*_SPOKEN_FOR[judgement.category])[:_MOST_QUOTES]


def _because(quotes: tuple[str, ...]) -> str:
    return ", vì có " + ", ".join(f"“{quote}”" for quote in quotes) if quotes else ""


def explain(decision: Decision, register: Register) -> str:
    """A decision as lines of Vietnamese, with its evidence, for a terminal."""
    lines = [
        f"Loại        {CATEGORIES[decision.category]} ({decision.category})",
        f"Việc        {', '.join(decision.topics)}" + (f" · {decision.procedure}" if decision.procedure else ""),
        f"Mức gấp     {URGENCIES[decision.urgency]} ({decision.urgency})",
        f"Người gửi   {ACTS[decision.act] if decision.act else 'không rõ muốn gì'}",
        f"Nơi         {_place(decision, register)} · {PLACES[decision.place]}",
        f"Chắc chắn   {decision.confidence:.0%}",
    ]
    lines += [f"Cần xem     {REVIEWS[review]}" for review in decision.review]
    lines += [f"  – {reason}" for reason in decision.reasons]
    return "\n".join(lines)


def _place(decision: Decision, register: Register) -> str:
    if decision.candidates:
        return " hoặc ".join(_names(each.commune_2020, each.commune_2025, register) for each in decision.candidates)
    return _names(decision.commune_2020, decision.commune_2025, register)


def _names(old_code: str | None, new_code: str | None, register: Register) -> str:
    old, new = register.commune(Structure.OF_2020, old_code), register.commune(Structure.OF_2025, new_code)
    if old and new:
        return f"{old.address} (nay là {new.full_name})"
    return old.address if old else new.full_name if new else "—"
