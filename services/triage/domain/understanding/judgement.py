"""What a message is: the learnt model's answers, the lexicon's signs beside them, and the guide's order over both.

Where the two disagree on an emergency the safe side wins; where neither is sure, a person is asked to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.triage.domain.understanding.conflict import accuses, calls
from services.triage.domain.understanding.examine import Examined
from services.triage.domain.understanding.language import VIETNAMESE
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Lexicon, Sign
from services.triage.domain.understanding.message import Act, Category, Speaker, Turn, Urgency
from services.triage.domain.understanding.model import Answers, Model

NONE_OF_THESE = "none_of_these"
"""The procedure of a question about none of the forty."""

HEADS = frozenset(
    {"category", "topic", "procedure", "urgency", "act", "emergency", "conflict", "police", "no_answer", "language"}
    | {"asks_too"}
)
"""What a model must be able to answer."""

# Probabilities as they are in an inbox. Set on the development messages, which are no part of the evaluation.
EMERGENCY = 0.28  # from this probability on it is one: one in five so called is none, one in a hundred is missed
EMERGENCY_IF_ENDANGERED = 0.18  # or from this one on, where the lexicon finds a live danger
CONFLICT = 0.008  # rare in an inbox, and grave where it is missed: one in three so called is none
CONFLICT_IF_PLAIN = 0.0005
CONFLICT_IF_CALLED = 0.05
POLICE = 0.08
PLAIN_WORDS = 10
DOUBTED = 0.4  # how sure of what the lexicon hears and the model does not; below what a person looks at
LANGUAGE = 0.40
NO_ANSWER = 0.35
FURTHER_TOPIC = 0.22
HEARD_TOO = 0.25  # a model's share that is enough where the lexicon hears it too
FAINT = 0.12  # a likeliest topic below this is a guess
FURTHER_WISH = 0.5
NEW_SUBJECT = 0.70  # how sure a follow-up must be of a wish of its own
NEW_SUBJECT_WORDS = 5  # and how many words it must have
WHOLE_QUESTION = 0.90  # how sure of a question that stands by itself
BARE_THANKS = 10  # words at most
MOST_TELLING = 3  # words, or pairs of them, that are quoted
TELLING_LETTERS = 4  # of a word quoted alone
_REPORTS = frozenset({Category.EMERGENCY, Category.TIP})
_ON_THE_CASE = frozenset({Act.ANSWER, Act.SETTLE, Act.WITHDRAW})
_SLIGHT = frozenset({Category.OTHER, Category.FEEDBACK, Category.SPAM})
_TOPICS_OF = {
    Category.FEEDBACK: ("service", "thanks"),
    Category.SPAM: ("advert",),
    Category.OTHER: ("greeting", "thanks", "other", "other_agency"),
}
_PROCEDURES = (
    *("residence", "id_card", "vneid", "vehicle", "driving_licence", "criminal_record", "passport"),
    *("fire_safety_permit", "business_security_permit", "other_procedure", "other_agency"),
)
_SLIGHT_TOPICS = frozenset({"service", "thanks", "greeting", "advert"})
_NOT_OFFENCES = frozenset({*_PROCEDURES, *_SLIGHT_TOPICS})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is decided of a message, but for its place. `sure`: how likely the category is right."""

    category: Category
    also: tuple[Category, ...]
    topics: tuple[str, ...]
    urgency: Urgency
    act: Act | None
    procedure: str | None
    procedure_sure: float
    no_answer: bool
    conflict: bool
    police: bool
    language: str
    sure: float

    @property
    def topic(self) -> str:
        return self.topics[0]


