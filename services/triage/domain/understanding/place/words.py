"""What the data files say of places: words around a name, other spellings, landmarks, places beyond the province."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.triage.domain.understanding.phrases import as_read
from services.triage.domain.understanding.place.phrasebook import Phrasebook
from services.triage.domain.understanding.place.spelling import bare_of, spelling


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place every officer knows. `communes_2020` is empty where only today's commune is known."""

    names: tuple[str, ...]
    commune_2020: str | None
    commune_2025: str | None


@dataclass(frozen=True, slots=True)
class Beyond:
    """A town, state or short name beyond the tables. `province` is the code of 2020, None abroad."""

    name: str
    province: str | None


# Bare phrase → the ways it is typed with diacritics: "ve" is vé and also về.
Marked = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The words of places.toml without diacritics: sets hold whole phrases, tuples what a lead-in may end with;
    `phrases` finds the lists of the story.
    """

    at: frozenset[str]
    at_only: frozenset[str]
    position: frozenset[str]
    village: Marked
    site: frozenset[str]
    school: frozenset[str]
    namesake: Marked
    person: Marked
    surname: Marked
    doubtful: frozenset[str]
    seat: frozenset[str]
    titles: frozenset[str]
    not_beyond: frozenset[str]
    after_name: frozenset[str]
    phrases: Phrasebook
    roles: Mapping[str, tuple[str, ...]]
    roles_bare: Mapping[str, tuple[str, ...]]
    everyday: frozenset[str]
    bare_words: frozenset[str]
    beyond: tuple[Beyond, ...]


@dataclass(frozen=True, slots=True)
class ProvinceWords:
    """What is a province's own: spellings (written → name of the tables), landmarks, and names that are words too."""

    spellings: Mapping[str, str]
    own_names: tuple[str, ...]
    everyday: frozenset[str]
    bare_words: frozenset[str]
    landmarks: tuple[Landmark, ...]


def place_words(places: Mapping[str, Any], towns: Iterable[Mapping[str, str]]) -> PlaceWords:
    """The parsed places.toml and towns.csv as values. Raises KeyError for what is missing."""
    lists: dict[str, Any] = {name: frozenset(bare_of(each) for each in places[name]) for name in _SETS}
    lists |= {name: _marked(places[name]) for name in _MARKED}
    return PlaceWords(
        **lists,
        phrases=Phrasebook({name: places[name] for name in _PHRASES}),
        not_beyond=frozenset(spelling(each) for each in places["not_beyond"]),
        roles={role: _endings(map(as_read, written)) for role, written in _roles(places, exact=True)},
        roles_bare={role: _endings(map(bare_of, written)) for role, written in _roles(places, exact=False)},
        beyond=tuple(Beyond(row["name"], row["province_2020"] or None) for row in towns),
    )


def province_words(own: Mapping[str, Any], landmarks: Iterable[Mapping[str, str]]) -> ProvinceWords:
    """A province's own parsed files as values. Raises KeyError for what is missing."""
    return ProvinceWords(
        spellings=dict(own.get("spellings", {})),
        own_names=tuple(own.get("own_names", ())),
        everyday=frozenset(bare_of(each) for each in own.get("everyday", ())),
        bare_words=frozenset(bare_of(each) for each in own.get("bare_words", ())),
        landmarks=tuple(
            Landmark(
                (row["name"], *filter(None, row["also"].split("|"))),
                row["commune_2020"] or None,
                row["commune_2025"] or None,
            )
            for row in landmarks
        ),
    )


_MARKED = ("village", "namesake", "person", "surname")
_LIKE_AT = ("tại", "dưới", "trên", "bên", "trong", "ngoài", "khu", "địa bàn", "o")
_SETS = (
    *("at", "at_only", "position", "site", "school", "seat", "doubtful", "titles"),
    *("after_name", "everyday", "bare_words"),
)
_PHRASES = (
    *(
        "here",
        "here_asked",
        "moved",
        "there",
        "strayed",
        "kept",
        "reports",
        "asks_where",
        "online",
        "held",
        "met",
        "moving",
        "driving",
        "visits",
        "crash",
        "desk",
    ),
)


def _marked(written: Iterable[str]) -> Marked:
    found: dict[str, set[str]] = {}
    for each in written:
        found.setdefault(bare_of(each), set()).add(as_read(each))
    return {bare: frozenset(forms) for bare, forms in found.items()}


def _roles(places: Mapping[str, Any], *, exact: bool) -> list[tuple[str, list[str]]]:
    """Each role's phrases; those that begin with "=" only where their diacritics are typed."""
    return [
        (role, [each.removeprefix("=") for each in written if exact or not each.startswith("=")])
        for role, written in places["roles"].items()
    ]


def _endings(written: Iterable[str]) -> tuple[str, ...]:
    """Each phrase as a lead-in may end with it; one that ends in "ở" also with the words that stand for it."""
    ends = list(written)
    marked = any(each.endswith(" ở") for each in ends)
    at, others = (" ở", _LIKE_AT) if marked else (" o", tuple(map(bare_of, _LIKE_AT)))
    also = [f"{each.removesuffix(at)} {other}" for each in ends if each.endswith(at) for other in others]
    return tuple(f" {each}" for each in dict.fromkeys((*ends, *also)))
