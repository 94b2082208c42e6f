"""Is an act laid to the police or the officials of the place? Actor, act and direction, by clause.

Such a message goes to the inspectorate's desk, never to that commune; so a doubtful one counts. Who only asks the
police for help, praises them, or tells of an impostor accuses nobody.
"""

from services.triage.domain.understanding.evidence import Evidence, Hit
from services.triage.domain.understanding.lexicon import Sign

_REACH = 14  # words between the actor and the act
_ADDRESSED = (
    "nho",
    "mong",
    "bao",
    "goi",
    "de nghi",
    "kinh gui",
    "xin",
    "gui",
    "trinh bao",
    "bao voi",
    "kinh mong",
    "cam on",
)
_PROSECUTED = frozenset({"bat", "triet", "xu", "trinh", "de", "nho", "mong", "kiem"})


def accused(evidence: Evidence) -> tuple[bool, bool]:
    """(the police are accused, an official is accused)."""
    if not evidence.has(Sign.MISCONDUCT) or evidence.has(Sign.IMPOSTOR):
        return False, False
    return _any_accused(evidence, Sign.POLICE), _any_accused(evidence, Sign.OFFICIAL)


def _any_accused(evidence: Evidence, actor_sign: Sign) -> bool:
    acts = evidence.hits(Sign.MISCONDUCT)
    return any(_does(actor, act, evidence) for actor in evidence.hits(actor_sign) for act in acts)


def _does(actor: Hit, act: Hit, evidence: Evidence) -> bool:
    bare, clause = evidence.reading.bare, evidence.reading.clause
    if not 0 <= act.start - actor.end <= _REACH or clause[act.start] - clause[actor.start] > 1:
        return False
    if bare[actor.end : actor.end + 1] == ["oi"] or " ".join(bare[max(0, actor.start - 2) : actor.start]).endswith(
        _ADDRESSED
    ):
        return False
    return _PROSECUTED.isdisjoint(bare[actor.end : act.start])
