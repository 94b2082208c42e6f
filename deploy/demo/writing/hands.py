"""How a text looks once a hand has typed it: with or without marks, in teencode, with slips, in a region's words.

A hand is drawn for each person and kept for all they write. What is said does not change, only its letters.
"""

import random
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

TEENCODE = {
    "không": ("ko", "k", "hok", "kg"), "được": ("đc", "dc", "đk"), "với": ("vs", "zs"), "người": ("ng",),
    "cũng": ("cug", "cx"), "gì": ("j", "gì"), "rồi": ("r", "roi", "òi"), "trước": ("trc",), "giờ": ("h", "giờ"),
    "điện thoại": ("đt", "dt"), "biết": ("bít", "biet"), "nhiều": ("nhìu", "nhieu"), "vậy": ("z", "v"),
    "thôi": ("thui",), "mọi người": ("mn", "mng"), "công an": ("ca", "CA"), "xe máy": ("xm",), "anh": ("a",),
    "em": ("e",), "chị": ("c",), "hộ khẩu": ("hk", "hộ khẩu"), "chứng minh": ("cm", "cmt"), "mình": ("mk", "mik"),
    "bao nhiêu": ("bn", "bnh"), "và": ("và", "&"), "thì": ("thì", "thi"), "nữa": ("nữa", "nua"), "sao": ("s", "sao"),
}  # fmt: skip
CENTRAL = {
    "gì": "chi", "đâu": "mô", "sao": "răng", "này": "ni", "kia": "tê", "không biết": "nỏ biết", "thế": "rứa",
}  # fmt: skip
SOUTHERN = {"không": "hông", "vậy": "dzậy", "bố": "ba", "mẹ": "má", "nhé": "nghen", "xem": "coi", "rất": "dữ"}
NORTHERN = {"ba": "bố", "coi": "xem", "vô": "vào", "nha": "nhé", "giùm": "hộ", "rớt": "rơi"}

WORD = re.compile(r"\w+")


def without_marks(text: str) -> str:
    """Plain letters: `Đắk Lắk` → `Dak Lak`."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Hand:
    """Each share is the chance, 0 to 1, that the habit shows at a place where it could."""

    marks: bool = True
    lower: bool = False
    upper: bool = False
    teencode: float = 0.0
    slips: float = 0.0
    bare_marks: bool = False  # no commas and full stops
    trailing: str = ""
    region: str = ""


HANDS = (
    (26, Hand()),
    (10, Hand(lower=True)),
    (9, Hand(region="southern")),
    (7, Hand(region="central")),
    (6, Hand(region="northern")),
    (16, Hand(marks=False, lower=True)),
    (5, Hand(marks=False, lower=True, bare_marks=True, slips=0.02)),
    (8, Hand(lower=True, teencode=0.6)),
    (5, Hand(marks=False, lower=True, teencode=0.5)),
    (4, Hand(teencode=0.3, trailing="!!!")),
    (4, Hand(lower=True, slips=0.05)),
    (3, Hand(lower=True, bare_marks=True, region="central", trailing=" ..")),
    (2, Hand(upper=True)),
    (2, Hand(marks=False, upper=True)),
    (3, Hand(lower=True, region="southern", teencode=0.25, trailing=" 😢")),
)
REGIONS = {"central": CENTRAL, "southern": SOUTHERN, "northern": NORTHERN}


def draw(chance: random.Random) -> Hand:
    return chance.choices([hand for _, hand in HANDS], [share for share, _ in HANDS])[0]


def typed(text: str, hand: Hand, chance: random.Random) -> str:
    """The text as this hand types it."""
    text = _in_region(text, hand, chance)
    text = _teencode(text, hand, chance)
    if not hand.marks:
        text = without_marks(text)
    text = _slipped(text, hand, chance)
    if hand.bare_marks:
        text = re.sub(r"[,.:;](?=\s|$)", "", text)
    text = text.lower() if hand.lower else text.upper() if hand.upper else text[:1].upper() + text[1:]
    return text + (hand.trailing if hand.trailing and chance.random() < 0.6 else "")  # noqa: PLR2004


def _swap(text: str, words: Mapping[str, tuple[str, ...]], share: float, chance: random.Random) -> str:
    for word, others in words.items():
        if word in text:
            pattern = rf"(?<!\w){word}(?!\w)"
            text = re.sub(pattern, lambda found: chance.choice(others) if chance.random() < share else found[0], text)  # noqa: B023
    return text


def _in_region(text: str, hand: Hand, chance: random.Random) -> str:
    words = {word: (other,) for word, other in REGIONS.get(hand.region, {}).items()}
    return _swap(text, words, 0.5, chance)


def _teencode(text: str, hand: Hand, chance: random.Random) -> str:
    return _swap(text, TEENCODE, hand.teencode, chance) if hand.teencode else text


def _slipped(text: str, hand: Hand, chance: random.Random) -> str:
    """A letter dropped, doubled or swapped with the next, as thumbs do."""
    if not hand.slips:
        return text
    return WORD.sub(lambda found: _slip(found[0], chance) if chance.random() < hand.slips else found[0], text)


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < 3:  # noqa: PLR2004
        return word
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at] + word[at:] if kind == 1 else word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
