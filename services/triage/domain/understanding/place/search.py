"""Finding names in a text: as they are written (one search for all), by ear, and with one letter wrong."""

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum

from ahocorasick_rs import AhoCorasick

from services.triage.domain.understanding.phrases import as_read
from services.triage.domain.understanding.place import spelling
from services.triage.domain.understanding.place.names import PlaceNames
from services.triage.domain.understanding.place.spots import Name, one_name
from services.triage.domain.understanding.place.text import HARD, PlaceText
from shared.text import fold, toneless

_LONGEST = 4  # syllables of a highland name written apart
_SHORTEST_MENDED = 6  # letters of a highland name in which one may be wrong
_SHORTEST_LOWLAND = 8  # of another: "tạp hóa" is no Tây Hòa


class Likeness(IntEnum):
    """How the typed words stand to a name."""

    MENDED = 0
    BY_EAR = 1
    ODD = 2  # bare where the sender types diacritics elsewhere
    BARE = 3
    EXACT = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A name at the words `start` to `end` (exclusive)."""

    start: int
    end: int
    name: Name
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class _Form:
    """One way a name is written: its words, and of each the forms that may stand for it."""

    name: Name
    marked: str
    words: tuple[frozenset[str], ...]


class NameSearch:
    """The names of one structure, prepared. Immutable once built."""

    def __init__(self, names: PlaceNames) -> None:
        self._names = names
        by_bare: dict[str, dict[str, _Form]] = {}
        self._heard: dict[str, list[Name]] = defaultdict(list)
        self._near: dict[str, list[tuple[str, Name]]] = defaultdict(list)
        for written, name in names.written:
            marked = as_read(written)
            bare = fold(marked)
            if bare:
                by_bare.setdefault(bare, {}).setdefault(marked + name.written, _form(name, marked))
            if name.highland:
                self._hear(bare, name)
            if (name.spots or name.district) and not name.landmark:
                self._mend(bare, name)
        self._forms = [tuple(forms.values()) for forms in by_bare.values()]
        self._search = AhoCorasick([f" {bare} " for bare in by_bare])

    def _hear(self, bare: str, name: Name) -> None:
        apart = bare if " " in bare else spelling.apart(bare)
        if apart:
            heard = self._heard[spelling.by_ear(apart)]
            if name not in heard:
                heard.append(name)

    def _mend(self, bare: str, name: Name) -> None:
        joined = bare.replace(" ", "")
        if len(joined) >= (_SHORTEST_MENDED if name.highland else _SHORTEST_LOWLAND):
            for short in spelling.deletions(joined):
                if (joined, name) not in self._near[short]:
                    self._near[short].append((joined, name))

    def find(self, text: PlaceText) -> list[Hit]:
        """The longest names that do not overlap, in the text's order."""
        hits = _without_type_words([*self._as_written(text), *self._by_ear(text)], text)
        hits.sort(key=lambda hit: (hit.start, -hit.end, -hit.likeness))
        starts = {hit.start for hit in hits}
        kept: list[Hit] = []
        reach = 0
        for hit in hits:
            crosses = kept and hit.start < reach < hit.end and reach not in starts
            if crosses and _ends_better(hit, kept[-1], text):
                kept.pop()
            elif hit.start < reach:
                continue
            kept.append(hit)
            reach = hit.end
        return kept

    def mended(self, text: PlaceText, start: int) -> Hit | None:
        """A name of ours that begins at a word and has one letter wrong; None where none, or several, may be meant."""
        for length in (3, 2, 1):
            end = start + length
            joined = "".join(text.bare[start:end])
            if end > len(text) or len(joined) < _SHORTEST_MENDED or any(text.gap[start + 1 : end]):
                continue
            names = {
                name.written: name
                for short in spelling.deletions(joined)
                for meant, name in self._near.get(short, ())
                if joined[0] == meant[0] and spelling.one_edit(joined, meant)
                if not name.highland or spelling.apart(joined)
            }
            if names:
                return Hit(start, end, one_name(list(names.values())), Likeness.MENDED)
        return None

    def elsewhere(self, text: PlaceText, start: int) -> Hit | None:
        """A commune of one other province that begins at a word; None where several provinces have one."""
        for length in (3, 2):
            end = start + length
            provinces = self._elsewhere_at(text, start, end)
            if provinces:
                name = Name(" ".join(text.words[start:end]), beyond=tuple(provinces))
                return Hit(start, end, name, Likeness.BARE) if len(provinces) == 1 else None
        return None

    def is_elsewhere(self, text: PlaceText, start: int) -> bool:
        """Whether any other province has a commune of the name that begins at a word."""
        return any(self._elsewhere_at(text, start, start + length) for length in (3, 2))

    def _elsewhere_at(self, text: PlaceText, start: int, end: int) -> frozenset[str]:
        if end > len(text) or any(text.gap[start + 1 : end]):
            return frozenset()
        return self._names.elsewhere_by_key.get("".join(text.words[start:end]).replace("đ", "d"), frozenset())

    def _as_written(self, text: PlaceText) -> list[Hit]:
        found: list[Hit] = []
        for index, offset, _ in self._search.find_matches_as_indexes(text.haystack, overlapping=True):
            start = text.word_at[offset + 1]
            hit = _best(self._forms[index], text, start)
            if hit:
                found.append(hit)
        return found

    def _by_ear(self, text: PlaceText) -> list[Hit]:
        found: list[Hit | None] = []
        for start, word in enumerate(text.bare):
            if word in spelling.HEADS and (word == "dak" or toneless(text.words[start]) == text.words[start]):
                found.extend(self._heard_at(text, start, " ".join(text.bare[start : start + n]), n) for n in (2, 3, 4))
            elif (
                word[:2] in spelling.BEGINNINGS
                and len(word) >= spelling.SHORTEST_BY_EAR
                and (joined := spelling.apart(word))
            ):
                found.append(self._heard_at(text, start, joined, 1))
        return [hit for hit in found if hit is not None]

    def _heard_at(self, text: PlaceText, start: int, bare: str, length: int) -> Hit | None:
        names = self._heard.get(spelling.by_ear(bare))
        if not names or start + length > len(text) or any(text.gap[start + 1 : start + length]):
            return None
        return Hit(start, start + length, one_name(names), Likeness.BY_EAR)


