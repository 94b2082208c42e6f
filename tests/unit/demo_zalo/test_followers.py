"""Two sorted arrays give the same count as looking at every stretch of following."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.zalo.followers import Followers
from deploy.demo.zalo.state import State

STRETCHES = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(0, 20_000), st.none() | st.integers(0, 20_000)), max_size=20,
    unique_by=lambda row: row[:2],
)  # fmt: skip


@given(rows=STRETCHES, moment=st.integers(0, 30_000))
def test_the_count_is_that_of_all_stretches_that_cover_the_second(
    rows: list[tuple[str, int, int | None]], moment: int
) -> None:
    stretches = [(who, begun, None if ended is None else begun + ended) for who, begun, ended in rows]
    with TemporaryDirectory() as folder:
        state = State(Path(folder))
        followers = Followers(state)
        followers.save([("page", who, begun, ended, "") for who, begun, ended in stretches])
        second = moment // 1000
        covering = [
            row for row in stretches if row[1] // 1000 <= second and (row[2] is None or row[2] // 1000 > second)
        ]
        assert followers.count("page", moment) == len(covering)
        assert followers.count("another", moment) == 0
        state.close()


def test_who_came_back_follows_again(tmp_path: Path) -> None:
    followers = Followers(State(tmp_path))
    followers.save([("page", "a", 1_000, 5_000, ""), ("page", "a", 9_000, None, "")])
    assert [followers.follows("page", "a", moment) for moment in (0, 1_000, 5_000, 8_999, 9_000)] == [
        False, True, False, False, True,
    ]  # fmt: skip
    assert followers.list("page", 9_000, offset=0, count=10) == ["a"]
