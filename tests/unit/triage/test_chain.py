"""One text that many send is told from one event that many tell."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.incidents.chain import ALIKE, Chain, Sent, chain_reason, joined, resemblance, sketch_of
from shared.text import fold
from tests.unit.triage.make import START

WINDOW = timedelta(hours=72)
LUCK = (
    "Cảnh báo khẩn: nhóm bắt cóc trẻ em đi xe 16 chỗ màu trắng đang ở các trường học, bà con chuyển tin này cho mọi "
    "người cùng biết để giữ con em mình https://tinnong.example/a1"
)
FORWARDED = "CANH BAO KHAN!!! nhóm bắt cóc trẻ em đi xe 16 cho mau trang dang o cac truong hoc, ba con chuyen tin nay cho moi nguoi cung biet de giu con em minh 🙏"  # noqa: E501 - as it was sent
FIRE = (
    "Các anh ơi cháy lớn ở xưởng gỗ gần chợ thôn 3, lửa bốc cao lắm rồi xin cho xe chữa cháy tới gấp",
    "chay xuong go canh cho roi, em dung day thay khoi den bay qua nha dan, goi cuu hoa giup em voi a",
    "bố tôi báo là xưởng cưa của ông Tư ngay chợ đang cháy dữ, trong đó còn hai người thợ chưa ra được",
)


def sent(text: str, person: int, *, hours: float = 0, sealed: bool = False) -> Sent:
    sketch = sketch_of(text)
    assert sketch is not None
    at = START + timedelta(hours=hours)
    return Sent(sketch, f"p{person}", f"page{person % 3}", UUID(int=person), at, sealed)


def chains(texts: Sequence[Sent]) -> list[UUID]:
    return [chain.id for _, chain in joined(texts, [], WINDOW)]


def test_a_forwarded_text_is_the_same_without_diacritics_numbers_links_and_signs() -> None:
    assert len(set(chains([sent(LUCK, 1), sent(FORWARDED, 2, hours=50), sent(LUCK.upper(), 3, hours=9)]))) == 1


def test_many_who_tell_one_event_in_their_own_words_are_no_chain() -> None:
    assert len(set(chains([sent(text, number) for number, text in enumerate(FIRE)]))) == len(FIRE)


def test_short_texts_are_never_a_chain() -> None:
    assert sketch_of("alo công an ơi cho em hỏi với ạ") is None
    assert sketch_of("") is None


def test_the_same_text_after_the_window_is_another_chain() -> None:
    assert len(set(chains([sent(LUCK, 1), sent(LUCK, 2, hours=80)]))) == 2
    slowly = [sent(LUCK, number, hours=50 * number) for number in range(10)]
    assert len(set(chains(slowly))) == 5, "ten who ask the same in three weeks are no chain of ten"


def test_sealed_and_open_cases_are_counted_apart() -> None:
    assert len(set(chains([sent(LUCK, 1), sent(LUCK, 2, sealed=True)]))) == 2


def test_a_known_chain_takes_what_comes_later_and_remembers_the_whole_time() -> None:
    first = sent(LUCK, 1)
    known = Chain(UUID(int=7), first.sketch, sealed=False, first_at=first.at, last_at=first.at)
    ((_, chain),) = joined([sent(FORWARDED, 2, hours=4)], [known], WINDOW)
    assert (chain.id, chain.first_at, chain.last_at) == (known.id, START, START + timedelta(hours=4))
    assert chain_reason(12, 3, chain.first_at, chain.last_at) == (
        "Tin lan truyền: 12 người, 3 trang gửi cùng một nội dung trong 4 giờ."
    )


@given(st.text(max_size=300), st.text(max_size=300))
def test_resemblance_is_the_same_from_either_side_and_whole_with_itself(one: str, other: str) -> None:
    first, second = sketch_of(one + LUCK), sketch_of(other + LUCK)
    assert first is not None
    assert second is not None
    assert resemblance(first, second) == resemblance(second, first)
    assert resemblance(first, first) == 1.0


@given(st.text(max_size=2_000))
def test_any_text_has_a_sketch_or_none_and_folding_makes_no_difference(text: str) -> None:
    assert sketch_of(text) == sketch_of(fold(text)) or "http" in fold(text) or "www" in fold(text)


def test_a_word_changed_in_a_long_text_leaves_it_near_identical() -> None:
    words = (LUCK + " " + FIRE[0]).split()
    first, second = sketch_of(" ".join(words)), sketch_of(" ".join([*words[:20], "khác", *words[21:]]))
    assert first is not None
    assert second is not None
    assert resemblance(first, second) > ALIKE - 0.15
