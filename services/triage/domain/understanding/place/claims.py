"""What each name claims: the communes it may mean, narrowed by type word, district and page, and how much it weighs."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.domain.understanding.place.beyond import LIVES_THERE, is_outside, is_tied
from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.names import PlaceNames
from services.triage.domain.understanding.place.roles import TOLD_FROM, Role
from services.triage.domain.understanding.place.search import Likeness
from services.triage.domain.understanding.place.spots import Spot, distinct
from services.triage.domain.understanding.place.story import Story
from shared.gazetteer.commune import Kind
from shared.gazetteer.structure import Structure
from shared.text import fold

_MENDED = 0.86  # how sure a name with a letter wrong is
_LIVES_FAR = 0.44  # in a question: a far place one lives in, against any of ours that is told
# In a question: where the procedure is done, then where one lives; "người Krông Bông" is who asks.
_ASKING = {
    Role.GONE_TO: Role.TOLD.value,
    Role.OFFICE: Role.TOLD.value,
    Role.LODGING: Role.TOLD.value,
    Role.ORIGIN: Role.REGISTERED.value,
    Role.END: Role.REGISTERED.value,
}
_WAY = (" di", " ve", " den", " toi", " qua", " ra", " vao", " sang", " -")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one name claims: spots, or another province. `unsettled`: it may as well be beyond the province.

    `tied`: words tie the matter to the far place.
    """

    mention: Mention
    spots: tuple[Spot, ...]
    weight: float
    sure: float
    outside: bool = False
    province: str | None = None
    only_district: bool = False
    unsettled: bool = False
    tied: bool = False

    def target(self, structure: Structure) -> frozenset[str | None]:
        """What it leads to, to compare claims by."""
        if self.outside:
            return frozenset({f"province {self.province}"})
        return frozenset(spot.code(structure) for spot in self.spots)


