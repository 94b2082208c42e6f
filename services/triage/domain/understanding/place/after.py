"""What follows a name may change its part: gone to and robbed there, lived at and come back from."""

import re
from collections.abc import Collection
from dataclasses import replace

from services.triage.domain.understanding.place.beyond import HAPPENS
from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.text import HARD, PlaceText
from services.triage.domain.understanding.place.words import PlaceWords
from shared.text import fold

_NEAR = 9  # words in which what befell one follows the place one went to
_FAR = 20  # words in which it follows a far place, if neither home nor a commune of ours is named before it
_AFTER = 6  # words that follow, for those who read them

_STAYS = frozenset({Role.TOLD, Role.HOME, Role.WORK, Role.NOW, Role.THEIRS, Role.RESIDENTS, Role.LODGING})
_COMES = frozenset({"về", "qua", "sang", "lên", "vô", "vào", "ra", "xuống"})
_COMES_BARE = frozenset({"ve", "len", "vao", "xuong"})
_JUST = frozenset({"moi", "vua", "da"})
_BEFALLS = frozenset({"bi", "gap", "mat", "giat", "cuop", "danh", "tong", "moc"})
_HARM = frozenset(
    {"bị", "mất", "giật", "cướp", "đánh", "đập", "tông", "móc", "quỵt", "chém", "chặt", "sập", "sụp", "lật", "cháy"}
    | {
        "đâm",
        "xỉu",
        "ngất",
        "đuối",
        "kẹt",
        "lừa",
        "gặp",
        "giữ",
        "giam",
        "cạy",
        "trộm",
        "rượt",
        "chặn",
        "uống",
        "nhắn",
        "dọa",
        "doạ",
        "ép",
        "tráo",
    }
)
_HARM_BARE = frozenset(
    {"bi", "giat", "cuop", "danh", "dap", "tong", "moc", "quyt", "chem", "sap", "lat", "ket", "lua", "trom", "ruot"}
    | {"gap", "cay", "chan", "mat", "xiu", "ngat", "duoi", "uong"}
)
_DOES = frozenset({"giat", "cuop", "danh", "dap", "tong", "moc", "chem", "chat", "dam", "lua", "trom", "ruot", "chan"})
_AT_HOME = re.compile(r"(o nha|nha (em|toi|minh|tui|con|o|bi|cua)|o que|o day|duoi que|ngoai que|trong que)\b")
_HOMEWARD = frozenset({"o", "nha", "duoi", "ngoai", "trong"})
_DISCOVERED = re.compile(
    r" (moi (dam )?(biet|phat hien|thay|nho|hay|ke|noi|bao|kiem|soat)|phat hien|mo ra|mo hop|mo bao)"
    r"(?!( [^ ]+){0,2} (nha|cua|vuon|ray|bo|heo|ga|ket|camera|hang xom) )"  # found out, and not of what is at home
)
_INTENDS = re.compile(r" (sap|muon|dinh|tinh|chuan bi|can|se|khi|de|neu|xin|cho)( [^ ,]+){0,2}$")
_WORKS = re.compile(r"( [^ ]+ [^ ]+)? (lam|hoc) (?!giay|the|ho so|can|lai)")
_LODGES = re.compile(r"( [^ ]+){0,2} (thue tro|thue nha|thue phong|o tro)\b")
_SEEN = re.compile(r"( [^ ]+)? thay (may|co|mot|1|2|nhieu|nguoi|xe|dam|nhom|bon|tui)\b")  # "đi ngang Phú Thiện thấy …"
# Who lives there and came here.
_CALLS = re.compile(r" ((len|xuong|ve|vo|vao|qua|sang|ra) (choi|tham|day)|moi (ve|vo|vao|len|xuong|ra))\b")
_DONE = re.compile(r" (bi|mua|mat|dat coc|gui xe|thue|an|nhau|lam mat)( [^ ,]+){0,6}$")
_SITES = ("bến xe ", "bx ", "ga ", "sân bay ", "đèo ", "cầu ", "cửa khẩu ", "kcn ", "kcx ", "khu chế xuất ", "hầm ")
_ON_THE_WAY = re.compile(r" (đường|đoạn|tuyến|quảng|xe|khách|duong|doan|tuyen|quang|khach) (từ|tu) (?!thien)")


