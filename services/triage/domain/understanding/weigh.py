"""What the message wants: each wish weighed from its signs, and the heaviest by the guide's order.

The weights are the builder's own, tried on messages of the tests; an officer's correction shows where they err.
"""

from dataclasses import dataclass

from services.triage.domain.understanding.danger import cries_for_rescue, live_dangers
from services.triage.domain.understanding.evidence import Evidence, Hit
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Sign
from services.triage.domain.understanding.message import Category

OFFENCE = {Sign.DANGER: 3.5, Sign.STRONG: 3.0, Sign.DANGER_NOW: 2.5, Sign.WEAK: 1.3}
PROCEDURE, OBJECT, SUBJECT = 3.5, 2.4, 1.8
HINT = 0.9  # weak signs of an offence that nobody reports: less than chatter
CLEAR = 2.0  # a wish of this weight is there; below it, hardly
CHATTER = 1.0  # what speaks for mere talk where nothing speaks for anything; half of it in a long message
MANY_WORDS = 8
_MOSTLY = 0.75


@dataclass(frozen=True, slots=True)
class Weights:
    """How much speaks for each wish, and the dangers found alive. Without unit; 3 is one clear sign."""

    tip: float
    question: float
    feedback: float
    spam: float
    offence: float
    small_talk: bool
    cries: bool
    dangers: list[Hit]


@dataclass(frozen=True, slots=True)
class Wish:
    """The category, what else is wanted, how far it is ahead of the next, and how many words were read."""

    category: Category
    also: tuple[Category, ...]
    lead: float
    weights: Weights
    words: int


def weigh(evidence: Evidence) -> Weights:
    """Weigh every wish on its own."""
    offence = _offence(evidence)
    report = min(2.4, 0.8 * evidence.count(Sign.REPORT))
    frame = min(3.2, 1.2 + evidence.count(Sign.FRAME)) if evidence.has(Sign.FRAME) else _opening(evidence)
    if evidence.has(Sign.PRAISE, Sign.SPAM) and not report and not frame:
        offence *= 0.5  # what is praised or advertised is named, not reported
    circumstance = 0.6 * evidence.has(Sign.NOW) + 0.6 * evidence.has(Sign.HABIT) + 0.4 * evidence.has(Sign.PAST)
    if 0 < offence <= OFFENCE[Sign.WEAK] and not (report or frame or circumstance):
        offence = HINT
    tip = frame + (offence + report + circumstance if offence else 0.7 * report + 0.45 * circumstance)
    return Weights(
        tip=tip + (2.5 if evidence.has(Sign.VERIFY) else 0.0),
        question=_question(evidence, told=report + circumstance + frame, offence=offence),
        feedback=_feedback(evidence, offence, report + frame),
        spam=_spam(evidence),
        offence=offence,
        small_talk=_is_small_talk(evidence),
        cries=cries_for_rescue(evidence),
        dangers=live_dangers(evidence),
    )


def choose(evidence: Evidence, weights: Weights) -> Wish:
    """The wish that wins, by weight and, where two are clear, by the guide's order."""
    words = len(evidence.reading)
    if weights.dangers or weights.cries:
        return Wish(Category.EMERGENCY, _also(weights, Category.EMERGENCY), 3.0, weights, words)
    if _told_as_history(evidence, weights):
        return Wish(Category.OTHER, (), 0.8, weights, words)
    scores = {
        Category.TIP: weights.tip,
        Category.ADMIN_QUESTION: weights.question,
        Category.FEEDBACK: weights.feedback,
        Category.SPAM: weights.spam,
        Category.OTHER: 6.0 if weights.small_talk else CHATTER if words < MANY_WORDS else CHATTER / 2,
    }
    best = max(scores, key=lambda category: scores[category])
    lead = scores[best] - max(score for category, score in scores.items() if category is not best)
    return Wish(best, _also(weights, best), lead, weights, words)


def _also(weights: Weights, taken: Category) -> tuple[Category, ...]:
    wanted = [
        (Category.TIP, weights.tip),
        (Category.ADMIN_QUESTION, weights.question),
        (Category.FEEDBACK, weights.feedback),
    ]
    order = list(Category)
    return tuple(
        category for category, weight in wanted if weight >= CLEAR + 1.0 and order.index(category) > order.index(taken)
    )