class Judge:
    """Judges examined messages by one model. Safe to share. Raises ValueError for a model that cannot answer all."""

    def __init__(self, model: Model, lexicon: Lexicon) -> None:
        _check(model, lexicon)
        self._model = model
        self._lexicon = lexicon
        topics = model.heads["topic"].labels
        self._fitting = {c: np.array([_fits(c, topic) for topic in topics]) for c in Category}
        self._mild = np.array([label != Category.EMERGENCY for label in model.heads["category"].labels])

    def judge(self, batch: Sequence[tuple[Examined, Sequence[Turn]]]) -> list[Judgement]:
        """A judgement for each message with what was said before it, in order."""
        talks = [examined for examined, turns in batch if turns]
        asked = [examined.features for examined, _ in batch]
        asked += [each.before.features for each in talks if each.before]
        asked += [each.by_itself for each in talks if each.by_itself]
        answers = iter(self._model.answers(asked))
        judged = [self._alone(examined, next(answers), turns) for examined, turns in batch]
        before = {id(each): self._alone(each.before, next(answers), ()) for each in talks if each.before}
        by_itself = {id(each): self._alone(each, next(answers), ()) for each in talks if each.by_itself}
        return [
            _in_conversation(each, before.get(id(examined)), by_itself[id(examined)], examined) if turns else each
            for each, (examined, turns) in zip(judged, batch, strict=True)
        ]

    def telling(self, examined: Examined, head: str, label: str = "yes") -> tuple[str, ...]:
        """The sender's words, one or two together, that spoke loudest for an answer; for people to read."""
        words, bare = examined.reading.words, examined.reading.bare
        pairs = [(at, at + 2) for at in range(len(bare) - 1)]  # two words say more to a reader than one
        spans = pairs + [(at, at + 1) for at, word in enumerate(bare) if len(word) >= TELLING_LETTERS]
        pulls = self._model.pull(head, label, [" ".join(bare[start:end]) for start, end in spans])
        chosen: list[tuple[int, int]] = []
        for pull, (start, end) in sorted(zip(pulls, spans, strict=True), reverse=True):
            if pull > 0 and all(end <= other or start >= until for other, until in chosen):
                chosen.append((start, end))
        return tuple(" ".join(words[start:end]) for start, end in sorted(chosen[:MOST_TELLING]))

    def _alone(self, examined: Examined, answers: Answers, turns: Sequence[Turn]) -> Judgement:
        category, sure = self._category(examined, answers)
        procedure, procedure_sure = self._procedure(category, answers)
        return Judgement(
            category=category,
            also=_also(category, examined, answers),
            topics=self._topics(category, procedure, examined, answers),
            urgency=_urgency(category, answers),
            act=_act(category, examined, answers, turns),
            procedure=procedure,
            procedure_sure=procedure_sure,
            no_answer=category is Category.ADMIN_QUESTION and _has_no_answer(procedure, answers),
            conflict=category in _REPORTS and _conflict(examined, answers),
            police=answers.of("police") >= POLICE,
            language=_language(examined, answers),
            sure=sure,
        )

    def _category(self, examined: Examined, answers: Answers) -> tuple[Category, float]:
        head = self._model.heads["category"]
        danger = max(answers.of("emergency"), answers.of("category", Category.EMERGENCY))
        if danger >= (EMERGENCY_IF_ENDANGERED if examined.endangered else EMERGENCY):
            return Category.EMERGENCY, head.calibrated(danger)
        best, share = answers.best("category", self._mild)
        if best == Category.OTHER and _told_plainly(examined):
            return Category.TIP, DOUBTED  # the two disagree: it is a report until a person has looked
        return Category(best), head.calibrated(share)

    def _topics(
        self, category: Category, procedure: str | None, examined: Examined, answers: Answers
    ) -> tuple[str, ...]:
        if procedure and procedure != NONE_OF_THESE:
            return (self._lexicon.procedures[procedure].topic,)
        fitting = self._fitting[category]
        best, share = answers.best("topic", fitting)
        if share < FAINT and category in _REPORTS and (heard := _heard(examined)):
            return (heard,)  # the model has no idea of it; the lexicon does
        further = answers.above("topic", FURTHER_TOPIC * (share + 1) / 2, fitting)
        return tuple(dict.fromkeys((best, *further)))

    def _procedure(self, category: Category, answers: Answers) -> tuple[str | None, float]:
        if category is not Category.ADMIN_QUESTION:
            return None, 0.0
        best, share = answers.best("procedure")
        return best, self._model.heads["procedure"].calibrated(share)


