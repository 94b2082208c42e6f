"""The pseudonym's formula, and that no two people can share one."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity import Pseudonymiser

KEY = bytes(range(32))
NAMES = st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name != "app"
)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def test_a_person_is_the_first_16_bytes_of_the_hmac_in_hex() -> None:
    expected = hmac.new(KEY, b"zalo|page-1|user-1", hashlib.sha256).digest()[:16].hex()
    assert Pseudonymiser(KEY).person("zalo", "page-1", "user-1") == expected
    assert len(expected) == 32


def test_a_person_across_pages_is_marked_so_in_the_hmac() -> None:
    expected = hmac.new(KEY, b"zalo|app|app-1|user-1", hashlib.sha256).hexdigest()[:32]
    assert Pseudonymiser(KEY).across_pages("zalo", "app-1", "user-1") == expected


@given(one=st.tuples(NAMES, NAMES, IDS), other=st.tuples(NAMES, NAMES, IDS))
def test_two_people_never_share_a_pseudonym(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    pseudonymiser = Pseudonymiser(KEY)
    assert (pseudonymiser.person(*one) == pseudonymiser.person(*other)) == (one == other)


@given(channel=NAMES, account=NAMES, app=NAMES, user=IDS)
def test_no_person_of_a_page_is_taken_for_a_person_across_pages(
    channel: str, account: str, app: str, user: str
) -> None:
    pseudonymiser = Pseudonymiser(KEY)
    across = pseudonymiser.across_pages(channel, app, user)
    assert across != pseudonymiser.person(channel, account, f"{app}|{user}")


def test_another_key_gives_another_pseudonym() -> None:
    one, other = Pseudonymiser(KEY), Pseudonymiser(bytes(32))
    assert one.person("zalo", "page", "user") != other.person("zalo", "page", "user")


@pytest.mark.parametrize(
    ("channel", "account", "user"),
    [("", "page", "user"), ("zalo", "", "user"), ("zalo", "page", ""), ("za|lo", "page", "u"), ("zalo", "pa|ge", "u")],
)
def test_a_part_that_could_be_read_two_ways_is_refused(channel: str, account: str, user: str) -> None:
    with pytest.raises(ValueError, match="pseudonym"):
        Pseudonymiser(KEY).person(channel, account, user)


def test_an_account_named_app_is_refused() -> None:
    with pytest.raises(ValueError, match="app"):
        Pseudonymiser(KEY).person("zalo", "app", "user")


def test_the_key_file_is_32_bytes_in_base64(tmp_path: Path) -> None:
    file = tmp_path / "pseudonym.key"
    file.write_bytes(base64.b64encode(KEY) + b"\n")
    assert Pseudonymiser.from_file(file).person("zalo", "p", "u") == Pseudonymiser(KEY).person("zalo", "p", "u")


@pytest.mark.parametrize("content", [b"", b"not base64 at all!", base64.b64encode(bytes(16))])
def test_a_bad_key_file_is_named_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pseudonym.key"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"pseudonym\.key") as refused:
        Pseudonymiser.from_file(file)
    assert not content or content.decode() not in str(refused.value)


def test_the_key_does_not_show_in_the_repr() -> None:
    assert KEY.hex() not in repr(Pseudonymiser(KEY))
    assert repr(KEY) not in repr(Pseudonymiser(KEY))