def _without_type_words(hits: list[Hit], text: PlaceText) -> list[Hit]:
    """Bare, "phuong tu lien" is phường Tứ Liên, no Phương Tú: no name begins with the next one's type word."""
    starts = {hit.start for hit in hits}
    return [
        hit
        for hit in hits
        if text.bare[hit.start] not in _TYPE_WORDS
        or hit.start + 1 not in starts
        or (hit.likeness is Likeness.EXACT and text.is_marked)
    ]


_ONE_WORD = (
    ["tho", "cu"],
    ["dinh", "cu"],
    ["chung", "cu"],
    ["dan", "cu"],
    ["di", "cu"],
    ["cong", "an"],
    ["nguoi", "dan"],
    ["cu", "dan"],
    ["nhan", "dan"],
)
_TYPE_WORDS = frozenset({"xa", "phuong", "huyen", "quan", "tinh", "p", "x", "h", "q"})


def _ends_better(later: Hit, earlier: Hit, text: PlaceText) -> bool:
    """Of "Vĩnh Phú Hòa Mỹ" the last two words are the commune: the name that ends the clause, after no type word."""
    if earlier.name.written.startswith(("ở ", "bên ")):  # "ở Mỹ An" is not in America
        return True
    ends = later.end == len(text) or bool(text.gap[later.end])
    if earlier.name.beyond and not (earlier.name.spots or earlier.name.district):
        return ends or bool(later.name.spots)  # "sân cầu lông Thành Nhất" is not in Long Thành
    typed = earlier.start > 0 and text.bare[earlier.start - 1] in {"xa", "phuong", "huyen", "tran", "p", "x", "h"}
    return ends and not typed and bool(later.name.spots) and later.likeness >= Likeness.BARE


def _form(name: Name, marked: str) -> _Form:
    single = " " not in marked  # alone, a word without its tone is too often another: thuế, thuê
    words = (frozenset({word, fold(word), word if single else toneless(word)}) for word in marked.split(" "))
    return _Form(name, marked, tuple(words))


def _best(forms: tuple[_Form, ...], text: PlaceText, start: int) -> Hit | None:
    """The forms of one spelling that agree best with the diacritics typed."""
    best: Likeness | None = None
    names: list[Name] = []
    end = start + len(forms[0].words)
    typed = text.words[start:end]
    if HARD in text.gap[start + 1 : end]:  # a name does not go on in the next sentence
        return None
    if text.bare[start - 1 : start + 1] in _ONE_WORD:  # "công an Phú Yên" is no An Phú
        return None
    for form in forms:
        likeness = _likeness(form, typed, text)
        if likeness is None or (best is not None and likeness < best):
            continue
        if best is None or likeness > best:
            best, names = likeness, []
        if form.name not in names:
            names.append(form.name)
    return Hit(start, end, one_name(names), best) if best is not None else None


def _likeness(form: _Form, typed: list[str], text: PlaceText) -> Likeness | None:
    if " ".join(typed) == form.marked and (text.is_marked or not form.marked.isascii()):
        return Likeness.EXACT
    if not all(word in forms for word, forms in zip(typed, form.words, strict=True)):
        return Likeness.BY_EAR if form.name.highland and typed[0] in form.words[0] else None
    joined = len(typed) == 1 and len(typed[0]) >= _SHORTEST_MENDED
    if not text.is_marked or joined or any(not word.isascii() for word in typed):
        return Likeness.BARE
    return Likeness.ODD
