"""Is somebody in danger at this moment? Danger, now, and neither past, habit, asked, imagined nor denied, by clause."""

from services.triage.domain.understanding.evidence import Evidence, Hit
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Sign

_OVER = (Sign.PAST, Sign.LONG_PAST, Sign.HABIT, Sign.SETTLE, Sign.WITHDRAW)
_NOT_REAL = (Sign.UNREAL, Sign.ASK_LAW, Sign.VERIFY)
_TO_A_PERSON = frozenset(
    {"child_abuse", "sexual_offence", "trafficking", "domestic_violence", "missing_person", "drowning", "violence"}
    | {"disaster_rescue", "fire", "robbery", "extortion_threat", "traffic", "health_emergency", "hazard"}
)
_NOW_WITHIN = 2  # clauses: "Hỗn chiến ở chợ, có người gục rồi, tới liền đi"


def live_dangers(evidence: Evidence) -> list[Hit]:
    """The phrases that tell of danger to life within the hour; empty where there is none.

    Where signs disagree the safe side wins: a word of now in the danger's own clause outweighs one of past beside it,
    and a cry for help makes an emergency of whatever endangers a person.
    """
    return [hit for hit in evidence.hits(*OF_A_TOPIC) if _is_grave(hit, evidence) and _is_live(hit, evidence)]


def cries_for_rescue(evidence: Evidence) -> bool:
    """Somebody calls to be rescued and tells of it, though from what we do not know: the safe side wins."""
    calls = any("cứu" in written for written in evidence.quotes(Sign.CRY))
    told = evidence.has(Sign.REPORT, Sign.CHILD, Sign.HELPLESS, *OF_A_TOPIC)
    otherwise = evidence.has(
        *_NOT_REAL, *_OVER, Sign.DRILL, Sign.ASK, Sign.THANKS, Sign.PROCEDURE, Sign.OBJECT, Sign.SPAM
    )
    return calls and told and not otherwise


def _is_grave(hit: Hit, evidence: Evidence) -> bool:
    sign, topic = hit.phrase.means.sign, hit.phrase.means.of
    if sign is Sign.DANGER:
        return True
    if topic not in _TO_A_PERSON:
        return False
    if sign is Sign.DANGER_NOW and evidence.near(hit, Sign.NOW, Sign.CRY, clauses=_NOW_WITHIN):
        return True
    helpless = topic == "missing_person" and evidence.near(hit, Sign.CHILD, Sign.HELPLESS)
    if sign is Sign.WEAK:
        return helpless and evidence.has(Sign.NOW, Sign.CRY)
    return helpless or evidence.near(hit, Sign.CRY, clauses=_NOW_WITHIN)


def _is_live(hit: Hit, evidence: Evidence) -> bool:
    if evidence.near(hit, *_NOT_REAL):
        return False
    return evidence.near(hit, Sign.NOW, Sign.CRY, clauses=0) or not evidence.near(hit, *_OVER)
