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
_NOT_TIED = frozenset({Role.FROM, Role.NEAR, Role.ORIGIN, Role.CLAIMED, Role.DENIED})
_PRAISED_THERE = frozenset({Role.EVENT, Role.VISITED, Role.OFFICE})
# "Đi thăm con ở Đồng Nai", "ghi công ty ở Long An": a far place that is a purpose or a maker's.
_PURPOSE = re.compile(
    r" (di|tham|ve tham|hang|dai ly|dung ten|cap|mo(?! nha| quan| tiem| shop| cua)|xin viec|nop don|nam vien|kham"
    r"|chua benh|nhan xe|nguoi khac|su quan|visa)"
    r"( [^ ,]+){0,4}$"
)
# In a question: what somebody else does, or is said to do, far away: "bạn em bên Gia Lai làm có 5 ngày".
_OTHERS = re.compile(
    r" (ban (em|toi|tui|minh|be)|nguoi quen|anh (trai|re|ho)|em (trai|gai|ho)|nghe noi|nghe don|thay)"
    r"( o| ben| tren| duoi)?$"
)
_PLANS = re.compile(r" (muon|dinh|tinh|chuan bi|sap)( [^ ,]+){0,3}$")  # "muốn đi làm Đà Lạt 6 tháng thì …"
_ASKED_OF = re.compile(r" (co|cho) (lam|nhan|cap|doi|cho nao|dang ky)\b")  # "quận 7 có làm căn cước cho … không"
_DEMANDS = re.compile(r" (doi|yeu cau|bat|keu|bao|buoc)\b")
# In an emergency: whose life it is, wherever the sender is.
_RELATIVE = re.compile(
    r" (con gai|con trai|ban gai|ban trai|nguoi yeu|em gai|em trai|anh trai|chi gai|chau|con|vo|chong|ban|ba|me|bo"
    r"|bac|chu|co)"
    r"( em| toi| minh| tui| con)?( dang)?( di)?( o)?( tro| thue| hoc| lam( ho| cong nhan| thue)?| song)?"
    r"( o| tai| ben)?$"
)
_SUSPECT = re.compile(r" (no|han|tui no|bon no|chung no|doi tuong|thang|dua|dam|nhom)( [^ ,]+){0,3}$")
# "Ở Sông Cầu có đám bán tôm giống giả": it goes on there.
HAPPENS = re.compile(r" (co|xuat hien|moi co|dang co) (dam|nhom|nguoi|may|bon|vu|ong|ba|thang|mot|1|2)\b")
_EMPLOYER = re.compile(r" (cty|cong ty|xuong|cho lam|cho tro|phong tro)( [^ ,]+)?( o| ben| tai)$")
_HARMED = re.compile(r" bi( [^ ,]+){1,6}$")
_LOST = re.compile(r" (mat|bi)( [^ ,]+){1,5}$")
_DONE_AT = re.compile(
    r" (lam|nop|dang ky|dang ki|xin|thi|doi|gia han)"
    r"( (?!(hay|ca|phu|thue|viec|cong|tho|re|ray) )[^ ,]+){1,4} (o|tai|ben)$"
)
_ESTATE = re.compile(r" (dat|nha|can ho|re|ray|lo dat|dat nen)( [^ ,]+){0,2}( o| tai| ben)?$")


def is_outside(mention: Mention, story: Story, *, own_named: bool) -> bool:
    """Whether the matter itself, or what a question asks to have done, is at the far place.

    `own_named`: the installation's own province is named too.
    """
    role = mention.role
    at_home = story.inside and not story.asking and role in LIVES_THERE and not _lodgers_tell(mention)
    there_now = (story.praising and story.there) or (story.last_named and role is Role.PASSED)
    if role in _NEVER_OUTSIDE and not there_now:  # "lên Măng Đen chơi …, công an trên đó …", "xe đang qua Đồng Xoài"
        return False
    if at_home and not (story.urgent and _in_danger(mention)):
        return False
    if story.asking:
        return _asked_there(mention, story, own_named=own_named)
    if story.praising:
        praised = role in _PRAISED_THERE or (role is Role.GONE_TO and story.there)
        return praised or (role is Role.TOLD and mention.pointed and not story.inside)
    return _told_there(mention, story)


