"""The villages a province knows: name → communes. There is no open list; officers' groups fill this one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from services.triage.domain.understanding.place.spots import Spot, distinct
from services.triage.domain.understanding.place.text import HARD, PlaceText
from shared.gazetteer.names import key
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure

_WORDS = frozenset({"thon", "buon", "bon", "ap", "khoi", "lang", "xom"})
_LONGEST = 3  # words of a name


class Villages:
    """Named villages and the communes they lie in. Numbered ones (thôn 3) are everywhere and tell nothing."""

    def __init__(self, communes_of: Mapping[str, tuple[tuple[str | None, str | None], ...]]) -> None:
        self._communes_of = communes_of

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str | None, str | None]]) -> "Villages":
        """Built from (name with its type word, code of 2020, code of 2025) as the register of groups has them."""
        found: dict[str, dict[tuple[str | None, str | None], None]] = defaultdict(dict)
        for name, old, new in rows:
            bare = key(name)
            if not bare[-1:].isdigit() and (old or new):
                found[bare][old, new] = None
        return cls({name: tuple(communes) for name, communes in found.items()})

    def named_in(self, text: PlaceText, register: Register, structure: Structure) -> tuple[str, tuple[Spot, ...]]:
        """The village a text names, as written, and the communes of all villages so called; ("", ()) for none."""
        for start, word in enumerate(text.bare):
            if word not in _WORDS:
                continue
            for end in range(min(len(text), start + 1 + _LONGEST), start + 1, -1):
                codes = self._communes_of.get("".join(text.bare[start:end]))
                if codes and HARD not in text.gap[start + 1 : end]:
                    return " ".join(text.words[start:end]), _spots(codes, register, structure)
        return "", ()


NO_VILLAGES = Villages({})


def _spots(
    codes: Iterable[tuple[str | None, str | None]], register: Register, structure: Structure
) -> tuple[Spot, ...]:
    spots = []
    for old_code, new_code in codes:
        old = register.commune(Structure.OF_2020, old_code)
        new = register.commune(Structure.OF_2025, new_code)
        known = old or new
        if known is None or (structure is Structure.OF_2020 and old is None):
            continue
        districts = frozenset({old.district_code} if old and old.district_code else ())
        spots.append(Spot(old_code, new_code, known.kind, False, districts))
    return distinct(spots, structure)
