"""A plain accusation: the police or an official of the place named, and right behind them what they did.

Beside the learnt model, which hears the hinted ones: "công an xã bảo kê sòng bạc". A doubtful one counts, for such a
message goes to the inspectorate's desk and never to that commune. Who asks the police for help, tells of an impostor or
of what is only said accuses nobody.
"""

from services.triage.domain.understanding.evidence import Evidence, Hit
from services.triage.domain.understanding.lexicon import Sign

_REACH = 3  # words between the actor and the act
_CALLED_OR_TOLD = frozenset(
    {
        "nho",
        "mong",
        "bao",
        "goi",
        "nghi",
        "gui",
        "xin",
        "trinh",
        "kinh",
        "cam",
        "on",
        "gia",
        "xung",
        "den",
        "don",
        "noi",
    }
)
_AGAINST_OTHERS = frozenset({"xu", "bat", "kiem", "tra", "dep", "triet", "khong", "chong", "bai", "tu", "choi"})


def accuses(evidence: Evidence) -> bool:
    """Whether somebody in office is plainly said to have done it."""
    if evidence.has(Sign.IMPOSTOR, Sign.UNREAL) or not evidence.has(Sign.MISCONDUCT):
        return False
    acts = evidence.hits(Sign.MISCONDUCT)
    return any(_did(actor, act, evidence) for actor in evidence.hits(Sign.POLICE, Sign.OFFICIAL) for act in acts)


def calls(evidence: Evidence) -> bool:
    """Whether the police are called or asked to act: "nhờ công an xã xử lý nhóm bảo kê"."""
    return any(_is_called(actor, evidence) for actor in evidence.hits(Sign.POLICE))


def _is_called(actor: Hit, evidence: Evidence) -> bool:
    bare = evidence.reading.bare
    return bare[actor.end : actor.end + 1] == ["oi"] or (actor.start > 0 and bare[actor.start - 1] in _CALLED_OR_TOLD)


def _did(actor: Hit, act: Hit, evidence: Evidence) -> bool:
    bare, clause = evidence.reading.bare, evidence.reading.clause
    if not 0 <= act.start - actor.end <= _REACH or clause[act.start] != clause[actor.start]:
        return False
    return not _is_called(actor, evidence) and _AGAINST_OTHERS.isdisjoint(bare[actor.end : act.start])
