"""Where a message's matter is: the one function the rest of understanding calls."""

from services.triage.domain.understanding.message import Category, Message, Speaker
from services.triage.domain.understanding.place.names import PlaceNames
from services.triage.domain.understanding.place.told import Located, locate, page_spots, remembered_of, told_by
from services.triage.domain.understanding.place.words import PlaceWords
from services.triage.domain.understanding.reading import read
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure, structure_on

_LAST_TURNS = 6


class Places:
    """The names of an installation's province, ready to be found. Built once, then only read: safe to share."""

    def __init__(self, register: Register, words: PlaceWords) -> None:
        self._register = register
        self._words = words
        self._names = {structure: PlaceNames(register, words, structure) for structure in Structure}

    def locate(self, message: Message, category: Category, topic: str) -> Located:
        """The commune of a message's matter, its candidates, another province, or nothing. Never raises."""
        names = self._names[structure_on(message.occurred_on)]
        page = page_spots(message, self._register, names)
        only_page = page[0] if len(page) == 1 else None
        told = told_by(read(message.text, {}), names, self._words, only_page, topic)
        turns = message.conversation[-_LAST_TURNS:]
        before = [(turn.speaker, read(turn.text, {})) for turn in turns if turn.speaker is Speaker.PERSON]
        remembered = remembered_of(before, names, self._words, only_page)
        return locate(told, remembered, page, category, self._register.province)