def _check(model: Model, lexicon: Lexicon) -> None:
    """Raises ValueError where a head is missing, or has a label that nobody here knows."""
    if missing := HEADS - model.heads.keys():
        raise ValueError(f"model {model.version}: no head for {', '.join(sorted(missing))}")
    known = {
        "category": set(Category),
        "topic": lexicon.topics.keys(),
        "procedure": {*lexicon.procedures, NONE_OF_THESE},
        "urgency": set(Urgency),
        "act": {*Act, "none"},
    }
    for head, labels in known.items():
        if strange := set(model.heads[head].labels) - labels:
            raise ValueError(f"model {model.version}: {head} knows {', '.join(sorted(strange))}, the word lists do not")


def _in_conversation(alone: Judgement, before: Judgement | None, by_itself: Judgement, examined: Examined) -> Judgement:
    """A message that brings no subject of its own is about the case's (the guide).

    `alone` is read with what was said before, `by_itself` without: a danger told so is never lost in an older matter.
    """
    if by_itself.category is Category.EMERGENCY and alone.act not in {Act.SETTLE, Act.WITHDRAW}:
        return by_itself
    if _is_bare_thanks(alone, examined):
        return _only_thanks(alone)
    if before and before.category is not by_itself.category and _asks_something_else(by_itself, examined):
        return by_itself
    if before is None or (before.category in _SLIGHT and alone.act not in _ON_THE_CASE):
        return _unless_over(alone)
    if alone.act not in _ON_THE_CASE and _brings_a_subject(alone, before, examined):
        return _unless_over(alone)
    return _unless_over(
        replace(
            before,
            also=(),
            act=alone.act if alone.act in _ON_THE_CASE or alone.act is Act.THANK else before.act,
            conflict=before.conflict or alone.conflict,
            police=before.police or alone.police,
            language=alone.language,
            sure=max(alone.sure, before.sure),
        )
    )


def _heard(examined: Examined) -> str | None:
    """The topic of the first sign of an offence, the clearest first."""
    hits = examined.evidence.hits(Sign.DANGER, Sign.STRONG, Sign.DANGER_NOW)
    return hits[0].phrase.means.of if hits else None


def _conflict(examined: Examined, answers: Answers) -> bool:
    evidence = examined.evidence
    least = CONFLICT_IF_PLAIN if accuses(evidence) else CONFLICT_IF_CALLED if calls(evidence) else CONFLICT
    return answers.of("conflict") >= least


def _told_plainly(examined: Examined) -> bool:
    """A short message in which the lexicon finds an offence that nothing takes back: "có cướp ở chợ"."""
    evidence = examined.evidence
    taken_back = (Sign.UNREAL, Sign.NEGATION, Sign.LONG_PAST, Sign.DRILL, Sign.SETTLE, Sign.WITHDRAW, Sign.THANKS)
    told = evidence.has(Sign.DANGER, Sign.DANGER_NOW, Sign.STRONG) and not evidence.has(*taken_back)
    return told and len(examined.reading) <= PLAIN_WORDS


def _language(examined: Examined, answers: Answers) -> str:
    """What its script tells, else the likeliest where it is likely enough, else Vietnamese."""
    likeliest, share = answers.best("language")
    return examined.script or (likeliest if share >= LANGUAGE else VIETNAMESE)


def _has_no_answer(procedure: str | None, answers: Answers) -> bool:
    return procedure == NONE_OF_THESE or answers.of("no_answer") >= NO_ANSWER


