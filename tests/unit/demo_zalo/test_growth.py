"""Views never fall and end at exactly the figure they were given."""

from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.zalo.articles import Article, views_at

MOMENTS = st.integers(min_value=0, max_value=10**12)


def an_article(**changes: object) -> Article:
    values: dict[str, object] = {
        "id": "a", "type": "normal", "title": "t", "description": "", "created_at": 1_000, "views": 500, "shares": 5,
        "grown_at": 11_000, "curve": None,
    }  # fmt: skip
    return Article(**(values | changes))  # type: ignore[arg-type]  # a maker of samples


@given(
    created=MOMENTS, growth=MOMENTS, views=st.integers(0, 10**9), steepness=st.floats(2, 6),
    moments=st.lists(MOMENTS, min_size=2),
)  # fmt: skip
def test_views_never_fall_and_end_at_the_figure(
    created: int, growth: int, views: int, steepness: float, moments: list[int]
) -> None:
    article = an_article(created_at=created, grown_at=created + growth, views=views)
    seen = [views_at(article, moment, steepness) for moment in sorted(moments)]
    assert seen == sorted(seen)
    assert all(0 <= one <= views for one in seen)
    assert views_at(article, created + growth, steepness) == views


@given(points=st.lists(st.tuples(MOMENTS, st.integers(0, 10**9)), min_size=1, max_size=6, unique_by=lambda p: p[0]))
def test_a_curve_passes_through_its_points(points: list[tuple[int, int]]) -> None:
    moments = sorted(moment for moment, _ in points)
    curve = list(zip(moments, sorted(total for _, total in points), strict=True))
    article = an_article(curve=curve, views=curve[-1][1], grown_at=curve[-1][0])
    assert [views_at(article, moment, 3.0) for moment, _ in curve] == [total for _, total in curve]
    assert views_at(article, curve[0][0] - 1, 3.0) == 0


def test_an_article_that_is_done_growing_at_once_shows_its_figure() -> None:
    assert views_at(an_article(grown_at=1_000), 1_000, 4.0) == 500