def _offence(evidence: Evidence) -> float:
    by_topic: dict[str, float] = {}
    for sign in OF_A_TOPIC:
        for hit in evidence.by_sign.get(sign, ()):
            topic = hit.phrase.means.of
            by_topic[topic] = max(by_topic.get(topic, 0.0), OFFENCE[sign])
    if not by_topic:
        return 0.0
    heaviest = max(by_topic.values())
    return heaviest + min(1.5, 0.4 * (sum(by_topic.values()) - heaviest))


def _question(evidence: Evidence, told: float, offence: float) -> float:
    procedure = 0.0
    if evidence.has(Sign.PROCEDURE):
        procedure = PROCEDURE
    elif evidence.has(Sign.OBJECT):
        procedure = OBJECT + 0.8 * evidence.has(Sign.QUALIFIER)
    elif evidence.has(Sign.SUBJECT):
        procedure = SUBJECT
    ask = min(2.6, 1.1 * evidence.count(Sign.ASK)) + 0.5 * evidence.reading.asks
    if not ask and (told or offence >= CLEAR or evidence.has(Sign.PRAISE, Sign.COMPLAINT)):
        procedure *= 0.4  # a report names papers too: "xe không có biển số"
    ask += 0.5 * evidence.has(Sign.WHAT_TO_DO)
    supposed = evidence.has(Sign.UNREAL) and ask > 1.0
    law = 3.6 if (evidence.has(Sign.ASK_LAW) or supposed) and told < CLEAR else 0.0
    return procedure + ask + law


def _feedback(evidence: Evidence, offence: float, report: float) -> float:
    about_us = evidence.has(Sign.SERVICE)
    praise = 2.2 * evidence.has(Sign.PRAISE) + 0.8 * (about_us and evidence.has(Sign.PRAISE))
    complaint = 2.4 * evidence.has(Sign.COMPLAINT) + 1.2 * (about_us and evidence.has(Sign.COMPLAINT))
    wish = (2.6 + min(2.0, evidence.count(Sign.WISH))) * evidence.has(Sign.WISH)
    thanked_for = evidence.has(Sign.THANKS) and offence > 0 and report == 0
    deed = 4.2 if thanked_for and not evidence.has(Sign.NOW, Sign.ASK, Sign.WHAT_TO_DO, Sign.PROCEDURE) else 0.0
    return max(praise + complaint + wish, deed) + 0.8 * (evidence.has(Sign.THANKS) and praise > 0)


def _spam(evidence: Evidence) -> float:
    adverts = 1.4 * evidence.count(Sign.SPAM) + 1.3 * evidence.has(Sign.SPAM_LINK) + 0.8 * _has_phone(evidence)
    if not evidence.has(Sign.SPAM):
        adverts = 1.6 * evidence.has(Sign.SPAM_LINK)
    doubted = evidence.has(Sign.VERIFY, Sign.REPORT, Sign.IMPOSTOR)
    return adverts * (0.3 if doubted else 1.0)


def _opening(evidence: Evidence) -> float:
    """A message that opens with "Báo:" is a report of something."""
    reading = evidence.reading
    return 2.2 if reading.bare[:1] == ["bao"] and len(set(reading.clause[:2])) > 1 else 0.0


def _has_phone(evidence: Evidence) -> bool:
    return any(len(word) >= 9 and word.isdigit() for word in evidence.reading.words)  # noqa: PLR2004 - Vietnamese numbers have 10 digits


def _told_as_history(evidence: Evidence, weights: Weights) -> bool:
    """An offence of long ago that nobody is asked to act on."""
    asked = evidence.has(Sign.REPORT, Sign.ASK, Sign.NOW, Sign.VERIFY)
    return evidence.has(Sign.LONG_PAST) and bool(weights.offence) and not asked


def _is_small_talk(evidence: Evidence) -> bool:
    """Made of greetings, thanks and the small words around them."""
    if not evidence.has(Sign.GREETING, Sign.THANKS) or evidence.has(*OF_A_TOPIC, Sign.PROCEDURE, Sign.OBJECT):
        return False
    covered: set[int] = set()
    for hit in evidence.hits(Sign.GREETING, Sign.THANKS, Sign.FILLER):
        covered.update(range(hit.start, hit.end))
    return len(covered) >= _MOSTLY * len(evidence.reading)
