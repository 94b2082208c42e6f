"""Pages' own arithmetic: buckets, months, communes; and the one text behind every number."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.stats.domain.definitions import HEADLINE, METRICS, TODAY
from services.stats.pages.charts import BY_DAY, by_month, spread, summed
from services.stats.pages.communes import rows_of
from services.stats.store import recount
from services.stats.store.reading import PageRow
from shared.gazetteer import Gazetteer, Structure
from shared.web import Language

START = datetime(2020, 6, 1, 5, 0, tzinfo=UTC)


def a_page(account: str, commune: str | None, *, verified: bool = True, followers: int = 5) -> PageRow:
    return PageRow(account, f"Công an {account}", commune, commune, verified, followers, followers, 2, 3)


def test_minutes_are_summed_into_wider_buckets() -> None:
    minutes = [(START + timedelta(minutes=i), 1) for i in range(65)]
    assert [value for _, value in summed(minutes, 30)] == [30, 30, 5]


def test_a_months_flow_is_its_sum_and_a_stock_its_last_value() -> None:
    points = [(date(2020, 1, 30) + timedelta(days=i), i) for i in range(4)]
    assert by_month(points, stock=False, language=Language.VI) == [("01/2020", 0 + 1), ("02/2020", 2 + 3)]
    assert by_month(points, stock=True, language=Language.EN) == [("Jan 2020", 1), ("Feb 2020", 3)]


def test_under_a_plot_stand_the_first_the_middle_and_the_last_day() -> None:
    points = [(date(2020, 3, 1) + timedelta(days=i), 0) for i in range(233)]
    assert spread(points, Language.VI) == ["01/03/2020", "25/06/2020", "19/10/2020"]
    assert spread(points[:1], Language.VI) == ["01/03/2020"]


def test_every_commune_is_listed_once_with_its_pages_added_up() -> None:
    communes = Gazetteer.load("66").communes_of("66", date(2020, 10, 19))
    first, second = communes[0].code, communes[1].code
    pages = [
        a_page("a", first, verified=False),
        a_page("b", first),
        a_page("c", second, verified=False),
        a_page("d", None),
    ]
    rows = rows_of(communes, pages, Structure.OF_2020)
    assert len(rows) == 184
    assert (rows[0].pages, rows[0].verified, rows[0].followers, rows[0].groups, rows[0].posts) == (2, True, 10, 4, 6)
    assert (rows[1].pages, rows[1].verified) == (1, False)
    assert (rows[2].pages, rows[2].verified, rows[2].followers) == (0, False, 0)


def test_every_number_of_the_headline_is_defined_in_both_languages_and_can_be_recounted() -> None:
    sql = recount.load()
    for definition in HEADLINE:
        assert all((definition.vi, definition.en, definition.meaning_vi, definition.meaning_en, definition.source))
        assert definition.key in sql or definition.kind == "register", definition.key
    assert set(sql) <= {definition.key for definition in HEADLINE}


def test_what_the_page_draws_is_a_known_metric() -> None:
    assert {*TODAY, *BY_DAY} <= set(METRICS)


def test_no_code_of_stats_opens_the_published_table() -> None:
    root = Path(__file__).parents[3] / "services" / "stats"
    for file in root.rglob("*"):
        if file.suffix in {".py", ".html", ".sql", ".js"}:
            assert "published_2020" not in file.read_text(encoding="utf-8"), file