def _urgency(category: Category, answers: Answers) -> Urgency:
    """By the guide: an emergency is critical or high and nothing else is critical."""
    critical, high, normal, low = (answers.of("urgency", each) for each in Urgency)
    match category:
        case Category.EMERGENCY:
            return Urgency.CRITICAL if critical >= high else Urgency.HIGH
        case Category.TIP:
            return Urgency.HIGH if high >= normal else Urgency.NORMAL
        case Category.ADMIN_QUESTION:
            return Urgency.NORMAL if normal + high > low else Urgency.LOW
        case _:
            return Urgency.LOW


def _act(category: Category, examined: Examined, answers: Answers, turns: Sequence[Turn]) -> Act | None:
    """What the head says, where it can be: without a question of the page nothing answers one."""
    best, _ = answers.best("act")
    if best == Act.ANSWER:  # an answer that says it is over is more than an answer
        for sign, act in ((Sign.SETTLE, Act.SETTLE), (Sign.WITHDRAW, Act.WITHDRAW)):
            if examined.evidence.has(sign) and answers.of("act", act) >= HEARD_TOO:
                return act
    answers_page = bool(turns) and turns[-1].speaker is Speaker.PAGE
    if best in {Act.SETTLE, Act.WITHDRAW, Act.THANK} or (best == Act.ANSWER and answers_page):
        return Act(best)
    if category in _REPORTS:
        return Act.REPORT
    return Act.ASK if category is Category.ADMIN_QUESTION else None


def _also(category: Category, examined: Examined, answers: Answers) -> tuple[Category, ...]:
    asks = answers.of("asks_too") >= FURTHER_WISH and examined.reading.asks
    return (Category.ADMIN_QUESTION,) if asks and category in _REPORTS else ()


def _fits(category: Category, topic: str) -> bool:
    """Whether the guide lists a topic among those of a category."""
    if category in _TOPICS_OF:
        return topic in _TOPICS_OF[category]
    if category is Category.ADMIN_QUESTION:
        return topic not in _SLIGHT_TOPICS
    return topic not in _NOT_OFFENCES and (topic != "other" or category is Category.EMERGENCY)


def _is_bare_thanks(alone: Judgement, examined: Examined) -> bool:
    evidence = examined.evidence
    thanks = alone.act is Act.THANK or evidence.has(Sign.THANKS)
    more = evidence.has(*OF_A_TOPIC, Sign.ASK, Sign.NOW, Sign.SETTLE, Sign.WITHDRAW) or examined.reading.asks
    return thanks and not more and len(examined.reading) <= BARE_THANKS


def _only_thanks(judgement: Judgement) -> Judgement:
    """Bare thanks are `other` (the guide), also after an answer: they want nothing of the case."""
    return replace(
        judgement,
        act=Act.THANK,
        category=Category.OTHER,
        also=(),
        topics=("thanks",),
        urgency=Urgency.LOW,
        procedure=None,
        procedure_sure=0.0,
        no_answer=False,
        conflict=False,
        police=False,
    )


def _asks_something_else(by_itself: Judgement, examined: Examined) -> bool:
    """A whole question on a procedure, after a report: "à cho em hỏi làm căn cước cho con cần gì"."""
    asks = by_itself.category is Category.ADMIN_QUESTION and by_itself.sure >= WHOLE_QUESTION
    return asks and len(examined.reading) > NEW_SUBJECT_WORDS


def _brings_a_subject(alone: Judgement, before: Judgement, examined: Examined) -> bool:
    if alone.category is before.category or alone.category in {Category.OTHER, Category.EMERGENCY}:
        return False
    return alone.sure >= NEW_SUBJECT and len(examined.reading) >= NEW_SUBJECT_WORDS


def _unless_over(judgement: Judgement) -> Judgement:
    """What is settled or taken back is no emergency (the guide)."""
    if judgement.category is Category.EMERGENCY and judgement.act in {Act.SETTLE, Act.WITHDRAW}:
        return replace(judgement, category=Category.TIP, urgency=Urgency.NORMAL)
    return judgement