def with_what_follows(mention: Mention, text: PlaceText, words: PlaceWords) -> Mention:
    """The mention in the part that the words after it give it."""
    if mention.name.beyond and mention.role in _STAYS and _comes_from(text, mention.end):
        return mention if mention.befallen or _done_there(mention) else replace(mention, role=Role.FROM)
    if mention.role in {Role.TOLD, Role.WORK, Role.PASSED} and text.bare[mention.end : mention.end + 1] == ["bi"]:
        return replace(mention, role=Role.EVENT)
    if mention.role is Role.GONE_TO and _ON_THE_WAY.search(mention.lead):
        return replace(mention, role=Role.EVENT if HAPPENS.match(mention.after) else Role.END)
    seen = mention.role is Role.PASSED and _SEEN.match(mention.after)
    if seen or (mention.role in {Role.GONE_TO, Role.END, Role.PASSED} and mention.befallen):
        return replace(mention, role=Role.VISITED)
    return _gone_to(mention, text, words) if mention.role is Role.GONE_TO else mention


def _gone_to(mention: Mention, text: PlaceText, words: PlaceWords) -> Mention:
    """Gone to: something befell one there, one lodges or works there, or one came back."""
    if mention.name.beyond and _LODGES.match(mention.after):
        return replace(mention, role=Role.LODGING)
    if mention.name.beyond and _works_there(mention):
        return replace(mention, role=Role.WORK)
    following = text.bare[mention.end : mention.end + _NEAR]
    if following[:1] == ["ve"] or following[:2] == ["choi", "ve"]:
        return replace(mention, role=Role.END)
    far_only = mention.name.beyond and not (mention.name.spots or mention.name.district)
    for index, word in enumerate([] if far_only else following):
        gap = text.gap[mention.end + index]
        if gap == HARD or (gap and word not in _BEFALLS) or word == "ve":
            break
        if word in (_BEFALLS if mention.name.beyond else words.after_name):
            return replace(mention, role=Role.VISITED)
    return mention


def words_after(text: PlaceText, end: int) -> str:
    """The bare words that follow in the sentence, a space before each."""
    stop = next((i for i in range(end, min(len(text), end + _AFTER)) if text.gap[i] == HARD), end + _AFTER)
    return "".join(f" {word}" for word in text.bare[end:stop])


def _comes_from(text: PlaceText, end: int) -> bool:
    """Whether the words after a far name say that one came here from it: "bên Campuchia về", "… mới về"."""
    if end >= len(text) or text.gap[end]:
        return False
    if text.bare[end] in _JUST and not {"ve", "vo"}.isdisjoint(text.bare[end + 1 : end + 2]):
        return True
    return text.words[end] in _COMES or (not text.is_marked and text.bare[end] in _COMES_BARE)


def _works_there(mention: Mention) -> bool:
    """Gone to and working or studying there, not about to: "lên Thuận An làm công ty gỗ"."""
    return _WORKS.match(mention.after) is not None and not _INTENDS.search(fold(mention.lead))


def _done_there(mention: Mention) -> bool:
    """Whether it is told as done there before one came here: "mua vàng ở tiệm bên An Khê về …", "gửi xe ở bến xe …"."""
    return mention.at_seat or is_site(mention.written) or _DONE.search(fold(mention.lead)) is not None


def _is_home(text: PlaceText, index: int) -> bool:
    return text.bare[index] in _HOMEWARD and _AT_HOME.match(" ".join(text.bare[index : index + 2])) is not None


def is_site(written: str) -> bool:
    """Whether a far name is that of one site: a station, pass, bridge or industrial zone; a hospital only treats."""
    return written.lower().startswith(_SITES)


def is_university(written: str) -> bool:
    """Whether a far name is that of a university, at which one studies."""
    return written.lower().startswith(("đại học ", "đh "))


def befalls(text: PlaceText, end: int, role: Role, ours: Collection[int]) -> bool:
    """Whether something befalls one at the far place: said before home is, or found out on the return.

    `ours`: where names of the province begin. Of one who only lives there, what they do is told: "nhà ở Nha Trang say
    rượu tông …" befalls nobody there.
    """
    harm, said = (_HARM, text.words) if text.is_marked else (_HARM_BARE, text.bare)
    if role in _STAYS and _CALLS.match(words_after(text, end)):
        return False
    doing = _DOES if role in {Role.HOME, Role.THEIRS} else frozenset()
    for index in range(end, min(len(text), end + _FAR)):
        if text.gap[index] == HARD or index in ours or _is_home(text, index):
            return False
        if text.bare[index] == "ve":
            return _DISCOVERED.search(f" {' '.join(text.bare[index : index + _FAR])} ") is not None
        if said[index] in harm:
            return text.bare[index] not in doing
    return False