def _lodgers_tell(mention: Mention) -> bool:
    """Whether it goes on, or befell one, where one lodges: "xóm trọ của em ở Thủ Đức có 2 người trốn …"."""
    lodges = mention.role is Role.LODGING or " tro " in fold(mention.lead)
    befell = mention.befallen and mention.role in {Role.LODGING, Role.WORK}
    return befell or (lodges and HAPPENS.match(mention.after) is not None)


def _told_there(mention: Mention, story: Story) -> bool:
    """Of a report: it is told as happening there, not as a swindler's, suspect's or authority's seat."""
    role = mention.role
    if story.rumour:
        return role in {Role.TOLD, Role.EVENT} and mention.pointed and not (story.inside or story.visited)
    theirs = role is Role.THEIRS and _SUSPECT.search(fold(mention.lead)) is not None
    happens = HAPPENS.match(mention.after) or _EMPLOYER.search(fold(mention.lead))
    swindler = story.swindled and role not in _SWINDLED_THERE and not happens
    if role is Role.OFFICE or theirs or swindler:
        return False
    return mention.pointed or mention.typed or role in _TOLD_OUTSIDE or mention.after.startswith(" co ")


def is_tied(mention: Mention, story: Story) -> bool:
    """Whether words tie the matter to a far place that is outside, so that a home named here counts for nothing."""
    role = mention.role
    if role in _NOT_TIED:
        return False
    return _asks_there(mention, story) if story.asking else _befell_there(mention, story)


def _asks_there(mention: Mention, story: Story) -> bool:
    role = mention.role
    lost_there = role in {Role.TOLD, Role.VISITED} and _LOST.search(fold(mention.lead)) is not None
    asks_there = role in _ASKER_IS_THERE or role is Role.BOUGHT or lost_there
    done_there = mention.strictly and role is Role.TOLD and _DONE_AT.search(fold(mention.lead)) is not None
    return (
        role is Role.EVENT
        or (done_there and not story.moved)
        or (asks_there and (story.there or (lost_there and story.reports)))
    )


def _befell_there(mention: Mention, story: Story) -> bool:
    role, lead = mention.role, fold(mention.lead)
    if role in {Role.EVENT, Role.VISITED} or (mention.befallen and not story.inside):
        return True
    if role in {Role.TOLD, Role.LODGING, Role.WORK} and _HARMED.search(lead):
        return True
    if role is Role.BOUGHT:
        return _ESTATE.search(lead) is not None
    if story.urgent and role in LIVES_THERE:
        return role is Role.NOW or _in_danger(mention)
    return role is Role.TOLD and mention.strictly


def _in_danger(mention: Mention) -> bool:
    """In an emergency: somebody's life there, wherever the sender is."""
    return mention.befallen or _RELATIVE.search(fold(mention.lead)) is not None


def _asked_there(mention: Mention, story: Story, *, own_named: bool) -> bool:
    """In a question: it is to be done there, or the asker is there and has not moved here."""
    if _DEMANDS.match(mention.after) and not story.there:
        return False
    if mention.role in _ASKER_IS_THERE:
        return not (story.moved or (mention.role is Role.WORK and _PLANS.search(fold(mention.lead))))
    return not own_named and _done_there(mention, story)


def _done_there(mention: Mention, story: Story) -> bool:
    lead = fold(mention.lead)
    lost = _LOST.search(lead) is not None or (mention.befallen and mention.role is Role.VISITED)
    chosen = mention.role is Role.EVENT or _DONE_AT.search(lead) is not None
    if story.inside and not (story.reports and lost) and not (story.there and chosen):
        return False
    if _OTHERS.search(lead):
        return False
    abroad = None in mention.name.beyond and not lost
    bound_for = _PURPOSE.search(lead) is not None and not (lost or mention.befallen)
    there = mention.role in {Role.TOLD, Role.EVENT, Role.VISITED} or (mention.role is Role.BOUGHT and story.there)
    pointed = mention.pointed or _ASKED_OF.match(mention.after) is not None
    return there and pointed and not (abroad or bound_for)
