"""What the message is about: its topics in the guide's order, and the procedure asked about."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.triage.domain.understanding.evidence import Evidence
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Lexicon, Sign
from services.triage.domain.understanding.message import Category
from services.triage.domain.understanding.weigh import OFFENCE, Wish

NONE_OF_THESE = "none_of_these"
_HARM_TO_A_CHILD = frozenset({"violence", "domestic_violence", "sexual_offence"})
_VICTIM_FIRST = frozenset({"child_abuse", "domestic_violence"})
_TOLD = 2.0  # a topic below this weight is only hinted at


@dataclass(frozen=True, slots=True)
class Subject:
    """The topic, all topics (it included), and the procedure's slug where one is asked about."""

    topic: str
    topics: tuple[str, ...]
    procedure: str | None


def subject_of(wish: Wish, evidence: Evidence, lexicon: Lexicon) -> Subject:
    """The subject of a message whose wish is known. Never raises; what fits nothing is `other`."""
    match wish.category:
        case Category.EMERGENCY | Category.TIP:
            return _of_offences(wish, evidence, lexicon)
        case Category.ADMIN_QUESTION:
            return _of_question(evidence, lexicon)
        case Category.FEEDBACK:
            return _alone("service")
        case Category.SPAM:
            return _alone("advert")
        case Category.OTHER:
            return _alone(_small_talk(evidence))


def offences(evidence: Evidence, lexicon: Lexicon) -> list[str]:
    """The topics of the offences told, first fitting first; merely hinted ones only where nothing is told."""
    weight: dict[str, float] = {}
    for sign in OF_A_TOPIC:
        for hit in evidence.by_sign.get(sign, ()):
            topic = hit.phrase.means.of
            weight[topic] = max(weight.get(topic, 0.0), OFFENCE[sign])
    told = [topic for topic, heavy in weight.items() if heavy >= _TOLD] or list(weight)
    if "violence" in told and any(
        evidence.near(hit, Sign.FAMILY, clauses=0)
        for hit in evidence.hits(*OF_A_TOPIC)
        if hit.phrase.means.of == "violence"
    ):
        told.append("domestic_violence")
    if evidence.has(Sign.CHILD) and _HARM_TO_A_CHILD.intersection(told):
        told.append("child_abuse")
    return sorted(set(told), key=lambda topic: lexicon.topics[topic].rank)


def _of_offences(wish: Wish, evidence: Evidence, lexicon: Lexicon) -> Subject:
    topics = offences(evidence, lexicon)
    if evidence.has(Sign.VERIFY) and "fraud" not in topics:
        topics.insert(0, "fraud" if evidence.has(Sign.SPAM, Sign.IMPOSTOR) else "rumour")
    if not topics:
        topics = ["public_order"]
    endangered = {hit.phrase.means.of for hit in wish.weights.dangers}
    first = next((topic for topic in topics if topic in endangered), topics[0])
    first = topics[0] if topics[0] in _VICTIM_FIRST else first
    return Subject(first, _first_of(first, topics), None)


def _of_question(evidence: Evidence, lexicon: Lexicon) -> Subject:
    slug = _procedure(evidence, lexicon)
    if slug:
        topic = lexicon.procedures[slug].topic
        return Subject(topic, (topic,), slug)
    if evidence.has(Sign.SUBJECT):
        found = [hit.phrase.means.of for hit in evidence.hits(Sign.SUBJECT)]
        topic = "other_agency" if "other_agency" in found else "other_procedure"
        return Subject(topic, (topic,), NONE_OF_THESE)
    topics = offences(evidence, lexicon) or ["other_procedure"]
    return Subject(topics[0], tuple(topics), NONE_OF_THESE)


def _procedure(evidence: Evidence, lexicon: Lexicon) -> str | None:
    """The procedure a phrase names alone, else the object's whose words are there, else the object's usual one."""
    objects = {hit.phrase.means.of for hit in evidence.hits(Sign.OBJECT)}
    named = [hit.phrase.means.of for hit in evidence.hits(Sign.PROCEDURE)]
    chosen = [
        slug
        for slug in dict.fromkeys(hit.phrase.means.of for hit in evidence.hits(Sign.QUALIFIER))
        if lexicon.procedures[slug].object in objects
    ]
    winning = [slug for slug in chosen if lexicon.subjects[lexicon.procedures[slug].object].wins]
    usual = {about.otherwise for about in lexicon.subjects.values()}
    special = [slug for slug in named if slug not in usual]
    about_named = {lexicon.procedures[slug].object for slug in named}
    finer = [slug for slug in chosen if not named or lexicon.procedures[slug].object in about_named]
    for slugs in (winning, special, finer, named):
        if slugs:
            return min(slugs, key=list(lexicon.procedures).index)
    asked = evidence.has(Sign.ASK, Sign.SUBJECT) or evidence.reading.asks
    for about in lexicon.subjects.values():
        if about.name in objects and (asked or not about.needs_procedure_words):
            return about.otherwise
    return None


def _small_talk(evidence: Evidence) -> str:
    if evidence.has(Sign.THANKS):
        return "thanks"
    return "greeting" if evidence.has(Sign.GREETING) else "other"


def _first_of(first: str, topics: Iterable[str]) -> tuple[str, ...]:
    return (first, *(topic for topic in topics if topic != first))


def _alone(topic: str) -> Subject:
    return Subject(topic, (topic,), None)
