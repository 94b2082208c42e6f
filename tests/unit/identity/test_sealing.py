"""Sealed is sealed: for one purpose, one subject, by keys that may rotate."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity import CannotOpen, Sealer

K1, K2 = bytes(range(32)), bytes(range(32, 64))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def a_sealer() -> Sealer:
    return Sealer({"k1": K1}, current="k1")


def flipped(envelope: str, position: int) -> str:
    """The envelope with one bit of its body changed."""
    version, key_id, encoded = envelope.split(".")
    body = bytearray(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    body[position % len(body)] ^= 1
    return f"{version}.{key_id}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}"


@given(purpose=TEXT, subject=TEXT, plaintext=st.binary(max_size=300))
def test_what_was_sealed_opens_to_the_same(purpose: str, subject: str, plaintext: bytes) -> None:
    sealer = a_sealer()
    assert sealer.open(purpose, subject, sealer.seal(purpose, subject, plaintext)) == plaintext


@given(plaintext=st.binary(max_size=50), position=st.integers(min_value=0, max_value=200))
def test_any_changed_bit_is_refused(plaintext: bytes, position: int) -> None:
    sealer = a_sealer()
    envelope = sealer.seal("identity", "p1", plaintext)
    with pytest.raises(CannotOpen):
        sealer.open("identity", "p1", flipped(envelope, position))


@given(one=st.tuples(TEXT, TEXT), other=st.tuples(TEXT, TEXT))
def test_an_envelope_opens_for_its_own_purpose_and_subject_alone(one: tuple[str, str], other: tuple[str, str]) -> None:
    sealer = a_sealer()
    envelope = sealer.seal(*one, b"address")
    if one == other:
        assert sealer.open(*other, envelope) == b"address"
    else:
        with pytest.raises(CannotOpen):
            sealer.open(*other, envelope)


def test_the_subject_cannot_borrow_letters_from_the_purpose() -> None:
    sealer = a_sealer()
    with pytest.raises(CannotOpen):
        sealer.open("identit", "yp1", sealer.seal("identity", "p1", b"address"))


def test_sealing_twice_gives_two_envelopes() -> None:
    sealer = a_sealer()
    assert sealer.seal("identity", "p1", b"address") != sealer.seal("identity", "p1", b"address")


@given(noise=st.text(max_size=60))
def test_what_is_no_envelope_is_refused(noise: str) -> None:
    with pytest.raises(CannotOpen):
        a_sealer().open("identity", "p1", noise)


@pytest.mark.parametrize("envelope", ["v2.k1.AAAA", "v1.k1.", "v1.k1.AAAA", "v1.k1.a b", "v1.k1.AAAA.AAAA", "v1..AAAA"])
def test_a_malformed_envelope_is_refused(envelope: str) -> None:
    with pytest.raises(CannotOpen):
        a_sealer().open("identity", "p1", envelope)


def test_an_old_key_still_opens_after_rotation_and_the_new_one_seals() -> None:
    old = a_sealer().seal("identity", "p1", b"address")
    rotated = Sealer({"k1": K1, "k2": K2}, current="k2")
    new = rotated.seal("identity", "p1", b"address")
    assert rotated.open("identity", "p1", old) == rotated.open("identity", "p1", new) == b"address"
    assert (rotated.is_current(old), rotated.is_current(new)) == (False, True)
    assert new.startswith("v1.k2.")


def test_a_key_that_was_retired_opens_nothing_and_is_named() -> None:
    old = a_sealer().seal("identity", "p1", b"address")
    with pytest.raises(CannotOpen, match="k1"):
        Sealer({"k2": K2}, current="k2").open("identity", "p1", old)


def test_an_envelope_relabelled_with_another_key_id_is_refused() -> None:
    same_key_twice = Sealer({"k1": K1, "k2": K1}, current="k1")
    envelope = same_key_twice.seal("identity", "p1", b"address").replace("v1.k1.", "v1.k2.")
    with pytest.raises(CannotOpen):
        same_key_twice.open("identity", "p1", envelope)


def test_the_refusal_says_nothing_of_the_subject() -> None:
    sealer = a_sealer()
    with pytest.raises(CannotOpen) as refused:
        sealer.open("identity", "someone-else", sealer.seal("identity", "p1", b"address"))
    assert "someone-else" not in str(refused.value)


def test_the_keyring_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "sealing.json"
    keys = {"k1": base64.b64encode(K1).decode(), "k2": base64.b64encode(K2).decode()}
    file.write_text(json.dumps({"current": "k2", "keys": keys}))
    assert Sealer.from_file(file).open("a", "b", a_sealer().seal("a", "b", b"c")) == b"c"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"current":"k1","keys":{}}',
        '{"current":"k1","keys":{"k1":"AAAA"}}',
        '{"current":"k.","keys":{}}',
    ],
)
def test_a_bad_keyring_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "sealing.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"sealing\.json"):
        Sealer.from_file(file)
