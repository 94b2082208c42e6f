"""How alike two tellings are: the same place and kind within the window first, then words, time and spot.

Symmetric: which of the two is asked first does not matter (a property of the tests).
"""

from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from services.triage.domain.incidents.rules import Rules
from services.triage.domain.incidents.telling import NEW, Telling

UNKNOWN = 0.5
"""A sign that tells nothing either way."""
SECONDS_AN_HOUR = 3600
HOURS_A_DAY = 24
FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` 0 to 1; `reasons` in Vietnamese, for the officer who decides."""

    score: float
    reasons: tuple[str, ...]


def likeness(one: Telling, other: Telling, rules: Rules) -> Likeness | None:
    """None where they cannot tell the same event, or too little speaks for it."""
    shared = one.families & other.families
    if one.case == other.case or one.sealed != other.sealed or not shared or not same_place(one, other):
        return None
    gap, window = abs(one.at - other.at), rules.window(shared)
    if gap > window:
        return None
    words, elsewhere = _words(one, other, rules.chance), _elsewhere(one, other)
    spots = _same_spots(one, other)
    spot = 1.0 if spots else 0.0 if elsewhere else UNKNOWN
    score = rules.words * words + rules.time * (1 - gap / window) + rules.spot * spot
    score = round(score * rules.elsewhere if elsewhere and not spots else score, 3)
    if score < rules.threshold:
        return None
    titles = sorted(rules.families[slug].title for slug in shared)
    return Likeness(score, _reasons(one, other, titles, gap, window, words, spots))


def same_place(one: Telling, other: Telling) -> bool:
    """The same commune of the structure in force, or one that the other may be in. Across the change, today's."""
    structure = one.structure if one.structure == other.structure else NEW
    if not (one.sure or other.sure):
        return False
    return not one.codes(structure).isdisjoint(other.codes(structure))


def _words(one: Telling, other: Telling, chance: float) -> float:
    """0 for what unrelated words reach by chance, 1 for the same. Too few of them tell nothing."""
    if min(one.words.count(" "), other.words.count(" ")) < FEWEST_WORDS - 1:
        return UNKNOWN
    first, second = sorted((one.words, other.words))
    return max(0.0, (fuzz.token_set_ratio(first, second) / 100 - chance) / (1 - chance))


def _same_spots(one: Telling, other: Telling) -> tuple[str, ...]:
    villages = {
        f"{kind} {name}"
        for kind, names in one.villages.items()
        for name in names & other.villages.get(kind, frozenset())
    }
    return tuple(sorted((one.spots & other.spots) | villages))


def _elsewhere(one: Telling, other: Telling) -> bool:
    """Both name a village of one kind, and not the same."""
    return any(
        kind in other.villages and names.isdisjoint(other.villages[kind]) for kind, names in one.villages.items()
    )


def _reasons(
    one: Telling,
    other: Telling,
    titles: list[str],
    gap: timedelta,
    window: timedelta,
    words: float,
    spots: tuple[str, ...],
) -> tuple[str, ...]:
    sure = one.sure and other.sure
    where = "Cùng một xã, phường." if sure else "Một tin chưa rõ xã; xã của tin kia là một trong các nơi có thể."
    reasons = [
        where,
        f"Cùng loại việc: {', '.join(titles)}.",
        f"Báo cách nhau {_spoken(gap)} (xét trong {_spoken(window)}).",
        f"Lời kể giống nhau {words:.0%}.",
    ]
    if spots:
        reasons.append(f"Cùng nêu: {', '.join(spots)}.")
    elif _elsewhere(one, other):
        reasons.append("Nêu hai thôn, buôn khác nhau.")
    return tuple(reasons)


def _spoken(span: timedelta) -> str:
    """Minutes, hours or days, whichever reads best."""
    hours = span.total_seconds() / SECONDS_AN_HOUR
    if hours < 1:
        return f"{round(hours * 60)} phút"
    return f"{round(hours)} giờ" if hours <= 2 * HOURS_A_DAY else f"{round(hours / HOURS_A_DAY)} ngày"
