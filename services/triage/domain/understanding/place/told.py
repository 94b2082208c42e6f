"""What a text tells of a place: its claims weighed against each other.

The heaviest claim wins by a margin; without one nothing is told, and claims too close to call are candidates.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.triage.domain.understanding.place.beyond import LIVES_THERE
from services.triage.domain.understanding.place.claims import Claim, Claimant
from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.names import PlaceNames
from services.triage.domain.understanding.place.roles import SAYS, TOLD_FROM, Role
from services.triage.domain.understanding.place.spots import Spot, distinct, narrowest
from services.triage.domain.understanding.place.story import Story
from shared.text import fold

MARGIN = 0.08  # by which the heaviest claim must lead

_BETTER_THAN_NONE = frozenset({Role.FROM, Role.NEAR})  # alone, and with no page to go by


@dataclass(frozen=True, slots=True)
class Told:
    """What a text tells. `spots`: one is settled, more are candidates in order; `why` is a sentence in Vietnamese.

    `outside`: another province, `province` its code in force (None abroad). `weak` are communes named in a part that
    tells no place (a road's end). `unsettled`: even a single spot is but a candidate.
    `unknown` is a commune told that no table has.
    """

    spots: tuple[Spot, ...] = ()
    only_district: bool = False
    outside: bool = False
    province: str | None = None
    role: Role | None = None
    sure: float = 0.0
    weak: tuple[Spot, ...] = ()
    unsettled: bool = False
    unknown: str | None = None
    why: str = ""

    @property
    def settled(self) -> Spot | None:
        """The one spot told, if there is one."""
        return self.spots[0] if len(self.spots) == 1 and not self.unsettled else None


NOTHING = Told()


class Weigher:
    """Weighs the mentions of one text, with one structure's names and the page's commune, if it has one."""

    def __init__(self, names: PlaceNames, page: Spot | None, story: Story) -> None:
        self._page, self._story, self._structure = page, story, names.structure
        self._claimant = Claimant(names, page, story)

    def weigh(self, mentions: Sequence[Mention]) -> Told:
        """The settled spot, candidates, another province, or nothing."""
        return self._decided(self._claimant.claims_of(mentions)) if mentions else NOTHING

    def _decided(self, claims: list[Claim]) -> Told:
        strong = self._here_or_far([claim for claim in claims if claim.weight >= TOLD_FROM])
        if self._story.asking and (self._story.inside or any(not claim.only_district for claim in strong)):
            strong = [claim for claim in strong if not claim.only_district]
        if self._story.last_named:
            strong = self._last(claims, strong)
        if not strong:
            alone = claims[0] if len(claims) == 1 and claims[0].mention.role in _BETTER_THAN_NONE else None
            if alone and self._page is None and not alone.outside:
                return replace(self._answer([alone], []), sure=0.7)
            weak = distinct([spot for claim in claims for spot in claim.spots if not claim.outside], self._structure)
            return replace(NOTHING, weak=() if any(c.only_district for c in claims) else weak)
        ranked = sorted(self._grouped(strong), key=lambda group: -group[0].weight)
        best, others = ranked[0], ranked[1:]
        close = [group for group in others if best[0].weight - group[0].weight < MARGIN]
        if close:
            return self._too_close([best, *close])
        return self._answer(best, others)

    def _here_or_far(self, strong: list[Claim]) -> list[Claim]:
        """Without those that give way: a mere home to a far place of the matter, mere life far away to a place here."""
        asking = self._story.asking
        if (
            not asking
            and len(strong) > 1
            and any(not _fled(claim) and claim.mention.role not in _ASIDE for claim in strong)
        ):
            strong = [claim for claim in strong if claim.outside or not _fled(claim)]
        if not asking and any(claim.outside and claim.mention.role in _HAPPENED for claim in strong):
            strong = [claim for claim in strong if claim.outside or not _returned(claim)]
        if any(claim.tied for claim in strong):
            strong = [claim for claim in strong if claim.outside or not _is_home(claim, self._story)]
            done_here = asking and any(not claim.outside for claim in strong)
            return [claim for claim in strong if not (claim.outside and done_here)]
        if any(_is_here(claim) for claim in strong):  # a home here beats being, living or asking far away
            return [c for c in strong if not (c.outside and (asking or c.mention.role in LIVES_THERE))]
        if any(claim.outside for claim in strong):
            return [claim for claim in strong if claim.outside or not _is_from_here(claim, self._story)]
        return strong

    def _grouped(self, claims: list[Claim]) -> list[list[Claim]]:
        """Claims that lead to the same, the heaviest first; one that lies within a wider one belongs to it."""
        groups: list[tuple[frozenset[str | None], list[Claim]]] = []
        for claim in sorted(claims, key=lambda claim: (len(claim.target(self._structure)), -claim.weight)):
            target = claim.target(self._structure)
            known = next((group for group in groups if group[0] <= target), None)
            if known is None:
                groups.append((target, [claim]))
            else:
                known[1].append(claim)
        return [self._boosted(group) for _, group in groups]

    def _boosted(self, group: list[Claim]) -> list[Claim]:
        heaviest = max(claim.weight for claim in group)
        return [replace(group[0], weight=heaviest + 0.02 * (len(group) - 1)), *group[1:]]

    def _last(self, claims: list[Claim], strong: list[Claim]) -> list[Claim]:
        """The last place named, unless one is said to be where it happened, or it was only headed for."""
        if any(claim.tied or claim.mention.role in {Role.EVENT, Role.NOW} for claim in strong):
            return strong
        here = [claim for claim in claims if claim.mention.role not in {Role.ORIGIN, Role.CLAIMED}]
        ends = [claim for claim in here if not (claim.outside or claim.only_district)]
        begun = [claim for claim in here if not (claim.only_district and claim.mention.role is Role.FROM)]
        passed = [claim for claim in begun if claim.mention.role is not Role.END] or ends
        passed = [claim for claim in passed if claim.mention.role not in _OWN_HOME] or passed
        return [replace(passed[-1], weight=1.0)] if passed else strong

    def _too_close(self, groups: list[list[Claim]]) -> Told:
        """Two places of equal weight: the page's, if it is one of them, else a person is asked."""
        here = self._page.code(self._structure) if self._page else None
        for group in groups:
            if here and group[0].target(self._structure) == frozenset({here}):
                return replace(self._answer(group, []), sure=0.85)
        spots = distinct([s for group in groups for s in group[0].spots], self._structure)
        quoted = ", ".join(dict.fromkeys(f"“{group[0].mention.written}”" for group in groups))
        if not spots:
            return self._answer(groups[0], [])
        return Told(self._page_first(spots), sure=0.85, why=f"lời nhắn nêu nhiều nơi ({quoted}), chưa rõ việc ở đâu")

    def _answer(self, group: list[Claim], others: list[list[Claim]]) -> Told:
        claim = group[0]
        quoted = f"“{claim.mention.written}”"
        sure = claim.sure - (0.04 if others else 0.0) - (0.05 if claim.weight < Role.OFFICE.value else 0.0)
        if claim.outside:
            why = f"việc xảy ra ở {quoted}, ngoài tỉnh"
            return Told(outside=True, province=claim.province, role=claim.mention.role, sure=sure, why=why)
        spots = distinct(claim.spots, self._structure)
        role = claim.mention.role
        if len(spots) == 1 and not claim.unsettled:
            spot = narrowest(
                [s for each in group for s in each.spots if len(each.spots) == 1] or spots, self._structure
            )
            return Told((spot,), role=role, sure=sure, why=f"{SAYS[role]} {quoted}")
        if claim.only_district:
            why = f"lời nhắn chỉ nêu {quoted} là tên huyện cũ, chưa rõ xã"
        else:
            why = f"{quoted} có thể là {len(spots) + claim.unsettled} nơi"
        first = self._page_first(spots)
        return Told(first, claim.only_district, role=role, sure=claim.sure - 0.05, unsettled=claim.unsettled, why=why)

    def _page_first(self, spots: tuple[Spot, ...]) -> tuple[Spot, ...]:
        here = self._page.code(self._structure) if self._page else None
        return tuple(sorted(spots, key=lambda spot: (spot.code(self._structure) != here, not spot.now)))


def _is_here(claim: Claim) -> bool:
    """Whether a claim sets the matter, or the sender's home, in the province: not merely where they hail from."""
    return not claim.outside and claim.mention.role not in _HAILS


def _is_from_here(claim: Claim, story: Story) -> bool:
    """Where one hails from; in a question a commune of registration counts, a district of it does not."""
    return claim.mention.role in _HAILS and (not story.asking or claim.only_district)


def _is_home(claim: Claim, story: Story) -> bool:
    """Whether a claim says no more than where one lives, hails from or came back to."""
    role = claim.mention.role
    if role in _LIVES or role in _HAILS:
        return True
    return (_returned(claim) and not story.asking) or (claim.only_district and role is not Role.EVENT)


def _returned(claim: Claim) -> bool:
    return _RETURN.search(fold(claim.mention.lead)) is not None


def _fled(claim: Claim) -> bool:
    """Whether one fled to kin there: what one fled from is elsewhere."""
    return not claim.outside and _FLED.search(fold(claim.mention.lead)) is not None


_ASIDE = frozenset({Role.REGISTERED, Role.WORK, Role.ORIGIN})
_FLED = re.compile(
    r" (bo chay|chay|tron|lanh|bong con|om con|dat con|be con)( [^ ,]+)? ?(ve|qua|sang|ra) nha( [^ ,]+){0,3}$"
)
_HAPPENED = frozenset({Role.EVENT, Role.TOLD, Role.VISITED, Role.BOUGHT})
_HAILS = frozenset({Role.REGISTERED, Role.ORIGIN})
_LIVES = frozenset({Role.HOME, Role.THEIRS, Role.END, Role.LODGING, Role.FROM})
_OWN_HOME = frozenset({Role.HOME, Role.REGISTERED})
_RETURN = re.compile(r" (ve|len lai|xuong lai)( (?!o )[^ ,]+){0,3}( o)?$")
