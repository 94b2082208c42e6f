"""What the matter's subject and words say about which place counts: the victim's, the last named, or home's."""

from collections.abc import Sequence

from services.triage.domain.understanding.message import Category
from services.triage.domain.understanding.place.claims import Story
from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.text import PlaceText
from services.triage.domain.understanding.place.words import PlaceWords

# The victim's own place, or the family's, counts for these wherever the other side sits.
_AT_THE_VICTIMS = frozenset({"cyber", "trafficking", "missing_person", "rumour"})
_ONLINE = frozenset({"fraud", "cyber"})
_SELLERS = frozenset({Role.THEIRS, Role.BOUGHT, Role.GONE_TO})


def story_of(text: PlaceText, category: Category, topic: str, words: PlaceWords) -> Story:
    """The story that a message tells, as far as it decides which place counts."""
    moving = topic == "traffic" and _has(text, words.moving) and not _has(text, words.crash)
    return Story(
        last_named=moving or topic == "missing_person",
        bought=topic == "counterfeit" or (topic == "fraud" and not _is_online(text, words)),
        swindled=topic == "fraud" and not _has(text, words.met),
        inside=_has(text, words.here_asked if category is Category.ADMIN_QUESTION else words.here),
        asking=category is Category.ADMIN_QUESTION,
        elsewhere=elsewhere_allowed(text, category, topic, words),
    )


def elsewhere_allowed(text: PlaceText, category: Category, topic: str, words: PlaceWords) -> bool:
    """Whether another province may be the place: not for a victim here, nor a person held there, nor a question."""
    if topic in _AT_THE_VICTIMS and category in {Category.EMERGENCY, Category.TIP}:
        return False
    if category is Category.FEEDBACK and _has(text, words.here):
        return False
    return not (_has(text, words.held) or (topic in {"fraud", "extortion_threat"} and _is_online(text, words)))


def _is_online(text: PlaceText, words: PlaceWords) -> bool:
    """By network or telephone, and the two never met."""
    return _has(text, words.online) and not _has(text, words.met)


def without_sellers(mentions: Sequence[Mention], topic: str) -> list[Mention]:
    """For what happens online: where a swindler or a shop sits is no place of the matter."""
    if topic not in _ONLINE:
        return list(mentions)
    return [mention for mention in mentions if mention.role not in _SELLERS]


def _has(text: PlaceText, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text.haystack for phrase in phrases)
