"""Place: where the event is or was, by the labels' guide. `Places(…).locate(message, category, topic)` → `Located`.

Read in this order: spots.py (what a name may mean), text.py, names.py and search.py (finding names), mentions.py,
roles.py and after.py (how and as what a name is mentioned), story.py and beyond.py (whether the matter is far away),
claims.py and told.py (weighing), places.py (text, conversation, page).
"""

from services.triage.domain.understanding.place.located import Located
from services.triage.domain.understanding.place.places import Places
from services.triage.domain.understanding.place.points import Atlas
from services.triage.domain.understanding.place.spots import Spot
from services.triage.domain.understanding.place.villages import NO_VILLAGES, Villages
from services.triage.domain.understanding.place.words import PlaceWords, ProvinceWords, place_words, province_words

__all__ = [
    "NO_VILLAGES",
    "Atlas",
    "Located",
    "PlaceWords",
    "Places",
    "ProvinceWords",
    "Spot",
    "Villages",
    "place_words",
    "province_words",
]
