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
_SWINDLED_THERE = frozenset({Role.EVENT, Role.NOW, Role.VISITED, Role.BOUGHT, Role.LODGING})
_ASKER_IS_THERE = frozenset({Role.NOW, Role.LODGING, Role.HOME, Role.OFFICE})
# "Đi thăm con ở Đồng Nai", "ghi công ty ở Long An": a far place that is a purpose or a maker's.
_PURPOSE = re.compile(
    r" (di|tham|ve tham|cty|cong ty|hang|dai ly|dung ten|cap|mo|nam vien|kham|chua benh|nhan xe|nguoi khac)"
    r"( [^ ,]+){0,4}$"
)
_SUSPECT = re.compile(r" (no|han|tui no|bon no|chung no|doi tuong|thang|dua|dam|nhom)( [^ ,]+){0,3}$")


def is_outside(mention: Mention, story: Story, *, own_named: bool) -> bool:
    """Whether the matter itself, or what a question asks to have done, is at the far place.

    `own_named`: the installation's own province is named too.
    """
    role = mention.role
    if role in _NEVER_OUTSIDE or (story.inside and (story.asking or role in LIVES_THERE)):
        return False
    if story.asking:
        return not own_named and _asked_there(mention)
    theirs = role is Role.THEIRS and _SUSPECT.search(fold(mention.lead)) is not None
    if role is Role.OFFICE or theirs or (story.swindled and role not in _SWINDLED_THERE):
        return False
    return mention.pointed or mention.typed or role in _TOLD_OUTSIDE


def _asked_there(mention: Mention) -> bool:
    """In a question: one is there now, lodges there, or asks to have it done there."""
    if mention.role in _ASKER_IS_THERE:
        return True
    abroad = None in mention.name.beyond
    bound_for = _PURPOSE.search(fold(mention.lead)) is not None
    return mention.role in {Role.TOLD, Role.EVENT} and mention.pointed and not (abroad or bound_for)
