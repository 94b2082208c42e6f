"""The wire: our requests are the manual's field for field, and every answer it prints is understood."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.notify.domain.outcomes import Doubtful, NotSent, Sent
from services.notify.senders.failures import BY_REASON, Again, SendFailure
from services.notify.senders.zalo import (
    CODES,
    Message,
    conversation_of,
    read_answer,
    read_conversation,
    request_of,
    told_by,
)
from services.notify.senders.zalo_oauth import (
    Declined,
    Pair,
    Spent,
    Unanswered,
    challenge_of,
    code_form,
    permission_link,
    read_tokens,
    refresh_form,
    verifier,
)

MANUAL = Path(__file__).parents[4] / "shared" / "conformance" / "zalo" / "api"
SAMPLES = sorted(MANUAL.glob("*")) if MANUAL.is_dir() else []

SLOWER, BOUNDED = {-32}, {-200, -214, -234}
TOKEN = {-216, -220}
NOT_TO_THIS_PERSON = {-213, -217, -218, -227, -230, -232, -244}
NOT_TO_THIS_GROUP = {-237, -403}
MEND = {-204, -205, -209, -211, -212, -219, -221, -223, -224, -235, -242, -248, -320, -321}
OUR_BUG = {-100, -201, -210, -233, -238, -240, -241}


def body(error: object = 0, **more: object) -> bytes:
    return json.dumps({"error": error, "message": "x"} | more).encode()


def failure_of(code: object) -> SendFailure:
    outcome = read_answer(200, {}, body(code)).outcome
    assert isinstance(outcome, NotSent)
    return outcome.failure


def test_every_code_of_the_manual_has_its_meaning_and_no_other_is_claimed() -> None:
    groups = [SLOWER, BOUNDED, TOKEN, NOT_TO_THIS_PERSON, NOT_TO_THIS_GROUP, MEND, OUR_BUG]
    assert set(CODES) == set().union(*groups)
    assert sum(map(len, groups)) == len(CODES), "a code stands in two groups"


@pytest.mark.parametrize(
    ("codes", "again", "halts", "alarm"),
    [
        (SLOWER, Again.SLOWER, False, False),
        (BOUNDED, Again.BOUNDED, False, False),
        (NOT_TO_THIS_PERSON, Again.NO, False, False),
        (NOT_TO_THIS_GROUP, Again.NO, False, False),
        (MEND, Again.WHEN_MENDED, True, True),
        (TOKEN, Again.WHEN_MENDED, True, True),
        (OUR_BUG, Again.NO, False, True),
    ],
)
def test_what_is_done_about_a_code_is_what_the_manual_asks(
    codes: set[int], again: Again, halts: bool, alarm: bool
) -> None:
    for code in codes:
        rule = failure_of(code).value
        assert (rule.again, rule.halts, rule.alarm) == (again, halts, alarm), code


def test_an_error_number_may_be_text() -> None:
    assert failure_of("-32") is SendFailure.THROTTLED
    assert isinstance(read_answer(200, {}, body("0", data={"message_id": "k"})).outcome, Sent)


def test_a_refused_token_is_told_apart_by_both_its_codes() -> None:
    assert all(read_answer(200, {}, body(code)).token_refused for code in TOKEN)
    assert not read_answer(200, {}, body(-32)).token_refused


def test_an_unknown_code_is_tried_again_within_a_bound_and_alarms() -> None:
    assert failure_of(-99999) is SendFailure.UNKNOWN
    assert SendFailure.UNKNOWN.value.again is Again.BOUNDED
    assert failure_of("what") is SendFailure.UNKNOWN


def test_unavailable_is_a_failure_that_passes() -> None:
    assert read_answer(503, {}, b"<html>Service Unavailable</html>").outcome == NotSent(SendFailure.GATEWAY)


@pytest.mark.parametrize(("status", "why"), [(500, "gateway_error"), (502, "gateway_error"), (504, "gateway_timeout")])
def test_a_gateways_page_may_come_after_the_act_and_is_a_doubt(status: int, why: str) -> None:
    assert read_answer(status, {}, b"<html>Bad Gateway</html>").outcome == Doubtful(why)


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b""), (200, b"<html>"), (200, b"[]"), (200, body(0)), (200, body(0, data={}))],
)
def test_an_answer_that_does_not_say_what_happened_is_a_doubt(status: int, content: bytes) -> None:
    assert isinstance(read_answer(status, {}, content).outcome, Doubtful)


def test_the_rate_is_read_from_the_headers_as_they_are_spelt() -> None:
    told = told_by({"X-RateLimit-Limit": "4000", "X-RateLimit-Remain": "3999"})
    assert told is not None
    assert (told.limit, told.remain) == (4000, 3999)
    assert told_by({"X-RateLimit-Limit": "4000"}) is None
    assert told_by({"X-RateLimit-Limit": "many", "X-RateLimit-Remain": "1"}) is None


def test_every_failure_says_in_both_languages_what_it_is() -> None:
    for failure in SendFailure:
        vietnamese, english = failure.value.says.split(" / ")
        assert vietnamese
        assert english
        assert BY_REASON[failure.reason] is failure


def test_a_link_asks_for_the_page_with_pkce() -> None:
    secret = verifier()
    assert len(secret) == 43
    link = permission_link(
        "https://o", app="1", redirect_uri="https://n/cb?x=1", code_verifier=secret, state="s", page="2"
    )
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert query == {
        "app_id": "1", "redirect_uri": "https://n/cb?x=1", "state": "s", "oa_id": "2",
        "code_challenge": challenge_of(secret),
    }  # fmt: skip


def test_the_challenge_is_that_of_rfc_7636() -> None:
    secret = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(secret) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("status", "content", "means"),
    [
        (200, b"", Spent),
        (200, b"  \n", Spent),
        (200, b'{"error":-14014,"error_name":"Invalid refresh token."}', Spent),
        (200, b'{"error":"-14014","error_name":"Invalid refresh token."}', Spent),
        (200, b'{"error":-14002,"error_name":"Invalid app id."}', Declined),
        (200, b"<html>502</html>", Unanswered),
        (502, b"", Unanswered),
        (200, b'{"access_token":"a","refresh_token":"r","expires_in":"90000"}', Pair),
        (200, b'{"access_token":"a","refresh_token":"r"}', Pair),
        (200, b'{"access_token":"a"}', Declined),
    ],
)
def test_what_the_oauth_host_says(status: int, content: bytes, means: type) -> None:
    assert isinstance(read_tokens(status, content), means)


# ── against the manual's own samples, where they lie beside the project ──────────────────────────────────────


def shape(value: Any) -> Any:
    """Names and kinds, without the values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return type(value).__name__


