"""Understanding: a message in, what it is out. Pure: the gazetteer and the lexicon are given, nothing is read or timed.

`Understanding(gazetteer, lexicon, places, model).decide(batch)`; services/triage/understanding_data.py builds one.
"""

from services.triage.domain.understanding.explained import Tongue, explain
from services.triage.domain.understanding.line import (
    LineInvalid,
    decision_from_line,
    decision_to_fields,
    decision_to_line,
    message_from_line,
    message_to_line,
)
from services.triage.domain.understanding.message import (
    Act,
    Candidate,
    Category,
    Decision,
    Message,
    Place,
    Review,
    Speaker,
    Turn,
    Urgency,
)
from services.triage.domain.understanding.understanding import Understanding

__all__ = [
    "Act",
    "Candidate",
    "Category",
    "Decision",
    "LineInvalid",
    "Message",
    "Place",
    "Review",
    "Speaker",
    "Tongue",
    "Turn",
    "Understanding",
    "Urgency",
    "decision_from_line",
    "decision_to_fields",
    "decision_to_line",
    "explain",
    "message_from_line",
    "message_to_line",
]
