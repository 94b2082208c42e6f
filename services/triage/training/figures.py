"""What decisions are worth against what people say is right: the figures of `make evaluate`. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.domain.understanding import Category, Decision, Message, Place, Review
from shared.gazetteer import Structure, structure_on

TOLD = frozenset({"text", "page", "conversation"})
NO_COMMUNE_NEEDED = frozenset({"spam", "other", "feedback"})
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A message, what is right by the guide, and what was decided.

    `right`: the guide's fields; `candidates` are codes in the structure in force; `acceptable`, further communes.
    """

    message: Message
    right: dict[str, Any]
    decided: Decision

    @property
    def structure(self) -> Structure:
        return structure_on(self.message.occurred_on)

    @property
    def commune(self) -> str | None:
        """The commune answered, in the structure in force."""
        return self.decided.commune_2020 if self.structure is Structure.OF_2020 else self.decided.commune_2025

    @property
    def right_communes(self) -> set[str | None]:
        """The communes that are right; None among them where answering none is."""
        told = self.right["commune_2020" if self.structure is Structure.OF_2020 else "commune_2025"]
        found: set[str | None] = {told, *self.right.get("acceptable", ())}
        if self.right["category"] in NO_COMMUNE_NEEDED:
            page = self.message.page_commune_2020, self.message.page_commune_2025
            found |= {None, page[self.structure is Structure.OF_2025]}
        return found

    @property
    def category_right(self) -> bool:
        return bool(self.decided.category == self.right["category"])

    @property
    def commune_right(self) -> bool:
        return self.commune in self.right_communes

    @property
    def silently_wrong(self) -> bool:
        """A commune answered that is not acceptable, and nobody asked to look."""
        looked_at = {Review.COMMUNE_UNCLEAR, Review.LOW_CONFIDENCE} & set(self.decided.review)
        return self.commune is not None and not self.commune_right and not looked_at


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` of `of` messages, what is to be reached and aimed at; `lower`: less is better."""

    name: str
    value: float
    of: int
    reach: float
    aim: float
    lower: bool = False

    @property
    def reached(self) -> bool:
        return self.value <= self.reach if self.lower else self.value >= self.reach


def figures(judged: Sequence[Judged], flips: tuple[int, int]) -> list[Figure]:
    """The table of the evaluation. `flips`: (decisions that changed without diacritics, of how many)."""
    return [*_subjects(judged), *_places(judged), *_care(judged, flips)]


def _subjects(judged: Sequence[Judged]) -> Iterable[Figure]:
    emergency = recall_precision(judged, lambda j: j.right["category"] == "emergency", _is_emergency)
    tips = [j for j in judged if j.right["category"] not in NO_COMMUNE_NEEDED]
    asked = [j for j in judged if j.right["category"] == "admin_question"]
    yield Figure("category macro-F1", macro_f1(judged), len(judged), 0.88, 0.92)
    yield Figure("emergency recall", emergency[0], emergency[2], 0.95, 0.98)
    yield Figure("emergency precision", emergency[1], emergency[3], 0.75, 0.85)
    yield Figure("topic", share(judged, _topic_right), len(judged), 0.80, 0.85)
    yield Figure("topic, reports and questions", share(tips, _topic_right), len(tips), 0.80, 0.85)
    yield Figure("procedure", share(asked, _procedure_right), len(asked), 0.84, 0.88)
    yield Figure("urgency", share(judged, _urgency_right), len(judged), 0.8, 0.9)
    yield Figure("act", share(judged, _act_right), len(judged), 0.80, 0.90)


def _places(judged: Sequence[Judged]) -> Iterable[Figure]:
    told = [j for j in judged if j.right["place"] in TOLD and _needs_commune(j)]
    text = [j for j in told if j.right["place"] == "text"]
    outside = [j for j in judged if j.right["place"] == "outside"]
    ambiguous = [j for j in judged if j.right["place"] == "ambiguous"]
    yield Figure("commune, told by page or text", share(told, lambda j: j.commune_right), len(told), 0.97, 0.98)
    yield Figure("commune, told by text", share(text, lambda j: j.commune_right), len(text), 0.94, 0.96)
    wrong = share(judged, lambda j: j.silently_wrong)
    yield Figure("silent wrong commune", wrong, len(judged), 0.007, 0.003, lower=True)
    yield Figure("outside recognised", share(outside, _outside_right), len(outside), 0.85, 0.95)
    yield Figure("ambiguous asked", share(ambiguous, _asked), len(ambiguous), 0.80, 0.90)


def _care(judged: Sequence[Judged], flips: tuple[int, int]) -> Iterable[Figure]:
    conflict = review_recall_precision(judged, Review.CONFLICT)
    no_answer = review_recall_precision(judged, Review.NO_ANSWER)
    language = review_recall_precision(judged, Review.LANGUAGE)
    queue = share(judged, lambda j: bool({Review.COMMUNE_UNCLEAR, Review.LOW_CONFIDENCE} & set(j.decided.review)))
    yield Figure("review queue", queue, len(judged), 0.08, 0.06, lower=True)
    yield Figure("conflict recall", conflict[0], conflict[2], 0.85, 0.95)
    yield Figure("conflict precision", conflict[1], conflict[3], 0.60, 0.80)
    yield Figure("no_answer recall", no_answer[0], no_answer[2], 0.80, 0.90)
    yield Figure("no_answer precision", no_answer[1], no_answer[3], 0.80, 0.90)
    yield Figure("language recall", language[0], language[2], 0.80, 0.90)
    yield Figure("language precision", language[1], language[3], 0.80, 0.90)
    yield Figure("calibration error (ECE)", calibration_error(judged), len(judged), 0.05, 0.03, lower=True)
    yield Figure("changed without diacritics", flips[0] / max(1, flips[1]), flips[1], 0.05, 0.03, lower=True)


def macro_f1(judged: Sequence[Judged]) -> float:
    """The mean over the categories that occur of each one's F1."""
    scores = [f1(judged, category) for category in Category if any(j.right["category"] == category for j in judged)]
    return sum(scores) / len(scores)


def f1(judged: Sequence[Judged], category: Category) -> float:
    """Harmonic mean of a category's recall and precision; 0 where it is never rightly decided."""
    recall, precision, _, _ = recall_precision(
        judged, lambda j: j.right["category"] == category, lambda j: j.decided.category is category
    )
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def recall_precision(
    judged: Sequence[Judged], right: Callable[[Judged], bool], said: Callable[[Judged], bool]
) -> tuple[float, float, int, int]:
    """(recall, precision, how many are right, how many were said)."""
    both = sum(right(j) and said(j) for j in judged)
    are, were = sum(map(right, judged)), sum(map(said, judged))
    return both / max(1, are), both / max(1, were), are, were


def review_recall_precision(judged: Sequence[Judged], review: Review) -> tuple[float, float, int, int]:
    """The same for one reason to look."""
    return recall_precision(judged, lambda j: review in j.right["review"], lambda j: review in j.decided.review)


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error: |stated − true|, over ten equal bins of confidence, weighted by their messages."""
    return sum(abs(stated - true) * count for stated, true, count in calibration(judged)) / max(1, len(judged))


def calibration(judged: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each bin that is not empty: (mean confidence, share right, messages)."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for j in judged:
        right = j.category_right and (j.commune_right or _asked_rightly(j))
        bins[min(BINS - 1, int(j.decided.confidence * BINS))].append((j.decided.confidence, right))
    return [
        (sum(c for c, _ in each) / len(each), sum(r for _, r in each) / len(each), len(each))
        for _, each in sorted(bins.items())
    ]


def confusion(judged: Sequence[Judged]) -> Counter[tuple[str, str]]:
    """How often (right category, decided category)."""
    return Counter((j.right["category"], j.decided.category.value) for j in judged)


def share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> float:
    """The share of them of which it holds; 1 of none, for then nothing failed."""
    return sum(map(holds, judged)) / len(judged) if judged else 1.0


def worst(judged: Sequence[Judged], most: int) -> list[Judged]:
    """The graver mistakes first: missed emergencies, silent wrong communes, then whatever was surest and wrong."""
    wrong = [j for j in judged if not j.category_right or not j.commune_right or not _topic_right(j)]
    return sorted(wrong, key=_gravity, reverse=True)[:most]


def _gravity(j: Judged) -> tuple[bool, bool, bool, bool, float]:
    missed = j.right["category"] == "emergency" and not _is_emergency(j)
    leaked = "conflict" in j.right["review"] and Review.CONFLICT not in j.decided.review
    return missed, j.silently_wrong, leaked, not j.category_right, j.decided.confidence


def _is_emergency(j: Judged) -> bool:
    return j.decided.category is Category.EMERGENCY


def _topic_right(j: Judged) -> bool:
    return bool(j.decided.topic == j.right["topic"])


def _urgency_right(j: Judged) -> bool:
    return j.decided.urgency.value == str(j.right["urgency"])


def _procedure_right(j: Judged) -> bool:
    return bool(j.decided.procedure == j.right["procedure"])


def _act_right(j: Judged) -> bool:
    return bool((j.decided.act.value if j.decided.act else None) == j.right["act"])


def _needs_commune(j: Judged) -> bool:
    return j.right["category"] not in NO_COMMUNE_NEEDED


def _outside_right(j: Judged) -> bool:
    return j.decided.place is Place.OUTSIDE and bool(j.decided.province == j.right["province"])


def _asked(j: Judged) -> bool:
    return j.decided.place is Place.AMBIGUOUS


def _asked_rightly(j: Judged) -> bool:
    return j.commune is None and j.right["place"] in {"ambiguous", "none", "outside"}
