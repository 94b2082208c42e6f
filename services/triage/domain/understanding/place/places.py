"""Where a message's matter is: text before conversation before page, as the guide's table has it; never by chance."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from services.triage.domain.understanding.message import Category, Message, Place, Speaker, Turn
from services.triage.domain.understanding.place.located import MOST_CANDIDATES, Located, chances_of
from services.triage.domain.understanding.place.mentions import mentions_in, unknown_commune
from services.triage.domain.understanding.place.names import PlaceNames
from services.triage.domain.understanding.place.points import NO_ATLAS, Atlas, Pointed, pointed_at
from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.search import NameSearch
from services.triage.domain.understanding.place.spots import Spot
from services.triage.domain.understanding.place.story import story_of, without_sellers
from services.triage.domain.understanding.place.text import PlaceText, read_places
from services.triage.domain.understanding.place.told import NOTHING, Told, Weigher
from services.triage.domain.understanding.place.villages import NO_VILLAGES, Villages
from services.triage.domain.understanding.place.words import PlaceWords, ProvinceWords
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure, structure_on

_LAST_TURNS = 6  # of the conversation that are read
_SHORT = 8  # words of an answer that only confirms
_QUIET = frozenset({Category.SPAM, Category.OTHER, Category.FEEDBACK})
_REPORTS = frozenset({Category.EMERGENCY, Category.TIP})
_YES = frozenset(["da", "vang", "dung", "phai", "roi", "u", "uh", "ok", "yes", "chinh"])
# How often such an answer was right on the development sets.
_BY_PAGE, _BY_TALK, _BY_POINT, _NOWHERE, _ASKED, _STRANGE = 0.95, 0.92, 0.95, 0.93, 0.9, 0.6


class Places:
    """The names of an installation's province, ready to be found. Built once, then only read: safe to share."""

    def __init__(
        self,
        register: Register,
        words: PlaceWords,
        province: ProvinceWords,
        *,
        atlas: Atlas = NO_ATLAS,
        villages: Villages = NO_VILLAGES,
    ) -> None:
        self._register, self._words, self._atlas, self._villages = register, words, atlas, villages
        self._names = {structure: PlaceNames(register, words, province, structure) for structure in Structure}
        self._search = {structure: NameSearch(names) for structure, names in self._names.items()}

    def knowing(self, villages: Villages) -> "Places":
        """The same with a province's villages, which officers' groups and corrections tell; costs nothing."""
        other = copy(self)
        other._villages = villages  # noqa: SLF001 - a copy of ourselves
        return other

    def locate(self, message: Message, category: Category, topic: str) -> Located:
        """The commune of a message's matter, its candidates, another province, or nothing. Never raises."""
        names = self._names[structure_on(message.occurred_on)]
        page = self._page(message, names)
        only_page = page[0] if len(page) == 1 else None
        text = read_places(message.text)
        told = self._told(text, names, only_page, category, topic, asked=self._asks_where(message.conversation))
        if message.points:
            told = self._with_points(told, pointed_at(message.points, self._atlas, names), only_page, names)
        told = self._with_village(told, text, names, only_page)
        remembered = NOTHING
        if told.settled is None and message.conversation and not told.outside:
            remembered = self._remembered(message.conversation, names, only_page, text)
            before = self._remembered(message.conversation, names, None, text) if told.spots else remembered
            told = self._joined(told, before, names)
        return self._answer(told, remembered, page, category, text)

    # What is told.

    def _told(
        self,
        text: PlaceText,
        names: PlaceNames,
        page: Spot | None,
        category: Category,
        topic: str,
        *,
        asked: bool = False,
    ) -> Told:
        mentions = mentions_in(text, self._search[names.structure], self._words, asked=asked)
        unknown = unknown_commune(text, mentions, self._words)
        if not mentions:
            return replace(NOTHING, unknown=unknown)
        story = story_of(text, category, topic, self._words)
        if not story.elsewhere:
            mentions = without_sellers(mentions, topic)
        return replace(Weigher(names, page, story).weigh(mentions), unknown=unknown)

    def _with_points(self, told: Told, pointed: Pointed, page: Spot | None, names: PlaceNames) -> Told:
        """The text's own place beats a point that lies elsewhere; a point beats home, conversation and page."""
        if not (pointed.spots or pointed.outside):
            return told
        told_here = {spot.code(names.structure) for spot in told.spots}
        agreed = tuple(spot for spot in pointed.spots if spot.code(names.structure) in told_here)
        if agreed:
            spot = told.settled or agreed[0]
            return replace(told, spots=(spot,), unsettled=False, sure=0.98, why=f"{told.why}; vị trí chia sẻ cũng ở đó")
        if told.role in {Role.EVENT, Role.NOW, Role.TOLD, Role.VISITED} and (told.settled or told.outside):
            return replace(told, sure=min(told.sure, 0.8), why=f"{told.why}; vị trí chia sẻ ở nơi khác")
        if pointed.outside:
            return Told(outside=True, province=pointed.province, sure=0.9, why="vị trí chia sẻ ở ngoài tỉnh")
        return Told(_page_first(pointed.spots, page, names), sure=_BY_POINT, why=_point_says(pointed))

    def _with_village(self, told: Told, text: PlaceText, names: PlaceNames, page: Spot | None) -> Told:
        """A village of the province's table settles what is open: within the candidates, the district or the page's."""
        if told.settled or told.outside or self._villages is NO_VILLAGES:
            return told
        written, spots = self._villages.named_in(text, self._register, names.structure)
        if not spots:
            return told
        wanted = {spot.code(names.structure) for spot in told.spots}
        here = page.code(names.structure) if page else None
        if not wanted and here in {spot.code(names.structure) for spot in spots}:
            return told
        inside = [spot for spot in spots if not wanted or spot.code(names.structure) in wanted]
        if len(inside) == 1 and (wanted or page is None or inside[0].districts & page.districts):
            return Told((inside[0],), role=Role.TOLD, sure=0.85, why=f"“{written}” theo danh sách thôn, buôn")
        return told

    def _remembered(self, turns: Sequence[Turn], names: PlaceNames, page: Spot | None, text: PlaceText) -> Told:
        """The place the person told before, the latest first; or what the page asked and the person now confirms."""
        last = turns[-_LAST_TURNS:]
        if last[-1].speaker is Speaker.PAGE and len(text) <= _SHORT and not _YES.isdisjoint(text.bare[:3]):
            proposed = self._told(read_places(last[-1].text), names, page, Category.TIP, "", asked=True)
            if proposed.settled:
                return replace(proposed, why=f"trang hỏi và người gửi xác nhận: {proposed.why}")
        for index in range(len(last) - 1, -1, -1):
            if last[index].speaker is Speaker.PERSON:
                asked = self._asks_where(last[:index])
                told = self._told(read_places(last[index].text), names, page, Category.TIP, "", asked=asked)
                if told.spots:
                    return replace(told, why=f"trước đó trong cuộc trò chuyện: {told.why}")
        return NOTHING

    def _joined(self, told: Told, before: Told, names: PlaceNames) -> Told:
        """“Tân Lập” before and “Krông Búk ạ” now are one place; so are candidates now and a commune before."""
        if not (told.spots and before.spots):
            return told
        now = {spot.code(names.structure) for spot in told.spots}
        both = tuple(spot for spot in before.spots if spot.code(names.structure) in now)
        if len(both) != 1:
            return told
        return replace(
            told,
            spots=both,
            only_district=False,
            unsettled=False,
            role=Role.TOLD,
            sure=0.9,
            why=f"{told.why}; {before.why}",
        )

    def _asks_where(self, turns: Sequence[Turn]) -> bool:
        if not turns or turns[-1].speaker is not Speaker.PAGE:
            return False
        return "asks_where" in self._words.phrases.said(read_places(turns[-1].text))

    # The answer.

    def _page(self, message: Message, names: PlaceNames) -> tuple[Spot, ...]:
        """The page's commune; its parts where the old one was split; nothing where the page has none."""
        old = self._register.commune(Structure.OF_2020, message.page_commune_2020)
        new = self._register.commune(Structure.OF_2025, message.page_commune_2025)
        if old and not new and names.structure is Structure.OF_2025:
            parts = (share.commune for share in self._register.successors(old.code))
            return tuple(replace(names.spot_of(part), commune_2020=old.code) for part in parts)
        if old:
            spot = names.spot_of(old)
            return (replace(spot, commune_2025=new.code) if new else spot,)
        return (names.spot_of(new),) if new else ()

    def _answer(
        self, told: Told, remembered: Told, page: tuple[Spot, ...], category: Category, text: PlaceText
    ) -> Located:
        own = self._register.province
        if told.outside:
            return Located(Place.OUTSIDE, told.province, None, (), False, False, told.sure, told.why)
        for place, found in ((Place.TEXT, told), (Place.CONVERSATION, remembered)):
            if found.settled:
                sure = found.sure if place is Place.TEXT else min(found.sure, _BY_TALK)
                return Located(place, own, found.settled, (), False, False, sure, found.why)
            if found.spots:
                return self._open(found, page, category, text)
        return self._by_page(told, page, category, text)

    def _open(self, found: Told, page: tuple[Spot, ...], category: Category, text: PlaceText) -> Located:
        """Candidates. A person must settle them for a report, and for a question that asks whom to go to."""
        unclear = category in _REPORTS or (category is Category.ADMIN_QUESTION and self._asks_for_desk(text))
        spots = found.spots[:MOST_CANDIDATES]
        leads = (len(page) == 1 and bool(spots) and spots[0] in page) or spots[0].now
        chances = chances_of(len(spots), first_leads=leads)
        own = self._register.province
        return Located(Place.AMBIGUOUS, own, None, spots, found.only_district, unclear, _ASKED, found.why, chances)

    def _asks_for_desk(self, text: PlaceText) -> bool:
        return "desk" in self._words.phrases.said(text)

    def _by_page(self, told: Told, page: tuple[Spot, ...], category: Category, text: PlaceText) -> Located:
        own = self._register.province
        if told.unknown and category in _REPORTS and page:
            why = f"lời nhắn nêu xã, phường “{told.unknown}” không có trong danh mục"
            chances = chances_of(len(page), first_leads=False)
            return Located(Place.AMBIGUOUS, own, None, page, False, True, _STRANGE, why, chances)
        if len(page) == 1:
            sure = _BY_PAGE - (0.07 if told.weak else 0.0)
            return Located(Place.PAGE, own, page[0], (), False, False, sure, "lời nhắn không nêu nơi, lấy xã của trang")
        open_spots = page or told.weak
        if open_spots and category not in _QUIET:
            why = (
                "xã cũ của trang đã tách, lời nhắn không nêu nơi" if page else "lời nhắn chỉ nêu hướng đi hoặc nơi khác"
            )
            unclear = category in _REPORTS or (category is Category.ADMIN_QUESTION and self._asks_for_desk(text))
            chances = chances_of(len(open_spots), first_leads=False)
            return Located(Place.AMBIGUOUS, own, None, open_spots, False, unclear, _ASKED, why, chances)
        why = "không rõ nơi: lời nhắn không nêu, trang không của xã nào"
        return Located(Place.NONE, own, None, (), False, category in _REPORTS, _NOWHERE, why)


def _page_first(spots: tuple[Spot, ...], page: Spot | None, names: PlaceNames) -> tuple[Spot, ...]:
    here = page.code(names.structure) if page else None
    return tuple(sorted(spots, key=lambda spot: spot.code(names.structure) != here))


def _point_says(pointed: Pointed) -> str:
    if len(pointed.spots) > 1:
        return "vị trí chia sẻ nằm sát ranh giới nhiều xã"
    return "theo vị trí chia sẻ" + (f" (cách ranh giới {pointed.metres:.0f} m)" if pointed.metres else "")
