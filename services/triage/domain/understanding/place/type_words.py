"""The type word before a name: xã, x., phường, huyện, tx … and which level it means."""

from services.triage.domain.understanding.place.text import HARD, PlaceText
from shared.gazetteer.commune import Kind

KIND_WORDS = {
    "xa": Kind.XA, "x": Kind.XA, "phuong": Kind.PHUONG, "p": Kind.PHUONG, "f": Kind.PHUONG, "tt": Kind.THI_TRAN,
    "thi tran": Kind.THI_TRAN, "dac khu": Kind.DAC_KHU,
}  # fmt: skip
DISTRICT_WORDS = frozenset({"huyen", "h", "tx", "thi xa", "tp", "thanh pho", "quan", "q"})
PROVINCE_WORDS = frozenset({"tinh"})
# How a type word is typed with its diacritics: "xả", "phương" and "tính" are other words (same_tone: ngã as hỏi).
_MARKED = {
    "xa": "xã", "phuong": "phường", "huyen": "huyện", "tinh": "tỉnh", "quan": "quận", "thi tran": "thị trấn",
    "thi xa": "thị xã", "thanh pho": "thành phố", "dac khu": "đặc khu",
}  # fmt: skip
_MARKED_AS_READ = {bare: marked.replace("ã", "ả") for bare, marked in _MARKED.items()}


def type_word(text: PlaceText, start: int) -> tuple[int, str | None]:
    """(where a name begins with its type word, the type word), the word's own diacritics agreeing."""
    if start and text.gap[start] == HARD:
        return start, None
    pair = " ".join(text.bare[max(0, start - 2) : start])
    if (pair in KIND_WORDS or pair in DISTRICT_WORDS) and _as_meant(text, start - 2, start, pair):
        return start - 2, pair
    last = text.bare[start - 1] if start else ""
    known = last in KIND_WORDS or last in DISTRICT_WORDS or last in PROVINCE_WORDS
    if known and _as_meant(text, start - 1, start, last) and not _cooperative(text, start - 1):
        return start - 1, last
    return start, None


def _cooperative(text: PlaceText, at: int) -> bool:
    """A cooperative, hợp tác xã Ea Tu, and a hall of residence, ký túc xá, end in the type word of a commune."""
    return text.bare[at] == "xa" and text.bare[max(0, at - 2) : at] in (["hop", "tac"], ["ky", "tuc"], ["ki", "tuc"])


def _as_meant(text: PlaceText, start: int, end: int, bare: str) -> bool:
    typed = " ".join(text.words[start:end])
    if typed == "quan":  # quán, quân, quản far more often
        return not text.is_marked and end < len(text) and text.bare[end].isdigit()
    return typed == bare or typed == _MARKED_AS_READ.get(bare, bare)