def body_of(curl: str) -> Any:
    found = re.search(r"(?:-d|--data(?:-raw)?) '(.*?)'", curl, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def forms_of(curl: str) -> set[str]:
    return set(re.findall(r"--data-urlencode '(\w+)=", curl))


REQUESTS = {
    "tin-nhan.tin-tu-van.gui-tin-tu-van-dang-van-ban.request.txt": Message("hello", user_id="2512523625412515"),
    "tin-nhan.tin-tu-van.gui-tin-tu-van-trich-dan.request.txt": Message("hello", user_id="25", quoted_key="k"),
    "nhom-chat-gmf.tin-nhan.text_message.request.txt": Message("hello", group_id="f414c8f76fa586fbdfb4"),
}


def samples(part: str) -> list[str]:
    """The manual's samples whose names hold `part`; none where the folder does not lie beside the project."""
    return [path.read_text(encoding="utf-8") for path in SAMPLES if part in path.name]


def test_a_request_has_the_shape_of_the_manuals() -> None:
    for name, message in REQUESTS.items():
        path, made = request_of(message)
        for printed in samples(name):
            assert shape(made) == shape(body_of(printed))
            assert path in printed


def test_every_printed_answer_to_a_send_is_read() -> None:
    for printed in samples("gui-tin-tu-van-dang-van-ban.response"):
        outcome = read_answer(200, {}, printed.encode()).outcome
        assert isinstance(outcome, Sent)
        assert outcome.message_key == "63ecf43f0df7dba892e6"


def test_a_groups_conversation_is_read_as_printed() -> None:
    for printed in samples("group_conversation.response"):
        heard = read_conversation(200, {}, printed.encode())
        assert heard.answer is None
        assert [(one.by_page, one.text) for one in heard.messages] == [(False, ""), (True, "m4")]


def test_a_conversation_is_asked_for_as_printed() -> None:
    for printed in samples("mot-hoi-thoai.request"):
        asked, query = conversation_of(Message("x", user_id="2512523625412515"), 0)
        assert asked in printed
        assert set(json.loads(query["data"])) == {"user_id", "offset", "count"}
    for printed in samples("group_conversation.request"):
        asked, query = conversation_of(Message("x", group_id="g"), 0)
        assert asked in printed
        assert all(f"{name}=" in printed for name in query)


def test_oauth_forms_have_the_printed_fields() -> None:
    made = [set(code_form(app="1", code="c", code_verifier="v")), set(refresh_form(app="1", refresh_token="r"))]
    for printed in samples("bat-dau."):
        asked = forms_of(printed)
        assert not asked or asked in made
