"""What was found in a message, sorted by what it is a sign of, and cleared of what only looks like it."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Cue, Lexicon, Sign
from services.triage.domain.understanding.phrases import Found
from services.triage.domain.understanding.reading import Reading

Hit = Found[Cue]

# A longer phrase speaks for the shorter one inside it ("đánh bạc" is no "đánh"), unless the shorter is a circumstance.
_SPEAKS_FOR_ITSELF = frozenset(
    {
        Sign.NOW,
        Sign.CRY,
        Sign.SOON,
        Sign.PAST,
        Sign.LONG_PAST,
        Sign.HABIT,
        Sign.CHILD,
        Sign.FAMILY,
        Sign.HELPLESS,
        Sign.POLICE,
    }
    | {Sign.OFFICIAL, Sign.FILLER, Sign.QUALIFIER, Sign.DEADLINE, Sign.SERVICE, Sign.SPAM_LINK, Sign.MISCONDUCT}
    | {Sign.REPORT, Sign.PROCEDURE, Sign.OBJECT, Sign.VERIFY, Sign.IMPOSTOR, Sign.FRAME}
)
# Inside these even a circumstance is none: "mất bao lâu" lost nothing, "đăng ký" typed bare is no "đang".
_HIDES_ALL = frozenset({Sign.ASK, Sign.DECOY})
_HIDES_NOTHING = frozenset({Sign.FILLER, Sign.GREETING, Sign.SERVICE, Sign.QUALIFIER, Sign.CHILD})
_BEFALLS_PAPERS = frozenset({"theft", "public_order", "fire"})
_PAPER_REACH = 2  # words between the paper and what befell it: "hộ khẩu nhà tôi bị cháy"
_NEGATION_REACH = 2  # words between a negation and what it denies


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs of one message. `by_sign` holds only signs that were found."""

    reading: Reading
    by_sign: dict[Sign, list[Hit]]

    def has(self, *signs: Sign) -> bool:
        """Whether any of the signs was found."""
        return any(sign in self.by_sign for sign in signs)

    def hits(self, *signs: Sign) -> list[Hit]:
        """What was found of these signs, in the order of the signs."""
        return [hit for sign in signs for hit in self.by_sign.get(sign, ())]

    def quotes(self, *signs: Sign) -> tuple[str, ...]:
        """The phrases found of these signs, once each, as the lexicon writes them."""
        return tuple(dict.fromkeys(hit.phrase.written for hit in self.hits(*signs)))

    def near(self, hit: Hit, *signs: Sign, clauses: int = 1) -> bool:
        """Whether one of the signs stands in the hit's clause or within so many clauses of it."""
        here = self.reading.clause[hit.start]
        return any(abs(self.reading.clause[other.start] - here) <= clauses for other in self.hits(*signs))


def gather(reading: Reading, lexicon: Lexicon) -> Evidence:
    """The evidence in a reading: nested phrases, denied offences and papers taken for loot left out."""
    hits = _outermost(lexicon.cues.find(reading))
    by_sign: dict[Sign, list[Hit]] = {}
    for hit in hits:
        by_sign.setdefault(hit.phrase.means.sign, []).append(hit)
    _drop(by_sign, OF_A_TOPIC, _denied(by_sign, reading))
    _drop(by_sign, OF_A_TOPIC, _about_papers(by_sign))
    _drop(by_sign, OF_A_TOPIC, _rehearsed(by_sign, reading))
    return Evidence(reading, by_sign)


def _outermost(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    reach, cover, hides_all = 0, (0, 0), False
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        sign = hit.phrase.means.sign
        inside = hit.end <= reach and (hit.start, hit.end) != cover
        if inside and (hides_all or sign not in _SPEAKS_FOR_ITSELF):
            continue
        kept.append(hit)
        if hit.end > reach and sign not in _HIDES_NOTHING:
            reach, cover, hides_all = hit.end, (hit.start, hit.end), sign in _HIDES_ALL
    return kept


def _denied(by_sign: dict[Sign, list[Hit]], reading: Reading) -> set[tuple[int, int]]:
    """Offences that a "không phải" just before denies: "không phải trộm"."""
    ends = [(hit.end, reading.clause[hit.start]) for hit in by_sign.get(Sign.NEGATION, ())]
    if not ends:
        return set()
    return {
        (hit.start, hit.end)
        for sign in OF_A_TOPIC
        for hit in by_sign.get(sign, ())
        if any(0 <= hit.start - end <= _NEGATION_REACH and reading.clause[hit.start] == clause for end, clause in ends)
    }


def _about_papers(by_sign: dict[Sign, list[Hit]]) -> set[tuple[int, int]]:
    """Losses that are of papers: in "bị mất căn cước" nothing was stolen, a card is to be made again."""
    papers = [(hit.start, hit.end) for sign in (Sign.PROCEDURE, Sign.OBJECT) for hit in by_sign.get(sign, ())]
    if not papers:
        return set()
    return {
        (hit.start, hit.end)
        for sign in OF_A_TOPIC
        for hit in by_sign.get(sign, ())
        if hit.phrase.means.of in _BEFALLS_PAPERS
        and any(hit.start - _PAPER_REACH <= end and start <= hit.end for start, end in papers)
    }


def _rehearsed(by_sign: dict[Sign, list[Hit]], reading: Reading) -> set[tuple[int, int]]:
    """Offences and dangers in the clause of a drill or a lesson: nothing of it happened."""
    clauses = {reading.clause[hit.start] for hit in by_sign.get(Sign.DRILL, ())}
    if not clauses:
        return set()
    hits = (hit for sign in OF_A_TOPIC for hit in by_sign.get(sign, ()))
    return {(hit.start, hit.end) for hit in hits if reading.clause[hit.start] in clauses}


def _drop(by_sign: dict[Sign, list[Hit]], signs: Iterable[Sign], spans: set[tuple[int, int]]) -> None:
    if not spans:
        return
    for sign in signs:
        left = [hit for hit in by_sign.get(sign, ()) if (hit.start, hit.end) not in spans]
        if left:
            by_sign[sign] = left
        else:
            by_sign.pop(sign, None)
