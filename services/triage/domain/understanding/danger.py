"""Is somebody in danger at this moment? Danger, now, and neither past, habit, asked, imagined nor denied, by clause."""

from services.triage.domain.understanding.evidence import Evidence, Hit
from services.triage.domain.understanding.lexicon import Sign

_OVER = (Sign.PAST, Sign.LONG_PAST, Sign.HABIT, Sign.SETTLE, Sign.WITHDRAW)
_NOT_REAL = (Sign.UNREAL, Sign.ASK_LAW, Sign.VERIFY)


def live_dangers(evidence: Evidence) -> list[Hit]:
    """The phrases that tell of danger to life within the hour; empty where there is none.

    Where signs disagree the safe side wins: a word of now in the danger's own clause outweighs one of past beside it.
    """
    certain = [hit for hit in evidence.hits(Sign.DANGER) if _is_live(hit, evidence)]
    certain += [hit for hit in evidence.hits(Sign.STRONG) if _is_helpless_missing(hit, evidence)]
    if certain:
        return certain
    return [hit for hit in evidence.hits(Sign.DANGER_NOW) if evidence.near(hit, Sign.NOW) and _is_live(hit, evidence)]


def _is_helpless_missing(hit: Hit, evidence: Evidence) -> bool:
    missing = hit.phrase.means.of == "missing_person"
    return missing and evidence.near(hit, Sign.CHILD, Sign.HELPLESS) and _is_live(hit, evidence)


def _is_live(hit: Hit, evidence: Evidence) -> bool:
    if evidence.near(hit, *_NOT_REAL):
        return False
    return evidence.near(hit, Sign.NOW, clauses=0) or not evidence.near(hit, *_OVER)
