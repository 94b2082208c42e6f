"""Officers, their roles and their scope. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an officer may do; one may have several. None contains another: rights are listed where they are asked."""

    VIEWER = "viewer"
    COMMUNE_OFFICER = "commune_officer"
    DISPATCHER = "dispatcher"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"


@dataclass(frozen=True)
class Officer:
    """Who asks, as their token says. A scope is a province and, within it, units."""

    id: str
    name: str
    roles: frozenset[Role]
    units: frozenset[str]
    """Units in scope; none means the whole province, except for who is a commune officer and nothing else."""
    province: str

    def has(self, *roles: Role) -> bool:
        """Whether any of `roles` is theirs."""
        return not self.roles.isdisjoint(roles)

    @property
    def everywhere(self) -> bool:
        """Whether the scope is the whole province. A commune officer whose unit was forgotten sees nothing, not all."""
        return not self.units and self.roles != {Role.COMMUNE_OFFICER}

    def covers(self, unit: str | None) -> bool:
        """Whether what belongs to `unit` is in scope; what belongs to no unit yet is the whole province's alone."""
        return self.everywhere or unit in self.units


def roles_known(names: Iterable[str]) -> frozenset[Role]:
    """The roles among `names`; a name this release does not know gives no right."""
    return frozenset(Role(name) for name in names if name in _NAMES)


_NAMES = frozenset(role.value for role in Role)
