"""How soon a person must act, and what the sender does with these words."""

from services.triage.domain.understanding.evidence import Evidence
from services.triage.domain.understanding.lexicon import Sign
from services.triage.domain.understanding.message import Act, Category, Speaker, Turn, Urgency
from services.triage.domain.understanding.weigh import Wish

# Danger to body rather than to life: within the hour instead of within minutes.
_HIGH_NOT_CRITICAL = frozenset({"noise", "hazard", "traffic", "missing_person"})
_SHORT_ANSWER = 12  # words


def urgency_of(category: Category, topic: str, evidence: Evidence) -> Urgency:
    """By the guide: an emergency is critical or high and nothing else is critical; a habit is normal."""
    match category:
        case Category.EMERGENCY:
            certain = evidence.has(Sign.DANGER) and topic not in _HIGH_NOT_CRITICAL
            return Urgency.CRITICAL if certain or evidence.has(Sign.NOW) else Urgency.HIGH
        case Category.TIP:
            return Urgency.HIGH if _within_the_hour(topic, evidence) else Urgency.NORMAL
        case Category.ADMIN_QUESTION:
            return Urgency.NORMAL if evidence.has(Sign.DEADLINE) else Urgency.LOW
        case _:
            return Urgency.LOW


def act_of(category: Category, evidence: Evidence, conversation: tuple[Turn, ...], wish: Wish) -> Act | None:
    """Report, ask, answer to the page's own question, settle, withdraw or thank; None for none of these."""
    if evidence.has(Sign.WITHDRAW):
        return Act.WITHDRAW
    if evidence.has(Sign.SETTLE):
        return Act.SETTLE
    if _answers(evidence, conversation, wish):
        return Act.ANSWER
    if evidence.has(Sign.THANKS) and wish.weights.small_talk:
        return Act.THANK
    acts = {Category.EMERGENCY: Act.REPORT, Category.TIP: Act.REPORT, Category.ADMIN_QUESTION: Act.ASK}
    return acts.get(category)


def _within_the_hour(topic: str, evidence: Evidence) -> bool:
    if evidence.has(Sign.HABIT, Sign.LONG_PAST, Sign.UNREAL):
        return False
    going_on = evidence.has(Sign.NOW, Sign.SOON) and not evidence.has(Sign.PAST)
    return going_on or topic in {"child_abuse", "missing_person"} or (evidence.has(Sign.HELPLESS) and topic != "fraud")


def _answers(evidence: Evidence, conversation: tuple[Turn, ...], wish: Wish) -> bool:
    asked = bool(conversation) and conversation[-1].speaker is Speaker.PAGE and "?" in conversation[-1].text
    short = len(evidence.reading) <= _SHORT_ANSWER and not evidence.has(Sign.ASK)
    return asked and short and not wish.weights.small_talk
