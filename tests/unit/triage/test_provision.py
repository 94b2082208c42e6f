"""A province's officers read from its table: roles, scopes, and what is wrong by file and line."""

import json
from pathlib import Path

import pytest

from services.triage.provision import (
    ProvinceInvalid,
    read_officers,
    read_passwords,
    read_units,
    write_accounts,
)
from services.triage.store.officers import Provisioned

HEADER = "account,name,role,scope,unit\n"
REAL = Path(__file__).parents[3] / "deploy" / "provinces" / "66-dak-lak"


def a_table(folder: Path, text: str) -> Path:
    file = folder / "officers.csv"
    file.write_text(HEADER + text, encoding="utf-8")
    return file


def test_a_scope_of_the_province_is_no_unit_and_a_unit_s_scope_is_that_unit(tmp_path: Path) -> None:
    text = "a,A,dispatcher,province,duty-desk\nb,B,commune_officer,unit,u1\n"
    assert read_officers(a_table(tmp_path, text)) == [
        Provisioned("a", "A", ("dispatcher",), ()),
        Provisioned("b", "B", ("commune_officer",), ("u1",)),
    ]


def test_several_lines_of_an_account_are_its_several_roles_and_units(tmp_path: Path) -> None:
    text = "b,B,commune_officer,unit,u2\nb,B,approver,unit,u1\n"
    assert read_officers(a_table(tmp_path, text)) == [
        Provisioned("b", "B", ("approver", "commune_officer"), ("u1", "u2"))
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a,A,king,province,", "no role 'king'"),
        ("a,A,viewer,district,x", "no scope"),
        ("a,A,commune_officer,unit,", "no scope"),
    ],
)
def test_a_line_that_cannot_be_right_is_named(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ProvinceInvalid, match=f"officers.csv:2: {why}"):
        read_officers(a_table(tmp_path, line + "\n"))


def test_the_province_that_comes_with_the_project_is_read_whole() -> None:
    assert len(read_units(REAL / "units.csv", "66")) == 328
    officers = read_officers(REAL / "officers.csv")
    assert len(officers) == 118
    assert all(one.units for one in officers if one.roles == ("commune_officer",))


def test_the_accounts_file_is_its_owner_s_alone_and_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    assert read_passwords(file) == {}
    write_accounts(file, [Provisioned("a", "Ă", ("viewer",), ())], {"a": "mật", "gone": "x"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_passwords(file) == {"a": "mật"}
    assert json.loads(file.read_text())["accounts"][0]["name"] == "Ă"
    file.write_text("[]")
    with pytest.raises(ProvinceInvalid):
        read_passwords(file)
