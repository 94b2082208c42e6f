"""A token is believed only when triage's key signed it for this province, and only for its ten minutes."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.access import TOKEN_LIFETIME, Officer, Role, TokenRefused, TokenSigner, TokenVerifier

NOW = datetime(2026, 11, 24, 8, 0, 0, 250_000, tzinfo=UTC)


def pems(key: Ed25519PrivateKey | Ed448PrivateKey) -> tuple[bytes, bytes]:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


PRIVATE, PUBLIC = pems(Ed25519PrivateKey.generate())
OTHER_PRIVATE, OTHER_PUBLIC = pems(Ed25519PrivateKey.generate())


def an_officer(**changes: Any) -> Officer:
    facts: dict[str, Any] = {
        "id": "officer-1",
        "name": "Nguyễn Văn Đông",
        "roles": frozenset({Role.COMMUNE_OFFICER}),
        "units": frozenset({"unit-24133"}),
        "province": "66",
    }
    return Officer(**(facts | changes))


def verifier(public: bytes = PUBLIC, province: str = "66") -> TokenVerifier:
    return TokenVerifier(public, province=province)


def a_token(**changes: Any) -> str:
    return TokenSigner(PRIVATE, province="66").sign(an_officer(**changes), now=NOW)


def handmade(header: dict[str, Any], claims: dict[str, Any], key: Any = None, algorithms: Any = None) -> str:
    """A token as nobody of ours would make it."""
    return jwt.encode(
        header, claims, key or OKPKey.import_key(PRIVATE), algorithms=algorithms or ["Ed25519", "EdDSA", "HS256"]
    )


def good_claims(**changes: Any) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": "urn:binhyen:66:triage",
        "aud": "urn:binhyen:66",
        "sub": "officer-1",
        "jti": "1",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 600,
        "name": "N",
        "roles": ["viewer"],
        "units": [],
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def refusal(token: str, *, now: datetime = NOW, by: TokenVerifier | None = None) -> str:
    with pytest.raises(TokenRefused) as refused:
        (by or verifier()).verify(token, now=now)
    return refused.value.reason


@given(
    roles=st.frozensets(st.sampled_from(list(Role))),
    units=st.frozensets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)),
    name=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_an_officer_comes_out_as_they_went_in(roles: frozenset[Role], units: frozenset[str], name: str) -> None:
    token = a_token(roles=roles, units=units, name=name)
    assert verifier().verify(token, now=NOW).officer == an_officer(roles=roles, units=units, name=name)


def test_the_time_of_issue_is_kept_to_the_millisecond_and_the_end_is_ten_minutes_on() -> None:
    claims = verifier().verify(a_token(), now=NOW)
    assert claims.issued_at == NOW
    assert timedelta(0) <= NOW + TOKEN_LIFETIME - claims.expires_at < timedelta(seconds=1)


def test_each_token_has_its_own_id() -> None:
    first, second = (verifier().verify(a_token(), now=NOW).token_id for _ in range(2))
    assert first != second


def test_a_token_counts_until_just_before_its_end() -> None:
    verifier().verify(a_token(), now=NOW + TOKEN_LIFETIME - timedelta(seconds=1))


def test_an_expired_token_is_refused() -> None:
    assert refusal(a_token(), now=NOW + TOKEN_LIFETIME + timedelta(seconds=6)) == "expired_token"


def test_a_token_from_the_future_is_refused() -> None:
    assert refusal(a_token(), now=NOW - timedelta(minutes=1)) == "invalid_claim"


def test_a_token_of_another_key_is_refused() -> None:
    token = TokenSigner(OTHER_PRIVATE, province="66").sign(an_officer(), now=NOW)
    assert refusal(token)


def test_a_token_of_another_province_is_refused() -> None:
    token = TokenSigner(PRIVATE, province="67").sign(an_officer(province="67"), now=NOW)
    assert refusal(token) == "invalid_claim"


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "jti", "iat", "exp", "name", "roles", "units"])
def test_a_token_without_a_claim_is_refused(claim: str) -> None:
    assert refusal(handmade({"alg": "Ed25519"}, good_claims(**{claim: None})))


@pytest.mark.parametrize(
    ("claim", "value"),
    [("aud", "urn:binhyen:67"), ("aud", ["urn:other"]), ("iss", "urn:binhyen:66:stats"), ("exp", "soon"),
     ("roles", "viewer"), ("roles", [1]), ("units", None), ("sub", 7), ("sub", ""), ("exp", 10**30)],
)  # fmt: skip
def test_a_wrong_claim_is_refused(claim: str, value: object) -> None:
    assert refusal(handmade({"alg": "Ed25519"}, good_claims(**{claim: value})))


def test_a_good_handmade_token_passes_so_that_the_refusals_are_for_their_reason() -> None:
    assert verifier().verify(handmade({"alg": "Ed25519"}, good_claims()), now=NOW).officer.roles == {Role.VIEWER}


def test_a_role_this_release_does_not_know_gives_no_right() -> None:
    token = handmade({"alg": "Ed25519"}, good_claims(roles=["viewer", "emperor"]))
    assert verifier().verify(token, now=NOW).officer.roles == {Role.VIEWER}


@pytest.mark.parametrize("name", ["none", "None", "NONE", "HS256", "EdDSA"])
def test_an_unsigned_token_is_refused_whatever_its_header_says(name: str) -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode()).rstrip(b"=").decode()
    _, claims, signature = a_token().split(".")
    assert refusal(f"{header}.{claims}.")
    assert refusal(f"{header}.{claims}.{signature}")


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    key = OctKey.import_key(base64.b64encode(PUBLIC))
    assert refusal(handmade({"alg": "HS256"}, good_claims(), key))


@given(position=st.integers(min_value=0, max_value=400), letter=st.sampled_from("ABCDxyz019-_."))
def test_a_token_with_a_changed_letter_is_refused_or_the_same(position: int, letter: str) -> None:
    token = a_token()
    position %= len(token)
    changed = token[:position] + letter + token[position + 1 :]
    try:
        claims = verifier().verify(changed, now=NOW)
    except TokenRefused:
        return
    assert claims.officer == an_officer()


@given(noise=st.text(max_size=80))
def test_what_is_no_token_is_refused(noise: str) -> None:
    assert refusal(noise)


def test_a_verifier_with_the_old_and_the_new_key_takes_both() -> None:
    both = verifier(PUBLIC + OTHER_PUBLIC)
    new = TokenSigner(OTHER_PRIVATE, province="66").sign(an_officer(), now=NOW)
    assert both.verify(new, now=NOW).officer == both.verify(a_token(), now=NOW).officer


def test_no_officer_of_another_province_gets_a_token() -> None:
    with pytest.raises(ValueError, match="67"):
        TokenSigner(PRIVATE, province="66").sign(an_officer(province="67"), now=NOW)


@pytest.mark.parametrize("wrong", [b"", b"nonsense", PRIVATE, pems(Ed448PrivateKey.generate())[1]])
def test_a_verifier_takes_nothing_but_public_ed25519_keys(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        verifier(wrong)


@pytest.mark.parametrize("wrong", [b"", b"nonsense", PUBLIC, pems(Ed448PrivateKey.generate())[0]])
def test_a_signer_takes_nothing_but_a_private_ed25519_key(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        TokenSigner(wrong, province="66")
