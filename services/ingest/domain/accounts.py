"""The register's entries: pages come from the province's data, groups from what the channel tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from shared.text import fold, words


@dataclass(frozen=True)
class Account:
    """A page or a group, whose it is and since when. `version` grows by one with each change that is published."""

    channel: str
    account: str
    kind: Literal["page", "group"]
    page: str
    app: str
    name: str
    unit: str | None = None
    commune_2020: str | None = None
    commune_2025: str | None = None
    district_2020: str | None = None
    village: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    version: int = 0

    @property
    def state(self) -> Literal["active", "closed"]:
        """A group that ended stays closed: Zalo gives no group id twice."""
        return "active" if self.valid_to is None else "closed"


@dataclass(frozen=True)
class Village:
    """One village of the province's map. `group`: the id Zalo gave its group, where that is known beforehand."""

    village: str
    name: str
    commune_2020: str | None
    commune_2025: str | None
    page: str
    group: str | None


def changed(before: Account | None, after: Account) -> Account | None:
    """`after` as the next version, or None when nothing that is published differs."""
    version = before.version if before else 0
    if before is not None and replace(after, version=version) == before:
        return None
    return replace(after, version=version + 1)


def group_created(
    group: str, *, before: Account | None, page: Account | None, page_id: str, village: Village | None, on: date
) -> Account:
    """A group the page made on `on`. It is its page's, in its village's commune where the map knows it.

    `before`: what is known already, for the news may come late: a group that was closed stays so.
    """
    if before is not None:
        return replace(before, valid_from=min(on, before.valid_from or on))
    made = Account(
        channel=page.channel if page else "zalo",
        account=group,
        kind="group",
        page=page_id,
        app=page.app if page else "",
        name="",
        unit=page.unit if page else None,
        commune_2020=page.commune_2020 if page else None,
        commune_2025=page.commune_2025 if page else None,
        district_2020=page.district_2020 if page else None,
        valid_from=on,
    )
    return placed(made, village) if village else made


def group_deleted(group: Account, *, on: date) -> Account:
    return replace(group, valid_to=group.valid_to or on)


def group_named(group: Account, name: str, villages: Sequence[Village]) -> Account:
    """The group with the name the channel tells. `villages`: those of the group's page."""
    named = replace(group, name=name)
    village = village_of(named, villages)
    return replace(placed(named, village), name=name) if village else named


def placed(group: Account, village: Village) -> Account:
    """The group in its village: a commune of today, even where the old commune was split."""
    return replace(
        group,
        name=group.name or village.name,
        village=village.village,
        commune_2020=village.commune_2020 or group.commune_2020,
        commune_2025=village.commune_2025 or group.commune_2025,
    )


def village_of(group: Account, villages: Sequence[Village]) -> Village | None:
    """By the group's id, else by the village's name within the group's. Two alike are no answer: no silent guess.

    A village may have several groups (Zalo's hold 100), so a village whose group is known still answers to its name.
    """
    by_id = [v for v in villages if v.group == group.account]
    if by_id:
        return by_id[0]
    name = f" {_plain(group.name)} "
    named = [(v, _plain(v.name)) for v in villages if f" {_plain(v.name)} " in name]
    longest = max((len(plain) for _, plain in named), default=0)
    best = [v for v, plain in named if plain and len(plain) == longest]
    return best[0] if len(best) == 1 else None


def _plain(name: str) -> str:
    """Folded words with single spaces; what stands between them does not count."""
    return " ".join(word.text for word in words(fold(name)))
