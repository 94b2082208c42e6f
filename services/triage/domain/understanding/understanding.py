"""From a message to a decision: examine it, judge what it is, find where it is, say why.

Whatever replaces this keeps `decide` and the guide's line (docs/labels.md).
"""

from collections.abc import Sequence
from copy import copy
from functools import partial

import numpy as np

from services.triage.domain.understanding.examine import Examined, examine
from services.triage.domain.understanding.explained import explain
from services.triage.domain.understanding.judgement import Judge, Judgement
from services.triage.domain.understanding.language import VIETNAMESE
from services.triage.domain.understanding.lexicon import Lexicon
from services.triage.domain.understanding.message import Candidate, Decision, Message, Review
from services.triage.domain.understanding.model import Model
from services.triage.domain.understanding.place import Located, Places, Villages
from services.triage.domain.understanding.reasons import reasons_of
from shared.gazetteer.register import Register

UNSURE = 0.42  # below this probability of its category a person looks: fewer than one in fifty, mostly rightly
_STATED = (0.5, 0.66, 0.76, 0.87, 0.94)  # category times place
_TRUE = (0.5, 0.67, 0.85, 0.92, 0.975)  # how often both were right, on the development messages
_LAST_TURNS = 6  # of the conversation that are read


class Understanding:
    """Decides what messages are. Built once (it prepares its searches), then only read: safe to share."""

    def __init__(self, gazetteer: Register, lexicon: Lexicon, places: Places, model: Model) -> None:
        self.version = model.version
        self._register = gazetteer
        self._lexicon = lexicon
        self._judge = Judge(model, lexicon)
        self._places = places

    def knowing(self, villages: Villages) -> "Understanding":
        """The same, for a province with these villages; costs nothing."""
        other = copy(self)
        other._places = self._places.knowing(villages)  # noqa: SLF001 - a copy of ourselves
        return other

    def decide(self, batch: Sequence[Message]) -> list[Decision]:
        """A decision for each message, in order. Any Unicode text gives one; nothing is raised."""
        turns = [message.conversation[-_LAST_TURNS:] for message in batch]
        examined = [examine(m.text, self._lexicon, t) for m, t in zip(batch, turns, strict=True)]
        judged = self._judge.judge(list(zip(examined, turns, strict=True)))
        return [self._decision(*each) for each in zip(batch, examined, judged, strict=True)]

    def explain(self, message: Message) -> str:
        """The decision on one message as lines of Vietnamese with its evidence, for a terminal."""
        return explain(self.decide([message])[0], self._register)

    def _decision(self, message: Message, examined: Examined, judgement: Judgement) -> Decision:
        where = self._places.locate(message, judgement.category, judgement.topic)
        spot = where.spot
        return Decision(
            id=message.id,
            category=judgement.category,
            also=judgement.also,
            topic=judgement.topic,
            topics=judgement.topics,
            urgency=judgement.urgency,
            act=judgement.act,
            procedure=judgement.procedure,
            language=judgement.language,
            about_police=judgement.police,
            place=where.place,
            province=where.province,
            commune_2020=spot.commune_2020 if spot else None,
            commune_2025=spot.commune_2025 if spot else None,
            candidates=_candidates(where),
            confidence=_confidence(judgement, where),
            review=_review(message, judgement, where),
            reasons=reasons_of(examined, judgement, where, self._lexicon, partial(self._judge.telling, examined)),
            procedure_confidence=round(judgement.procedure_sure, 3),
        )


def _confidence(judgement: Judgement, where: Located) -> float:
    """The probability that category and commune are both right: they go wrong together more often than by chance."""
    both = judgement.sure * where.sureness
    return round(float(np.interp(both, [0, *_STATED, 1], [0, *_TRUE, 1])), 3)


def _candidates(where: Located) -> tuple[Candidate, ...]:
    each = zip(where.candidates, where.chances, strict=True)
    return tuple(Candidate(spot.commune_2020, spot.commune_2025, chance) for spot, chance in each)


def _review(message: Message, judgement: Judgement, where: Located) -> tuple[Review, ...]:
    reasons = {
        Review.COMMUNE_UNCLEAR: where.unclear,
        Review.LOW_CONFIDENCE: judgement.sure < UNSURE,
        Review.LANGUAGE: judgement.language != VIETNAMESE,
        Review.CONFLICT: judgement.conflict,
        Review.NO_ANSWER: judgement.no_answer,
        Review.MEDIA: not message.text.strip(),
    }
    return tuple(reason for reason, given in reasons.items() if given)
