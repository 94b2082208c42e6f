"""Tips, questions, other messages and officers' answers, each with its truth, from the phrase files."""

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from deploy.demo.writing.grammar import speak
from deploy.demo.writing.hands import Hand, typed

PHRASES: Final = Path(__file__).parent / "phrases"
Era = Literal["past", "today"]
VOICES: Final = (
    ("em", "các anh"), ("em", "anh"), ("tôi", "công an"), ("tôi", "các anh"), ("cháu", "các chú"), ("mình", "ad"),
    ("tui", "mấy anh công an"), ("con", "mấy chú công an"), ("em", "anh chị"), ("tôi", "các đồng chí"),
    ("tôi", "cán bộ"),
)  # fmt: skip
NICKNAMES: Final = [
    "Tí",
    "Đen",
    "Bảy",
    "H. lé",
    "T.",
    "Y N.",
    "Ba Râu",
    "Út Mập",
    "K.",
    "Cò",
    "Sáu Lửa",
    "D. sẹo",
    "Tư",
]
OF_2020_ALONE: Final = ("covid", "dịch", "cách ly", "bạch hầu", "khẩu trang")
"""Nobody of today writes of these; a phrase with one of them is the past's."""
ANSWER_FAMILIES: Final = (
    ("identity", ("identity", "population", "old-place", "vneid")),
    ("vehicle", ("vehicle",)),
    ("traffic", ("traffic", "driving")),
    (
        "province",
        ("criminal", "passport", "lost-passport", "foreigner", "seal", "security-conditions", "fire", "weapon"),
    ),
    ("other", ("none",)),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a person writes from: names as people say them, `xã Ea Tu`, `buôn Kram`, `huyện Cư M'gar`; "" if none."""

    commune: str
    village: str
    district: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text and what it means, in the words of labels.md. `place_told`: the commune is named in the text."""

    text: str
    category: str
    topic: str
    procedure: str | None = None
    place_told: bool = False


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((PHRASES / f"{name}.toml").read_text(encoding="utf-8"))


def _of_era(tip: dict[str, Any], era: Era) -> dict[str, Any]:
    """A topic with the phrases its era would use; one with none left is never drawn."""
    texts = [text for text in tip["texts"] if era == "past" or not any(word in text for word in OF_2020_ALONE)]
    return tip | {"texts": texts, "share": tip["share"] if texts else 0}


def _topic_of(procedure: str) -> str:
    """labels.md's topic for a question about one of the forty."""
    for topic, beginnings in (
        ("id_card", ("identity", "old-place")),
        ("vneid", ("vneid",)),
        ("vehicle", ("vehicle",)),
        ("driving_licence", ("driving", "traffic-fine")),
        ("criminal_record", ("criminal",)),
        ("passport", ("passport", "lost-passport")),
        ("fire_safety_permit", ("fire",)),
        ("business_security_permit", ("security-conditions",)),
        ("other_procedure", ("seal", "weapon", "foreigner")),
        ("other_agency", ("none",)),
    ):
        if procedure.startswith(beginnings):
            return topic
    return "residence"


class Writer:
    """Draws texts. Everything it needs by chance comes from the `random.Random` it is given."""

    def __init__(self, era: Era) -> None:
        self._slots: dict[str, Any] = _read("slots")
        tips = _read("tips")
        self._tips = {name: _of_era(tip, era) for name, tip in tips.items() if not tip.get("emergency")}
        self._emergencies = [tip for tip in tips.values() if tip.get("emergency")]
        questions = _read("questions")
        self._frame = questions.pop("frame")
        self._questions = {name: one for name, one in questions.items() if era in one}
        self._era: Era = era
        others = _read("others")
        self._others: list[dict[str, Any]] = others["kinds"]
        self._follow_up: list[str] = others["follow_up"]["texts"]
        self._answers = _read("answers")

    def tip(self, chance: random.Random, scene: Scene, hand: Hand) -> Written:
        name = chance.choices(list(self._tips), [tip["share"] for tip in self._tips.values()])[0]
        return self._written(f"<chao>{chance.choice(self._tips[name]['texts'])}", "tip", name, chance, scene, hand)

    def emergency(self, chance: random.Random, scene: Scene, hand: Hand) -> Written:
        kind = chance.choice(self._emergencies)
        return self._written(chance.choice(kind["texts"]), "emergency", kind["topic"], chance, scene, hand)

    def question(self, chance: random.Random, scene: Scene, hand: Hand) -> Written:
        shares = [max(1, one["share"]) for one in self._questions.values()]
        name = chance.choices(list(self._questions), shares)[0]
        body = chance.choice(self._questions[name][self._era])
        text = f"{chance.choice(self._frame['before'])}{body}{chance.choice(self._frame['after'])}"
        written = self._written(text, "admin_question", _topic_of(name), chance, scene, hand)
        return Written(written.text, written.category, written.topic, name, written.place_told)

    def other(self, chance: random.Random, scene: Scene, hand: Hand) -> Written:
        """Greetings, thanks, feedback, adverts, chatter."""
        kind = chance.choices(self._others, [kind["share"] for kind in self._others])[0]
        return self._written(chance.choice(kind["texts"]), kind["category"], kind["topic"], chance, scene, hand)

    def follow_up(self, chance: random.Random, scene: Scene, hand: Hand) -> Written:
        """What the same person says after the answer."""
        return self._written(chance.choice(self._follow_up), "other", "thanks", chance, scene, hand)

    def answer(self, procedure: str | None, chance: random.Random, scene: Scene) -> str:
        """An officer's answer to a question, or to a tip (procedure None)."""
        if procedure is None:
            bodies = self._answers["tips"]["texts"]
        else:
            found = (family for family, slugs in ANSWER_FAMILIES if procedure.startswith(slugs))
            bodies = self._answers[self._era][next(found, "residence")]
        opening, closing = chance.choice(self._answers["opening"]), chance.choice(self._answers["closing"])
        text = speak(f"{opening}{chance.choice(bodies)}{closing}", chance, {"xa": scene.commune or "chúng tôi"})
        return text[:1].upper() + text[1:]

    def _written(
        self, text: str, category: str, topic: str, chance: random.Random, scene: Scene, hand: Hand
    ) -> Written:
        place, told = _place(chance, scene)
        me, you = chance.choice(VOICES)
        slots = self._slots | {
            "toi": me, "Toi": me.capitalize(), "anh": you, "Anh": you.capitalize(), "nguoi2": NICKNAMES,
            "cho": f" {{ở|tại|bên}} {place}" if place else "",
            "cho2": f"Ở {place}" if place else ["Chỗ <toi>", "Xóm <toi>"],
            "xa": scene.commune or "phường",
        }  # fmt: skip
        said = speak(text, chance, slots)
        return Written(typed(said, hand, chance), category, topic, None, told and "<cho" in text)


def _place(chance: random.Random, scene: Scene) -> tuple[str, bool]:
    """The place as told, often not at all; and whether it names the commune."""
    if not scene.commune:
        return "", False
    bare = scene.commune.removeprefix("xã ") if chance.random() < 0.3 else scene.commune  # noqa: PLR2004
    forms = (
        (34, "", False),
        (26, scene.village, False),
        (17, bare, True),
        (15, f"{scene.village} {bare}", True),
        (4, f"{scene.village}, {bare}, {scene.district}", True),
        (4, f"{bare} {scene.district}", True),
    )
    _, place, told = chance.choices(forms, [form[0] for form in forms])[0]
    return place, told
