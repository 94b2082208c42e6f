"""The answer: where from, one spot or candidates with their chances, how sure, and why."""

from dataclasses import dataclass

from services.triage.domain.understanding.message import Place
from services.triage.domain.understanding.place.spots import Spot

MOST_CANDIDATES = 40  # the largest former district has 21, a page's province more


@dataclass(frozen=True, slots=True)
class Located:
    """Where the matter is. `spot` is one commune, or None with `candidates` in order and their `chances` (sum 1).

    `province` is of the structure in force, None abroad. `only_district`: nothing but a former district is told.
    `unclear`: a person must settle the commune (review commune_unclear). `sureness`: the probability that the answer
    is right. `why` is a sentence in Vietnamese without its full stop.
    """

    place: Place
    province: str | None
    spot: Spot | None
    candidates: tuple[Spot, ...]
    only_district: bool
    unclear: bool
    sureness: float
    why: str
    chances: tuple[float, ...] = ()


def chances_of(count: int, *, first_leads: bool) -> tuple[float, ...]:
    """Chances of so many candidates: the first one's is that of three others where it leads."""
    if not count:
        return ()
    weights = [3.0 if first_leads and index == 0 else 1.0 for index in range(count)]
    return tuple(round(weight / sum(weights), 4) for weight in weights)
