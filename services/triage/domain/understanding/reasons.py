"""Why it was decided so, in sentences that an officer reads beside the message."""

from collections.abc import Callable, Iterator, Sequence

from services.triage.domain.understanding.examine import Examined
from services.triage.domain.understanding.hints import quotes
from services.triage.domain.understanding.judgement import NONE_OF_THESE, Judgement
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Lexicon, Sign
from services.triage.domain.understanding.message import Act, Category, Place, Review, Urgency
from services.triage.domain.understanding.place import Located

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
_MOST_QUOTES = 4

Telling = Callable[[str, str], Sequence[str]]
"""The words that weighed most with the learnt model for a label of a head."""


def reasons_of(
    examined: Examined, judgement: Judgement, where: Located, lexicon: Lexicon, telling: Telling
) -> tuple[str, ...]:
    """One sentence each for category, topic, urgency and place, and for an accusation.

    `telling` is asked where the lexicon has nothing to quote.
    """
    return tuple(_sentences(examined, judgement, where, lexicon, telling))


def _sentences(
    examined: Examined, judgement: Judgement, where: Located, lexicon: Lexicon, telling: Telling
) -> Iterator[str]:
    evidence = examined.evidence
    said = evidence.quotes(*_SPOKEN_FOR[judgement.category]) or telling("category", judgement.category.value)
    yield f"Loại: {CATEGORIES[judgement.category]}{_because(said)}."
    yield f"Việc: {_subject(judgement, lexicon)}{_because(_about(examined, judgement, said))}."
    if judgement.urgency in {Urgency.CRITICAL, Urgency.HIGH}:
        yield f"Mức gấp: {URGENCIES[judgement.urgency]}{_because(evidence.quotes(Sign.NOW, Sign.SOON))}."
    yield f"Nơi: {where.why}."
    if judgement.conflict:
        accused = "công an" if judgement.police else "cán bộ tại chỗ"
        acts = evidence.quotes(Sign.MISCONDUCT) or telling("conflict", "yes")
        yield f"Xung đột: lời nhắn tố {accused}{_because(acts)}."


def _subject(judgement: Judgement, lexicon: Lexicon) -> str:
    title = lexicon.topics[judgement.topic].title
    procedure = judgement.procedure if judgement.procedure != NONE_OF_THESE else None
    return f"{title}; thủ tục: {lexicon.procedures[procedure].title}" if procedure else title


def _about(examined: Examined, judgement: Judgement, said: Sequence[str]) -> tuple[str, ...]:
    """The words of the topic's or the procedure's list, where they are not quoted already."""
    lists = (f"procedure {judgement.procedure}", f"topic {judgement.topic}")
    found = [quote for name in lists for quote in quotes(examined.hints, name)]
    return tuple(quote for quote in dict.fromkeys(found) if not any(quote in other for other in said))


def _because(quotes: Sequence[str]) -> str:
    return ", vì có " + ", ".join(f"“{quote}”" for quote in quotes[:_MOST_QUOTES]) if quotes else ""
