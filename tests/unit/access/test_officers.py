"""Roles and scopes."""

import pytest

from shared.access import Officer, Role


def an_officer(*roles: Role, units: tuple[str, ...] = ()) -> Officer:
    return Officer(id="o", name="N", roles=frozenset(roles), units=frozenset(units), province="66")


def test_an_officer_has_a_role_when_any_of_those_asked_is_theirs() -> None:
    officer = an_officer(Role.DISPATCHER)
    assert officer.has(Role.DISPATCHER)
    assert officer.has(Role.APPROVER, Role.DISPATCHER)
    assert not officer.has(Role.APPROVER)


def test_no_role_contains_another() -> None:
    assert not an_officer(Role.ADMINISTRATOR).has(Role.APPROVER)


@pytest.mark.parametrize(
    ("officer", "unit", "covered"),
    [
        (an_officer(Role.COMMUNE_OFFICER, units=("u1",)), "u1", True),
        (an_officer(Role.COMMUNE_OFFICER, units=("u1",)), "u2", False),
        (an_officer(Role.COMMUNE_OFFICER, units=("u1",)), None, False),
        (an_officer(Role.DISPATCHER), "u1", True),
        (an_officer(Role.DISPATCHER), None, True),
        (an_officer(Role.COMMUNE_OFFICER, Role.DISPATCHER), "u1", True),
        (an_officer(Role.COMMUNE_OFFICER), "u1", False),
    ],
)
def test_a_scope_is_units_or_the_province_and_a_forgotten_unit_opens_nothing(
    officer: Officer, unit: str | None, covered: bool
) -> None:
    assert officer.covers(unit) is covered
