"""Asking back: one fact that is missing, in one short polite question, at most twice a case.

Never of what is spam, chatter or feedback, never about the officials of a place, never once an officer has answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.triage.domain.case import Case
from services.triage.domain.conversation import Segment, Turn
from services.triage.domain.heard import Wording, plain, says
from shared.gazetteer import Commune, Register, Structure

ASKED_BACK = frozenset({"emergency", "tip", "admin_question"})
MOST = 2
"""Questions a case: a person who wrote for help is not interrogated."""
FEWEST_NAMED, MOST_NAMED = 2, 3
"""So many communes may be named in a question; with more it asks openly."""

WHERE = {
    "emergency": "Xin cho biết ngay: ông/bà đang ở xã, phường nào, gần chỗ nào ạ?",
    "tip": "Xin ông/bà cho biết việc này xảy ra ở xã, phường nào ạ?",
    "admin_question": "Xin ông/bà cho biết mình đang cư trú ở xã, phường nào ạ?",
}
WHERE_AGAIN = "Nơi ông/bà nêu có thể thuộc nhiều xã. Xin cho biết rõ tên xã hoặc phường, hoặc gửi vị trí trên bản đồ ạ?"
WHICH = {
    "emergency": "Xin cho biết ngay: ở {places} ạ?",
    "tip": "Xin ông/bà cho biết việc này xảy ra ở {places} ạ?",
    "admin_question": "Xin ông/bà cho biết mình đang cư trú ở {places} ạ?",
}
WHEN = "Xin ông/bà cho biết việc này xảy ra vào ngày nào, khoảng mấy giờ ạ?"

Candidates = tuple[tuple[str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`candidates`: the communes it names, each of 2020 and of today."""

    about: Literal["commune", "when"]
    text: str
    candidates: Candidates = ()


def question(
    case: Case, segment: Segment, *, register: Register, wording: Wording, most: int = MOST
) -> Question | None:
    """What to ask now, or None. While a question is unanswered nothing is asked, and no question is put twice."""
    asked = [turn for turn in segment.automatic if turn.automatic and turn.automatic.purpose == "question"]
    if not _may_be_asked(case, segment) or len(asked) >= min(most, MOST) or pending(asked, segment.messages):
        return None
    wanted = _missing(case, segment, asked, register, wording)
    put = {turn.automatic.version for turn in asked if turn.automatic}
    return wanted if wanted and wanted.text not in put else None


def _may_be_asked(case: Case, segment: Segment) -> bool:
    facts = case.facts
    if facts.category not in ASKED_BACK or facts.status != "open" or case.conflict or segment.answers:
        return False
    return case.person_says is None


def pending(asked: Sequence[Turn], messages: Sequence[Turn]) -> bool:
    """Whether the last question still waits for the fact it asked for."""
    if not asked or asked[-1].automatic is None:
        return False
    about, since = asked[-1].automatic.about, asked[-1].order
    later = [turn.heard for turn in messages if turn.order > since]
    return not any(heard.tells_place if about == "commune" else heard.tells_when for heard in later)


def _missing(
    case: Case, segment: Segment, asked: Sequence[Turn], register: Register, wording: Wording
) -> Question | None:
    if "commune_unclear" in case.facts.review:
        return _which_commune(case, segment, asked, register)
    return Question("when", WHEN) if _time_is_missing(case, segment, wording) else None


def _time_is_missing(case: Case, segment: Segment, wording: Wording) -> bool:
    """What goes on at this moment (urgency high) is not asked when it was."""
    facts = case.facts
    if facts.category != "tip" or facts.urgency not in {"normal", "low"} or facts.topic not in wording.when_matters:
        return False
    return not any(turn.heard.tells_when for turn in segment.messages)


def _which_commune(case: Case, segment: Segment, asked: Sequence[Turn], register: Register) -> Question:
    category, structure = case.facts.category, Structure(case.structure)
    candidates = _candidates(segment.messages)
    names = names_of(candidates, register, structure)
    if names:
        return Question("commune", WHICH[category].format(places=_or(names)), candidates)
    before = any(turn.automatic and turn.automatic.about == "commune" for turn in asked)
    return Question("commune", WHERE_AGAIN if before else WHERE[category])


def _candidates(messages: Sequence[Turn]) -> Candidates:
    """Those of the latest message that left it open."""
    found = [turn.reading.candidates for turn in messages if turn.reading and turn.reading.place == "ambiguous"]
    return found[-1] if found else ()


def names_of(candidates: Candidates, register: Register, structure: Structure) -> list[str]:
    """As a person knows them, with the district where two bear one name. None where they are too many, or unknown."""
    communes = [each for each in communes_of(candidates, register, structure) if each is not None]
    if not FEWEST_NAMED <= len(candidates) <= MOST_NAMED or len(communes) < len(candidates):
        return []
    names = [_small(each.full_name) for each in communes]
    if len(set(names)) < len(names):
        names = [_small(each.address) for each in communes]
    return names if len(set(names)) == len(names) else []


def communes_of(candidates: Candidates, register: Register, structure: Structure) -> list[Commune | None]:
    return [register.commune(structure, of_2020 if structure == "2020" else of_2025) for of_2020, of_2025 in candidates]


def chosen(
    text: str, candidates: Candidates, register: Register, structure: Structure
) -> tuple[str | None, str | None] | None:
    """Which of the communes a question named the person's answer means, by its name or its district; None: unclear."""
    bare = plain(text)
    communes = communes_of(candidates, register, structure)
    name_them: tuple[Callable[[Commune], str | None], ...] = (lambda one: one.name, lambda one: one.district)
    for name in name_them:
        keys = [plain(name(one) or "").strip() if one else "" for one in communes]
        meant = [n for n, key in enumerate(keys) if key and keys.count(key) == 1 and _names(bare, key)]
        if len(meant) == 1:
            return candidates[meant[0]]
    return None


def _names(bare: str, key: str) -> bool:
    """A district's type word may be left out."""
    return says(bare, (key, key.removeprefix("huyen "), key.removeprefix("thanh pho "), key.removeprefix("thi xa ")))


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} hay {names[-1]}"


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]
