"""The published figures of 2020 that the history must add up to, and a fraction of them.

figures_2020.json is the demonstration's own copy of what the newspaper Nhân Dân printed on 19 October 2020; no service
opens it. A scale takes a fraction of what people and officers did (follows, groups, posts, views, tips, questions),
rounded half up. The province is not scaled: its 225 pages, its 184 communes, and the offences of the police's books.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

FIGURES: Final = Path(__file__).parent / "figures_2020.json"
OFFENCES: Final = Path(__file__).parent / "offences.csv"
UNFOLLOWS: Final = 2_896
"""At scale 1. With them, follows and unfollows are 135,000 webhooks for a stock of 129,208."""
RETURN_SHARE: Final = Decimal("0.6")
OTHERS: Final = 640
"""Greetings, thanks, feedback and adverts at scale 1: received, and counted in none of the figures."""
EMERGENCY_SHARE: Final = Decimal("0.04")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one history adds up to, in the words of the headline's table."""

    first: date
    last: date
    pages_verified: int
    communes: int
    followers: int
    village_groups: int
    posts: int
    post_views: int
    tips: int
    questions: int
    offences_change_percent: float
    unfollows: int
    returns: int
    others: int
    emergencies: int

    @property
    def headline(self) -> dict[str, int | float]:
        """Under the keys of the published table."""
        return {
            "pages_verified": self.pages_verified,
            "followers": self.followers,
            "communes_with_a_verified_page": self.communes,
            "communes": self.communes,
            "village_groups": self.village_groups,
            "posts": self.posts,
            "post_views": self.post_views,
            "tips_received_and_resolved": self.tips,
            "procedure_questions_answered": self.questions,
            "public_order_offences_change_percent": self.offences_change_percent,
        }


def fraction(figure: int, scale: Decimal) -> int:
    """Half up, so that a tenth of 975 groups is 98; at least one."""
    return max(1, int((figure * scale).quantize(Decimal(1), ROUND_HALF_UP)))


def figures(scale: Decimal = Decimal(1)) -> Figures:
    """The published figures at a scale above 0 and up to 1. Raises ValueError for any other."""
    if not 0 < scale <= 1:
        raise ValueError(f"REPLAY_SCALE is above 0 and at most 1, not {scale}")
    published: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    unfollows, tips = fraction(UNFOLLOWS, scale), fraction(published["tips_received_and_resolved"], scale)
    return Figures(
        first=date.fromisoformat(published["from"]),
        last=date.fromisoformat(published["to"]),
        pages_verified=published["pages_verified"],
        communes=published["communes"],
        followers=fraction(published["followers"], scale),
        village_groups=fraction(published["village_groups"], scale),
        posts=fraction(published["posts"], scale),
        post_views=fraction(published["post_views"], scale),
        tips=tips,
        questions=fraction(published["procedure_questions_answered"], scale),
        offences_change_percent=published["public_order_offences_change_percent"],
        unfollows=unfollows,
        returns=int(unfollows * RETURN_SHARE),
        others=fraction(OTHERS, scale),
        emergencies=int(tips * EMERGENCY_SHARE),
    )