class Claimant:
    """Turns the mentions of one text into claims, with one structure's names and the page's commune, if it has one."""

    def __init__(self, names: PlaceNames, page: Spot | None, story: Story) -> None:
        self._names, self._page, self._story = names, page, story
        self._structure = names.structure
        self._own_named = False

    def claims_of(self, mentions: Sequence[Mention]) -> list[Claim]:
        """A claim for each name that claims anything; districts beside a commune in them only narrow."""
        self._own_named = any(mention.name.own for mention in mentions)
        context = self._context(mentions)
        districts = frozenset(m.name.district for m in context.values() if m.name.district)
        found = (self._claim(i, mentions, districts) for i in range(len(mentions)) if i not in context)
        return [claim for claim in found if claim is not None]

    def _context(self, mentions: Sequence[Mention]) -> dict[int, Mention]:
        """Districts (and the own province) that stand beside a commune in them: they narrow, and claim nothing."""
        found = {
            index: mention
            for index, mention in enumerate(mentions)
            if self._is_district(mention)
            and any(self._narrows(mention, other) for other in mentions if other is not mention)
        }
        return {index: mention for index, mention in found.items() if not self._is_itself(mention, mentions, found)}

    def _narrows(self, district: Mention, other: Mention) -> bool:
        if other.as_district or other.as_province or not other.name.spots:
            return False
        if other.name.former_province and not other.kind:
            return False
        if district.as_district and other.kind and 0 <= district.start - other.end <= 1:
            return True  # "xã Ea Tu huyện Krông Pắc": what contradicts is told too
        beside = _adjacent(district, other) or district.role.value >= TOLD_FROM
        return beside and _lies_in(other, district.name.district)

    def _is_itself(self, mention: Mention, mentions: Sequence[Mention], found: dict[int, Mention]) -> bool:
        """A district's name that is all the others', too: one of them must stay."""
        return bool(mention.name.spots) and len(found) == len(mentions)

    def _is_district(self, mention: Mention) -> bool:
        name = mention.name
        if name.district is None or mention.kind is not None:
            return False
        return mention.as_district or not mention.name.spots or not mention.at_seat

    def _claim(self, index: int, mentions: Sequence[Mention], districts: frozenset[str]) -> Claim | None:
        mention = mentions[index]
        beyond = self._beyond(mention, mentions[index + 1 :])
        weight = self._weight(mention)
        if beyond is not None:
            return self._outside(mention, beyond, weight)
        name = mention.name
        if name.own or mention.as_province:
            return None
        if name.former_province and not mention.kind:
            return self._whole_province(mention, name.former_province, weight)
        if mention.as_district or (name.district and not name.spots):
            return self._whole_district(mention, weight)
        return self._commune(mention, mentions, districts, weight)

    def _commune(
        self, mention: Mention, mentions: Sequence[Mention], districts: frozenset[str], weight: float
    ) -> Claim | None:
        spots = self._narrow(mention, mentions, districts)
        named_district = mention.name.district and not (mention.kind or self._at_seat(mention))
        only = bool(named_district) and len(spots) > 1
        at_work = mention.role is Role.WORK and self._story.inside
        if not spots or at_work or (only and self._is_a_feature(mention)):
            return None
        sure, unsettled = self._sureness(mention, spots, districts), self._may_be_beyond(mention, spots, districts)
        return Claim(mention, spots, weight, sure, only_district=only, unsettled=unsettled)

    def _may_be_beyond(self, mention: Mention, spots: tuple[Spot, ...], districts: frozenset[str]) -> bool:
        """A name that a province or a well-known town has too (Bình Thuận, Krông Nô) and nothing settles."""
        if not mention.name.beyond or mention.name.tabled or mention.kind or mention.nested:
            return False
        near = districts | (self._page.districts if self._page else frozenset())
        return not any(spot.districts & near for spot in spots)

    def _weight(self, mention: Mention) -> float:
        role = mention.role
        weight = role.value
        if role in {Role.BOUGHT, Role.THEIRS} and self._story.bought:
            weight = Role.TOLD.value
        if role is Role.THEIRS and self._story.visited:
            weight = Role.ORIGIN.value
        if self._story.asking:
            weight = _ASKING.get(role, weight)
        if weight < TOLD_FROM:
            return weight
        weight += 0.05 * (mention.kind is not None) + 0.04 * mention.nested + 0.03 * mention.pointed
        weight -= 0.1 * (not mention.certain) * (not mention.pointed) + 0.06 * mention.at_school
        return weight

    def _sureness(self, mention: Mention, spots: tuple[Spot, ...], districts: frozenset[str]) -> float:
        """How often such evidence is right about the commune, from the development sets."""
        strong = mention.kind is not None or mention.name.landmark or mention.nested
        told_in = any(spot.districts & districts for spot in spots)
        sure = 0.98 if strong or told_in else 0.97 if mention.certain and mention.pointed else 0.94
        if mention.likeness is Likeness.MENDED:
            sure = _MENDED
        if mention.kind and all(spot.kind is not mention.kind for spot in mention.name.spots):
            sure -= 0.06
        return sure - (0.06 if mention.at_school else 0.0)

    def _beyond(self, mention: Mention, following: Sequence[Mention]) -> tuple[str | None, ...] | None:
        """The provinces a name leads to where it is none of ours, or one of ours set in another province."""
        name = mention.name
        after = following[0] if following else None
        if after and _adjacent(mention, after) and _only_beyond(after):
            return after.name.beyond
        if not name.beyond:
            return None
        if not (name.spots or name.district or name.own):
            return name.beyond
        named = mention.as_province or (mention.as_district and name.district is None)
        return name.beyond if named and not name.own else None

    def _outside(self, mention: Mention, provinces: tuple[str | None, ...], weight: float) -> Claim | None:
        if not self._story.elsewhere or not is_outside(mention, self._story, own_named=self._own_named):
            return None
        tied = is_tied(mention, self._story)
        if self._story.asking and mention.role in LIVES_THERE and not tied:
            weight = _LIVES_FAR
        weight = max(weight, Role.TOLD.value if tied else 0.0)
        province = provinces[0] if len(provinces) == 1 else None
        sure = 0.93 if mention.role in {Role.EVENT, Role.TOLD, Role.VISITED} and province else 0.8
        sure = sure if len(provinces) == 1 else 0.65
        return Claim(mention, (), weight, sure, outside=True, province=province, tied=tied)

    def _whole_province(self, mention: Mention, province: str, weight: float) -> Claim | None:
        """A former province is as open as a former district, and tells nothing new to a page that lies there."""
        spots = self._names.spots_of_former_province(province)
        here = self._page.code(self._structure) if self._page else None
        if not mention.pointed or here in {spot.code(self._structure) for spot in spots}:
            return None
        together = distinct((*mention.name.spots, *spots), self._structure)
        return Claim(mention, together, weight, 0.9, only_district=True)

    def _whole_district(self, mention: Mention, weight: float) -> Claim | None:
        role, asking = mention.role, self._story.asking
        elsewhere = role in {Role.WORK, Role.THEIRS} or (role in {Role.OFFICE, Role.GONE_TO} and not asking)
        if mention.name.district is None or (elsewhere and self._page is not None):
            return None
        if self._is_a_feature(mention):
            return None
        spots = distinct(self._names.spots_of_district(mention.name.district), self._structure)
        return Claim(mention, spots, weight, 0.9, only_district=True)

    def _is_a_feature(self, mention: Mention) -> bool:
        """A lake, bridge or crossroads named for the district the page lies in says no more than the page."""
        here = self._page.districts if self._page else frozenset()
        return mention.at_site and not mention.at_seat and mention.name.district in here

    def _contradicting(
        self, mention: Mention, mentions: Sequence[Mention], districts: frozenset[str]
    ) -> tuple[Spot, ...]:
        """Of "xã Ea Tu huyện Krông Pắc" one is wrong: what the district holds, where it is named beside the commune."""
        beside = (other for other in mentions if other.as_district and _adjacent(mention, other))
        codes = {other.name.district for other in beside} & districts
        return tuple(spot for code in codes if code for spot in self._names.spots_of_district(code))

    def _narrow(self, mention: Mention, mentions: Sequence[Mention], districts: frozenset[str]) -> tuple[Spot, ...]:
        """The spots that type word, district and page leave. A district that contradicts leaves all in doubt."""
        spots = own = self._by_type_word(mention)
        district = mention.name.district
        if district and not (mention.kind or self._at_seat(mention)) and district not in districts:
            spots = (*spots, *self._names.spots_of_district(district))
        if districts:
            inside = tuple(spot for spot in spots if spot.districts & districts)
            spots = inside or (*spots, *self._contradicting(mention, mentions, districts))
        spots = distinct(spots, self._structure)
        return self._by_the_page(spots, own) if len(spots) > 1 and not mention.name.landmark else spots

    def _by_type_word(self, mention: Mention) -> tuple[Spot, ...]:
        """The name's spots by its type word, or by a landmark of the seat that bears a former district's name."""
        spots = mention.name.spots
        if mention.kind:
            typed = tuple(spot for spot in spots if spot.kind is mention.kind)
            return tuple(spot for spot in typed if spot.now) or typed or spots
        if self._at_seat(mention):
            return tuple(spot for spot in spots if spot.now) or spots
        return spots

    def _at_seat(self, mention: Mention) -> bool:
        """Since 1 July 2025 "chợ Krông Pắc" is in the xã that bears the former district's name."""
        if not mention.at_seat or mention.name.district is None or mention.as_district:
            return False
        if self._structure is Structure.OF_2025:
            return True
        return any(spot.kind is Kind.THI_TRAN for spot in mention.name.spots)

    def _by_the_page(self, spots: tuple[Spot, ...], own: tuple[Spot, ...]) -> tuple[Spot, ...]:
        """A page that bears the name settles it, or one whose district only one of them lies in."""
        page = self._page
        if page is None:
            return spots
        here, named = page.code(self._structure), {spot.code(self._structure) for spot in own}
        if len(spots) == len(named):
            same = tuple(spot for spot in spots if spot.code(self._structure) == here)
            if same and not _parts_of_one(spots):
                return same
        near = tuple(spot for spot in spots if spot.districts & page.districts)
        return near if near and (len(near) == 1 or _parts_of_one(near)) else spots


def _parts_of_one(spots: Sequence[Spot]) -> bool:
    """The parts of one commune that was split: neither page nor district says which."""
    return len(spots) > 1 and spots[0].commune_2020 is not None and len({s.commune_2020 for s in spots}) == 1


def _adjacent(one: Mention, other: Mention) -> bool:
    """Side by side, and no way from one to the other."""
    first, second = (one, other) if one.start < other.start else (other, one)
    return second.start - first.end <= 1 and not fold(second.lead).endswith(_WAY)


def _lies_in(mention: Mention, district: str | None) -> bool:
    return any(district in spot.districts for spot in mention.name.spots)


def _only_beyond(mention: Mention) -> bool:
    name = mention.name
    return bool(name.beyond) and not (name.spots or name.district or name.own)
