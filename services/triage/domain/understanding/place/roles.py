"""What part a place plays in the story, by the words that lead up to its name: there it happens, there one lives."""

import re
from enum import Enum

from services.triage.domain.understanding.place.words import PlaceWords


class Role(Enum):
    """The part, and how much it weighs as the place of the event (0 to 1; below TOLD_FROM it tells none)."""

    EVENT = 1.0  # said to be where it happens
    NOW = 0.91  # where somebody or something is now
    TOLD = 0.9  # named, and nothing says otherwise
    RESIDENTS = 0.86  # whose people are stirred by it
    VISITED = 0.84  # gone to, and there something befell one
    OFFICE = 0.7  # the police or people's committee one speaks of
    GONE_TO = 0.66  # gone to, come to
    PASSED = 0.64  # driven through
    LODGING = 0.62  # where the sender lodges
    HOME = 0.6  # where the sender lives
    REGISTERED = 0.45  # where the sender is registered, or hails from
    WORK = 0.5  # where one works or goes to school
    THEIRS = 0.48  # where another person lives
    BOUGHT = 0.3  # where a thing was bought, or is sent
    NEAR = 0.28  # what the place borders on
    FROM = 0.24  # where someone or something came from
    END = 0.2  # where someone fled, or a road leads
    ORIGIN = 0.1  # where a person hails from
    CLAIMED = 0.05  # where a swindler says they are
    DENIED = 0.0  # "not in …"


TOLD_FROM = 0.4
_THING = "(xe|chiếc|chiec|con|cái|cai|máy|may|điện|dien|hàng|hang|đồ|do|đất|dat|bò|bo|giống|giong|phân|phan)"
_SOMEBODY = "(thằng|thang|ông|ong|nhóm|nhom|bọn|bon|đám|dam|con mụ|thanh niên|thanh nien)"
_DOING = (
    "(bị|bi|đang|dang|đánh|danh|mất|mat|chết|chet|tông|tong|té|bán|ban|chạy|chay|trộm|trom|cư"
    "ớp|cuop|tụ|tu|đá|da|cứ|cu|hay)"
)
_AT_WORK = (
    "(đi làm|di lam|làm công|lam cong|làm thợ|lam tho|làm thuê|lam thue|đi học|di hoc|học nghề|hoc nghe"
    "|thực tập|thuc tap)"
)
# Words may stand between: "mua xe máy mới ở", "nó vẫn còn ở", "đi làm quán ở".
_WIDER = (
    (Role.TOLD, re.compile(r" (nghe|tin) (đồn|don)$")),  # a rumour, no border post
    (Role.THEIRS, re.compile(rf" {_SOMEBODY}( (?!{_DOING} )[^ ,]+){{1,2}} (ở|o)$")),
    (Role.BOUGHT, re.compile(rf" (mua|đặt mua|order)( {_THING})( [^ ,]+){{0,4}} (ở|tại|bên|o|tai|ben)$")),
    (Role.HOME, re.compile(r"(^| ,) (em|tôi|tui|mình|toi|minh)$")),  # "…, em Ea Phê"
    (
        Role.WORK,
        re.compile(rf" {_AT_WORK}( [^ ,]+){{0,3}} (ở|tại|bên|ngoài|dưới|trên|trong|o|tai|ben|ngoai|duoi|tren)$"),
    ),
    (
        Role.THEIRS,
        re.compile(r" (nó|hắn|tụi nó|bọn nó|chúng nó|no|han)( (vẫn|van|còn|con|hiện|hien|cũng|cung))+ (ở|o)$"),
    ),
)
_IN_ORDER = (
    *(
        Role.DENIED,
        Role.CLAIMED,
        Role.NOW,
        Role.EVENT,
        Role.RESIDENTS,
        Role.NEAR,
        Role.BOUGHT,
        Role.WORK,
        Role.OFFICE,
        Role.PASSED,
        Role.END,
        Role.FROM,
    ),
    *(Role.REGISTERED, Role.LODGING, Role.ORIGIN, Role.HOME, Role.THEIRS, Role.GONE_TO),
)
_NAMED = tuple((role, role.name.lower()) for role in _IN_ORDER)

# How an officer reads it, before the name.
SAYS = {
    Role.EVENT: "lời nhắn nêu nơi xảy ra là",
    Role.NOW: "lời nhắn nêu nơi đang ở là",
    Role.TOLD: "lời nhắn nêu",
    Role.RESIDENTS: "lời nhắn nói về người dân ở",
    Role.VISITED: "người gửi đến và gặp việc ở",
    Role.OFFICE: "lời nhắn nói về cơ quan ở",
    Role.GONE_TO: "lời nhắn nói đến",
    Role.PASSED: "lời nhắn nêu nơi đi qua là",
    Role.HOME: "người gửi ở",
    Role.LODGING: "người gửi trọ ở",
    Role.REGISTERED: "hộ khẩu hoặc quê người gửi ở",
    Role.FROM: "lời nhắn nêu nơi xuất phát là",
    Role.WORK: "người gửi làm việc hoặc học ở",
    Role.THEIRS: "người trong cuộc ở",
    Role.BOUGHT: "nơi mua bán là",
    Role.NEAR: "lời nhắn nêu nơi giáp ranh",
    Role.END: "lời nhắn nêu hướng đi",
    Role.ORIGIN: "lời nhắn nêu quê quán",
    Role.CLAIMED: "người lạ tự xưng ở",
    Role.DENIED: "lời nhắn phủ nhận",
}


def role_by_lead(lead: str, words: PlaceWords, *, marked: bool) -> Role:
    """The role that the words before a name (and before its type word, village or landmark) give it.

    `lead` begins with a space; commas stand in it as " ,". `marked`: it has its diacritics.
    """
    roles = words.roles if marked else words.roles_bare
    for role, pattern in _WIDER:
        if pattern.search(lead):
            return role
    for role, name in _NAMED:
        if lead.endswith(roles[name]):
            return role
    return Role.TOLD
