"""What the matter's subject and words say about which place counts: the victim's, the last named, or home's."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.domain.understanding.message import Category
from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.text import PlaceText
from services.triage.domain.understanding.place.words import PlaceWords

# The victim's own place, or the family's, counts for these wherever the other side sits.
_AT_THE_VICTIMS = frozenset({"cyber", "trafficking", "missing_person"})
_BY_PHONE = frozenset({"fraud", "extortion_threat", "loan_shark"})
_ONLINE = frozenset({"fraud", "cyber"})
_SELLERS = frozenset({Role.THEIRS, Role.BOUGHT, Role.GONE_TO})


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of the matter beside the words around a name.

    `last_named`: a moving vehicle or a missing person; `bought`: the purchase is the matter; `swindled`: a fraud whose
    two sides are not said to have met; `inside`: words tie the matter to home (“ở quê”); `visited`: somebody
    came here to do it; `moved`: the asker has moved here; `there`: the asker speaks of the far place as where they are;
    `reports`: the asker would report it; `praising`: feedback; `rumour`: news of an event, wherever it is heard;
    `urgent`: an emergency; `asking`: a question; `elsewhere`: another province may be the place.
    """

    last_named: bool = False
    bought: bool = False
    swindled: bool = False
    inside: bool = False
    visited: bool = False
    moved: bool = False
    there: bool = False
    reports: bool = False
    praising: bool = False
    rumour: bool = False
    urgent: bool = False
    asking: bool = False
    elsewhere: bool = True


def story_of(text: PlaceText, category: Category, topic: str, words: PlaceWords) -> Story:
    """The story that a message tells, as far as it decides which place counts."""
    said = words.phrases.said(text)
    online = "online" in said and "met" not in said
    moving = ("moving" if topic == "traffic" else "driving") in said and "crash" not in said
    return Story(
        last_named=moving or topic == "missing_person",
        bought=topic == "counterfeit" or (topic == "fraud" and not online),
        swindled=topic == "fraud" and "met" not in said,
        inside=("here_asked" if category is Category.ADMIN_QUESTION else "here") in said,
        visited="visits" in said,
        moved="moved" in said and "there" not in said,
        there="there" in said,
        reports="reports" in said,
        praising=category is Category.FEEDBACK,
        rumour=topic == "rumour",
        urgent=category is Category.EMERGENCY,
        asking=category is Category.ADMIN_QUESTION,
        elsewhere=_elsewhere_allowed(said, category, topic, online=online),
    )


def _elsewhere_allowed(said: frozenset[str], category: Category, topic: str, *, online: bool) -> bool:
    """Whether another province may be the place: not for a victim here, nor a person held there."""
    if category is Category.ADMIN_QUESTION or topic == "rumour":
        return True
    if topic == "missing_person" and "strayed" in said and category is Category.EMERGENCY:
        return True
    if topic in _AT_THE_VICTIMS and category in {Category.EMERGENCY, Category.TIP}:
        return False
    held = "held" in said and "kept" not in said
    return not (held or (topic in _BY_PHONE and online))


def without_sellers(mentions: Sequence[Mention], topic: str) -> list[Mention]:
    """For what happens online: where a swindler or a shop sits is no place of the matter."""
    if topic not in _ONLINE:
        return list(mentions)
    return [mention for mention in mentions if mention.role not in _SELLERS or _came_home(mention)]


def _came_home(mention: Mention) -> bool:
    """Whether one went back to it, a commune of ours: "mua giống trên mạng, về Ea Kly trồng chết hết"."""
    return bool(mention.name.spots) and mention.role is Role.GONE_TO and mention.lead.endswith((" về", " ve"))
