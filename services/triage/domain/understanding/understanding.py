"""From a message to a decision: read, gather signs, weigh the wish, find subject, place and urgency, say why.

The first understanding, by lexicon and gazetteer; whatever replaces it keeps `decide` and the guide's line.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.triage.domain.understanding.conflict import accused
from services.triage.domain.understanding.evidence import Evidence, gather
from services.triage.domain.understanding.language import VIETNAMESE, language_of
from services.triage.domain.understanding.lexicon import Lexicon, Sign
from services.triage.domain.understanding.message import (
    Candidate,
    Category,
    Decision,
    Message,
    Place,
    Review,
    Speaker,
)
from services.triage.domain.understanding.place import Located, Places
from services.triage.domain.understanding.reading import Reading, read
from services.triage.domain.understanding.reasons import explain, reasons_of
from services.triage.domain.understanding.subject import NONE_OF_THESE, Subject, subject_of
from services.triage.domain.understanding.sureness import LOW, confidence_of, sureness_of
from services.triage.domain.understanding.urgency import act_of, urgency_of
from services.triage.domain.understanding.weigh import CLEAR, Wish, choose, weigh
from shared.gazetteer.register import Register

VERSION = "lexicon-1"
_LAST_TURNS = 6  # of the conversation that are read


class Understanding:
    """Decides what messages are. Built once (it prepares its searches), then only read: safe to share."""

    version = VERSION

    def __init__(self, gazetteer: Register, lexicon: Lexicon, places: Places) -> None:
        self._register = gazetteer
        self._lexicon = lexicon
        self._places = places

    def decide(self, batch: Sequence[Message]) -> list[Decision]:
        """A decision for each message, in order. Any Unicode text gives one; nothing is raised."""
        return [self._decide(message) for message in batch]

    def explain(self, message: Message) -> str:
        """The decision on one message as lines of Vietnamese with its evidence, for a terminal."""
        return explain(self._decide(message), self._register)

    def _decide(self, message: Message) -> Decision:
        reading = read(message.text, self._lexicon.shorthand)
        before = self._read_conversation(message)
        evidence = gather(reading, self._lexicon)
        wish, subject = self._wish(evidence, before)
        where = self._places.locate(message, wish.category, subject.topic)
        return self._answer(message, evidence, wish, subject, where)

    def _read_conversation(self, message: Message) -> list[tuple[Speaker, Reading]]:
        turns = message.conversation[-_LAST_TURNS:]
        return [(turn.speaker, read(turn.text, self._lexicon.shorthand)) for turn in turns]

    def _wish(self, evidence: Evidence, before: Sequence[tuple[Speaker, Reading]]) -> tuple[Wish, Subject]:
        """The message's own wish; that of what came before, where it brings no new subject to a conversation."""
        wish = choose(evidence, weigh(evidence))
        if before and not _brings_a_subject(wish):
            for speaker, reading in reversed(before):
                if speaker is Speaker.PERSON:
                    earlier = gather(reading, self._lexicon)
                    earlier_wish = choose(earlier, weigh(earlier))
                    if _brings_a_subject(earlier_wish):
                        kept = replace(
                            earlier_wish, weights=replace(wish.weights, dangers=earlier_wish.weights.dangers)
                        )
                        return _calmed(kept, evidence), subject_of(earlier_wish, earlier, self._lexicon)
        wish = _calmed(wish, evidence)
        return wish, subject_of(wish, evidence, self._lexicon)

    def _answer(self, message: Message, evidence: Evidence, wish: Wish, subject: Subject, where: Located) -> Decision:
        police, official = accused(evidence)
        language = language_of(message.text, evidence.reading)
        urgency = urgency_of(wish.category, subject.topic, evidence)
        sureness = sureness_of(wish, language)
        spot = where.spot
        return Decision(
            id=message.id,
            category=wish.category,
            also=wish.also,
            topic=subject.topic,
            topics=subject.topics,
            urgency=urgency,
            act=act_of(wish.category, evidence, message.conversation, wish),
            procedure=subject.procedure,
            language=language,
            about_police=police,
            place=where.place,
            province=where.province,
            commune_2020=spot.commune_2020 if spot else None,
            commune_2025=spot.commune_2025 if spot else None,
            candidates=_candidates(where),
            confidence=confidence_of(sureness, where),
            review=_review(message, wish, subject, where, language, sureness, conflict=police or official),
            reasons=reasons_of(
                evidence, wish, subject, urgency, where, self._lexicon, police=police, official=official
            ),
        )


def _brings_a_subject(wish: Wish) -> bool:
    return wish.category not in {Category.OTHER, Category.SPAM} and wish.lead >= CLEAR / 2


def _calmed(wish: Wish, evidence: Evidence) -> Wish:
    """What is settled or taken back is no emergency (the guide)."""
    if wish.category is Category.EMERGENCY and evidence.has(Sign.SETTLE, Sign.WITHDRAW):
        return replace(wish, category=Category.TIP)
    return wish


def _candidates(where: Located) -> tuple[Candidate, ...]:
    if not where.candidates:
        return ()
    share = round(1 / len(where.candidates), 3)
    return tuple(Candidate(spot.commune_2020, spot.commune_2025, share) for spot in where.candidates)


def _review(
    message: Message,
    wish: Wish,
    subject: Subject,
    where: Located,
    language: str,
    sureness: float,
    *,
    conflict: bool,
) -> tuple[Review, ...]:
    question = wish.category is Category.ADMIN_QUESTION
    reported = wish.category in {Category.EMERGENCY, Category.TIP}
    unclear = (where.place is Place.AMBIGUOUS and not (question and where.only_district)) or (
        where.place is Place.NONE and reported
    )
    reasons = {
        Review.COMMUNE_UNCLEAR: unclear,
        Review.LOW_CONFIDENCE: sureness < LOW,
        Review.LANGUAGE: language != VIETNAMESE,
        Review.CONFLICT: conflict,
        Review.NO_ANSWER: question and subject.procedure in {None, NONE_OF_THESE},
        Review.MEDIA: not message.text.strip(),
    }
    return tuple(reason for reason, given in reasons.items() if given)
