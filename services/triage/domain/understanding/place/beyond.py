"""Whether a far place that is named is the place of the matter, or only somebody's home, purpose or past."""

import re

from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.story import Story
from shared.text import fold

# Parts in which somebody lives or is far away: what is told of home, or words that tie the matter to it, beat them.
LIVES_THERE = frozenset({Role.WORK, Role.HOME, Role.LODGING, Role.THEIRS, Role.REGISTERED, Role.NOW})
_TOLD_OUTSIDE = frozenset({Role.EVENT, Role.NOW, Role.VISITED, Role.HOME, Role.LODGING, Role.WORK, Role.THEIRS})
_NEVER_OUTSIDE = frozenset({Role.GONE_TO, Role.RESIDENTS, Role.PASSED})
_SWINDLED_THERE = frozenset({Role.EVENT, Role.NOW, Role.VISITED, Role.BOUGHT, Role.LODGING, Role.WORK, Role.HOME})
_ASKER_IS_THERE = frozenset({Role.NOW, Role.LODGING, Role.HOME, Role.OFFICE, Role.WORK})
# "Đi thăm con ở Đồng Nai", "ghi công ty ở Long An": a far place that is a purpose or a maker's.
_PURPOSE = re.compile(
    r" (di|tham|ve tham|hang|dai ly|dung ten|cap|mo|nam vien|kham|chua benh|nhan xe|nguoi khac)"
    r"( [^ ,]+){0,4}$"
)
# In an emergency: whose life it is, wherever the sender is.
_RELATIVE = re.compile(
    r" (con gai|con trai|em gai|em trai|anh trai|chi gai|chau|con|vo|chong|ban)( em| toi| minh| tui| con)?"
    r"( dang)?( o)?( tro| thue| hoc| lam| song)( o| tai| ben)?$"
)
_SUSPECT = re.compile(r" (no|han|tui no|bon no|chung no|doi tuong|thang|dua|dam|nhom)( [^ ,]+){0,3}$")


def is_outside(mention: Mention, story: Story, *, own_named: bool) -> bool:
    """Whether the matter itself, or what a question asks to have done, is at the far place.

    `own_named`: the installation's own province is named too.
    """
    role = mention.role
    at_home = story.inside and not story.asking and role in LIVES_THERE
    if role in _NEVER_OUTSIDE or (at_home and not (story.urgent and _RELATIVE.search(fold(mention.lead)))):
        return False
    if story.asking:
        return not story.moved if role in _ASKER_IS_THERE else not own_named and _asked_there(mention, story)
    theirs = role is Role.THEIRS and _SUSPECT.search(fold(mention.lead)) is not None
    if role is Role.OFFICE or theirs or (story.swindled and role not in _SWINDLED_THERE):
        return False
    return mention.pointed or mention.typed or role in _TOLD_OUTSIDE


def _asked_there(mention: Mention, story: Story) -> bool:
    """In a question: it is to be done there."""
    if story.inside:
        return False
    abroad = None in mention.name.beyond
    bound_for = _PURPOSE.search(fold(mention.lead)) is not None
    return mention.role in {Role.TOLD, Role.EVENT} and mention.pointed and not (abroad or bound_for)
