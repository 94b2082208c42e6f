"""A place name in a message, and how it is mentioned."""

from dataclasses import dataclass

from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.search import Likeness
from services.triage.domain.understanding.place.spots import Name
from shared.gazetteer.commune import Kind


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a message.

    `kind`: the type word of a commune before it; `as_district`, `as_province`: so called. `pointed`: a word of place
    stands before it, `strictly` one that is nothing else; `nested`: a village of it does; `at_seat`: a market,
    hospital or bus station, `at_school` a school, `at_site` any such. `certain`: its letters alone make it a place.
    `lead`, `after`: the words before and after; `befallen`: these say that something befell somebody there.
    """

    start: int
    end: int
    name: Name
    written: str
    likeness: Likeness
    kind: Kind | None
    as_district: bool
    as_province: bool
    pointed: bool
    strictly: bool
    nested: bool
    at_seat: bool
    at_school: bool
    at_site: bool
    certain: bool
    role: Role
    lead: str
    after: str = ""
    befallen: bool = False

    @property
    def typed(self) -> bool:
        """Whether a type word of any level stands before it."""
        return self.kind is not None or self.as_district or self.as_province
