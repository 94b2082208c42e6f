"""Views are a gauge: never summed over time, whatever order the polls come in."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.stats.domain.views import Observation, Post, changes, last_of_days

POST = Post("page", "post")
DAY = date(2020, 3, 1)

OBSERVED = st.builds(
    lambda day, hour, number, views: (
        DAY + timedelta(days=day),
        Observation(datetime(2020, 3, 1, hour, tzinfo=UTC) + timedelta(days=day), UUID(int=number), views),
    ),
    st.integers(0, 6),
    st.integers(0, 16),
    st.integers(0, 1000),
    st.integers(0, 500),
)


@given(st.lists(OBSERVED, max_size=15, unique_by=lambda o: o[1].id), st.data())
def test_the_stock_of_each_day_is_its_last_observation_whatever_the_order(
    observed: list[tuple[date, Observation]], data: st.DataObject
) -> None:
    buckets: Counter[date] = Counter()
    known: dict[date, Observation] = {}
    for one in data.draw(st.permutations(observed + observed[:3])):
        after = last_of_days(known, [one])
        for count in changes(POST, known, after):
            buckets[count.day] += count.amount
        known = after
    for offset in range(8):
        day = DAY + timedelta(days=offset)
        seen = [o for d, o in observed if d <= day]
        last = max(seen, key=lambda o: o[:2]).views if seen else 0
        assert sum(amount for bucket, amount in buckets.items() if bucket <= day) == last


def test_an_observation_that_shows_the_same_moves_nothing() -> None:
    known = last_of_days({}, [(DAY, Observation(datetime(2020, 3, 1, 5, tzinfo=UTC), UUID(int=1), 40))])
    later = (DAY + timedelta(days=1), Observation(datetime(2020, 3, 2, 5, tzinfo=UTC), UUID(int=2), 40))
    assert changes(POST, known, last_of_days(known, [later])) == []
