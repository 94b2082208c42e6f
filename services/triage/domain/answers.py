"""Answers to procedures: what the knowledge base says, what is proposed to an officer, and what may go out by itself.

An entry is data (data/answers/, one file a procedure). What is marked `check` in it is never told as a fact, and an
entry so marked never answers by itself. A page explains and links: it takes no file, no picture of a paper and no fee.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from services.triage.domain.heard import Wanted

Language = Literal["vi", "en"]

PARTS = ("who", "where", "time", "online", "form", "documents", "fee")
"""In the order in which an officer tells them; what is asked for comes first."""
LISTED = {
    "documents": ("giấy tờ", "documents"),
    "fee": ("lệ phí", "the fee"),
    "time": ("thời hạn", "the time limit"),
    "where": ("nơi nộp", "the place"),
}
"""What the official listing is named for where the entry does not tell it."""
LONGEST_TEXT = 900
"""Characters of an answer before what marks it as automatic: it is read on a small telephone."""
STATUS = "status"
ABOUT_THEIR_OWN_FILE = "hỏi về hồ sơ riêng"


@dataclass(frozen=True, slots=True)
class Part:
    """A fact in both languages. `check`: not to be told before a person has looked it up. `basis`: where it is from."""

    vi: str
    en: str
    check: bool = False
    basis: str = ""

    def said(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True)
class Entry:
    """What is known of one procedure. `valid_from` None: the day is not known, so it cannot be told as law in force."""

    procedure: str
    name_vi: str
    name_en: str
    code: str | None
    level: str
    check: bool
    checked_on: date
    valid_from: date | None
    valid_to: date | None
    law: Part
    parts: Mapping[str, Part]

    @cached_property
    def version(self) -> str:
        """Which text it is: the day it was last looked over, and a mark that changes with every letter."""
        said = "".join(part.vi + part.en for part in (self.law, *self.parts.values()))
        return f"{self.checked_on.isoformat()}/{sha256(said.encode()).hexdigest()[:8]}"

    def in_force(self, day: date) -> bool:
        if self.valid_from is None or day < self.valid_from:
            return False
        return self.valid_to is None or day <= self.valid_to

    def told(self, part: str) -> Part | None:
        """The part, if it may be told as a fact."""
        found = self.parts.get(part)
        return found if found and not found.check else None

    def text(self, wanted: Sequence[str], language: Language) -> str:
        """As an officer would write it: only what is sure, what was asked for first, the law, and where the rest is."""
        first = [part for part in PARTS if part in wanted]
        order = [*first, *(part for part in PARTS if part not in first)]
        sentences = [part.said(language) for name in order if (part := self.told(name))]
        head = f"Thưa ông/bà, về «{self.name_vi}»." if language == "vi" else f"On “{self.name_en}”."
        return " ".join([head, *sentences, *self._listing(language), self._law(language)])

    def _listing(self, language: Language) -> list[str]:
        """Where to look for what is not told here."""
        missing = [words for part, words in LISTED.items() if self.told(part) is None]
        if not missing:
            return []
        if language == "vi":
            things = ", ".join(words[0] for words in missing)
            where = f"tra mã {self.code} trên Cổng Dịch vụ công quốc gia" if self.code else "hỏi Cổng Dịch vụ công"
            return [f"{things[:1].upper()}{things[1:]}: xin xem niêm yết tại nơi nhận hồ sơ hoặc {where}."]
        things = ", ".join(words[1] for words in missing)
        where = f"code {self.code} on the National Public Service Portal" if self.code else "the public service portal"
        return [f"For {things} see the list posted where files are received, or {where}."]

    def _law(self, language: Language) -> str:
        """With the day from which it reads as it is told here: a law is mostly older than its latest amendment."""
        since = ""
        if self.valid_from:
            day = self.valid_from
            since = (
                f", theo quy định hiện hành từ {day:%d/%m/%Y}" if language == "vi" else f", as it stands since {day}"
            )
        return f"{'Căn cứ' if language == 'vi' else 'Source'}: {self.law.said(language)}{since}."


Knowledge = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """What the province allows. `surest`: the confidence from which an answer goes out by itself."""

    automatic: bool
    surest: float


def doubts(entry: Entry | None, wanted: Wanted, day: date, policy: AnswerPolicy) -> list[str]:
    """Why this answer must not go out by itself, in words for the officer; nothing where it may."""
    if entry is None:
        return ["không có trong kho trả lời"]
    found = []
    if not policy.automatic:
        found.append("trả lời tự động đang tắt")
    if wanted.confidence < policy.surest:
        found.append("chưa đủ chắc là thủ tục này")
    if not wanted.plain:
        found.append("tin còn điều cán bộ phải xem")
    if entry.check or entry.law.check:
        found.append("mục này còn phải kiểm tra")
    if not entry.in_force(day):
        found.append("không rõ hiệu lực vào ngày này")
    return found + _untold(entry, wanted)


def _untold(entry: Entry, wanted: Wanted) -> list[str]:
    if STATUS in wanted.parts:
        return [ABOUT_THEIR_OWN_FILE]
    untold = [part for part in wanted.parts if entry.told(part) is None]
    return [f"phần được hỏi còn phải kiểm tra: {', '.join(untold)}"] if untold else []


def automatic_text(entry: Entry, wanted: Wanted, *, code: str, unit: str | None) -> str:
    """Marked as automatic, with its law and day, the way to a person, and the question whether it helped.

    `code`: the case's, as it is read out. `unit`: whose case it is, where that is a commune's police.
    """
    whose = f"Câu hỏi này do {unit} phụ trách. " if unit else ""
    return (
        f"Trả lời tự động. {entry.text(wanted.parts, 'vi')} {whose}"
        "Trang chỉ hướng dẫn, không nhận hồ sơ, ảnh giấy tờ tùy thân hay tiền. "
        f"Cần gặp người, xin nhắn GẶP CÁN BỘ (mã hồ sơ {code}).\n"
        "Thông tin này có giúp được ông/bà không? (1 có · 2 chưa)"
    )


def knowledge_from(files: Mapping[str, Mapping[str, Any]], forty: Sequence[Mapping[str, str]]) -> dict[str, Entry]:
    """From the files of data/answers by name, and the table of procedures.

    Raises ValueError for one that is missing, too many, or says what it must not; KeyError for a field left out.
    """
    rows = {row["slug"]: row for row in forty}
    if set(files) != set(rows):
        raise ValueError(f"data/answers and the forty procedures differ: {sorted(set(files) ^ set(rows))}")
    return {slug: _entry(slug, files[slug], rows[slug]) for slug in rows}


def _entry(slug: str, data: Mapping[str, Any], row: Mapping[str, str]) -> Entry:
    if data["procedure"] != slug:
        raise ValueError(f"data/answers/{slug}.toml is about {data['procedure']!r}")
    entry = Entry(
        procedure=slug,
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        code=row["national_code"].replace(";", ", ") or None,
        level=row["level"],
        check=data.get("check", False),
        checked_on=data["checked_on"],
        valid_from=data.get("valid_from"),
        valid_to=data.get("valid_to"),
        law=_part(data["law"]),
        parts={name: _part(data[name]) for name in PARTS if name in data},
    )
    for language in ("vi", "en"):
        if len(entry.text((), language)) > LONGEST_TEXT:
            raise ValueError(f"data/answers/{slug}.toml: the text is longer than {LONGEST_TEXT} characters")
    return entry


def _part(data: Mapping[str, Any]) -> Part:
    return Part(data["vi"], data["en"], data.get("check", False), data.get("basis", ""))
