"""Names of places as keys: what is written in many ways has one.

"Ea H'leo", "EaHleo" and "ea h leo" are one place, and so are Hòa Phú and Hoà Phú: a key has neither diacritics,
apostrophes nor spaces. Two places may share a key (Ea D'Rơng and Ea Drông); whoever looks up gets both.
"""

import re

from shared.gazetteer.commune import Kind
from shared.text import fold
from shared.text.words import APOSTROPHES

_NOT_IN_A_KEY = re.compile(rf"[\s{APOSTROPHES}.\-]+")
_SPACES = re.compile(r"\s+")
_AFTER_APOSTROPHE = re.compile(rf"([{APOSTROPHES}]) (?=\w)")
_KINDS = sorted(Kind, key=len, reverse=True)
_DISTRICT_WORDS = ("thành phố", "thị xã", "huyện", "quận", "tỉnh")


def clean(written: str) -> str:
    """A name of the tables without stray spaces: 40 lines have them ("Ea M' Doal")."""
    return _AFTER_APOSTROPHE.sub(r"\1", _SPACES.sub(" ", written).strip())


def key(name: str) -> str:
    """What two spellings of one name share: "Ea H'leo", "ea h leo" and "EaHleo" → "eahleo"."""
    return _NOT_IN_A_KEY.sub("", fold(name))


def split_kind(full_name: str) -> tuple[Kind, str]:
    """("Xã", "Ea Tu") of "Xã Ea Tu". Raises ValueError where no type word of a commune stands first."""
    lower = full_name.lower()
    for kind in _KINDS:
        if lower.startswith(kind + " "):
            return kind, full_name[len(kind) + 1 :]
    raise ValueError(f"no type word before the commune's name {full_name!r}")


def without_type_word(full_name: str) -> str:
    """The bare name of a district or province: "Thị Xã Buôn Hồ" → "Buôn Hồ"."""
    lower = full_name.lower()
    for word in _DISTRICT_WORDS:
        if lower.startswith(word + " "):
            return full_name[len(word) + 1 :]
    return full_name
