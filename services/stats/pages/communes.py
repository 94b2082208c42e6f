"""GET /communes: every commune of the province with its page."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from services.stats.answers import Answers
from services.stats.domain.period import Period
from services.stats.pages.asked import First, Lang, Last, asked
from services.stats.store.reading import PageRow
from shared.database import StoreUnavailable
from shared.gazetteer import Commune, Structure, structure_on
from shared.web import Language, Screens, language_of

TITLES = {Language.VI: "Các xã, phường, thị trấn", Language.EN: "Communes"}


@dataclass(frozen=True)
class CommuneRow:
    """One commune; its pages' figures added up."""

    name: str
    district: str | None
    pages: int
    verified: bool
    followers: int
    groups: int
    posts: int


@dataclass(frozen=True)
class CommunesPage:
    """The contract with communes.html. No rows: no page is known at all."""

    period: Period
    rows: tuple[CommuneRow, ...]
    verified: int
    refused: bool
    unavailable: bool
    title_other: str


def communes_routes(answers: Answers, screens: Screens) -> list[HTTPRouteHandler]:
    @get("/communes", include_in_schema=False)
    async def communes(first: First = None, last: Last = None, lang: Lang = None) -> Response[str]:
        language, wanted = language_of(lang), asked(answers, first, last)
        try:
            pages: list[PageRow] | None = await answers.pages(wanted.period)
        except StoreUnavailable:
            pages = None
        rows = rows_of(answers.communes(wanted.period.last), pages, structure_on(wanted.period.last)) if pages else ()
        page = CommunesPage(
            period=wanted.period,
            rows=tuple(rows),
            verified=sum(1 for row in rows if row.verified),
            refused=wanted.refused,
            unavailable=pages is None,
            title_other=TITLES[language.other],
        )
        status = 503 if page.unavailable else 400 if page.refused else 200
        return screens.page("communes.html", language, page, path="/communes", query=wanted.query, status=status)

    return [communes]


def rows_of(communes: Sequence[Commune], pages: Sequence[PageRow], structure: Structure) -> list[CommuneRow]:
    """Every commune once, those without a page too; pages of no commune (a district, the duty desk) are left out."""
    of_commune: dict[str | None, list[PageRow]] = defaultdict(list)
    for page in pages:
        of_commune[page.commune_2020 if structure is Structure.OF_2020 else page.commune_2025].append(page)
    return [_row(commune, of_commune.get(commune.code, [])) for commune in communes]


def _row(commune: Commune, pages: Sequence[PageRow]) -> CommuneRow:
    return CommuneRow(
        name=commune.full_name,
        district=commune.district,
        pages=len(pages),
        verified=any(page.verified for page in pages),
        followers=sum(page.followers for page in pages),
        groups=sum(page.village_groups for page in pages),
        posts=sum(page.posts for page in pages),
    )
