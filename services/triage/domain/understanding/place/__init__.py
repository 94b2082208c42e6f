"""Place: where the event is or was, by the labels' guide. `Places(…).locate(message, category, topic)` → `Located`."""

from services.triage.domain.understanding.place.places import Places
from services.triage.domain.understanding.place.told import Located
from services.triage.domain.understanding.place.words import PlaceWords, place_words

__all__ = ["Located", "PlaceWords", "Places", "place_words"]
