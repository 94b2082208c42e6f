"""A register of outcomes read: line by line, each bad one with its reason, any bytes without a crash."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.codes import code_of
from services.triage.domain.imports import Bad, FileInvalid, Row, moment, read

NOW = datetime(2026, 5, 4, tzinfo=UTC)
HEADER = "case_code,outcome,acted_at,note\n"
CODE = code_of(7)


def a_file(*lines: str) -> bytes:
    return (HEADER + "\n".join(lines) + "\n").encode()


def test_a_row_keeps_its_line_time_and_note() -> None:
    rows, bad = read(a_file(f'{CODE},fined,2020-06-01T08:00:00+07:00,"QĐ 5, 3 triệu"'), now=NOW)
    assert (rows, bad) == ([Row(2, CODE, "fined", datetime(2020, 6, 1, 1, tzinfo=UTC), "QĐ 5, 3 triệu")], [])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"{CODE},sentenced,2020-06-01T08:00:00Z,", "unknown_outcome"),
        (f"{CODE},fined,hôm qua,", "bad_time"),
        (f"{CODE},fined,2020-06-01,", "bad_time"),
        (f"{CODE},fined,2026-05-04T00:00:01Z,", "future_time"),
        ("12,fined,2020-06-01T08:00:00Z,", "not_a_code"),
        (f"{CODE},fined,2020-06-01T08:00:00Z,{'x' * 1001}", "note_too_long"),
        (f"{CODE},fined", "bad_time"),
    ],
)
def test_a_bad_line_says_why(line: str, why: str) -> None:
    rows, bad = read(a_file(line), now=NOW)
    assert rows == []
    assert [(each.line, each.why) for each in bad] == [(2, why)]


def test_a_file_with_a_nul_is_refused_as_a_whole() -> None:
    with pytest.raises(FileInvalid, match=r"U\+0000"):
        read(a_file(f"{CODE},fined,2020-06-01T08:00:00Z,a\0b"), now=NOW)


def test_the_second_line_of_a_case_is_refused_so_that_a_repeated_import_stays_one() -> None:
    line = f"{CODE},fined,2020-06-01T08:00:00Z,"
    rows, bad = read(a_file(line, line.replace("fined", "resolved")), now=NOW)
    assert ([row.outcome for row in rows], bad) == (["fined"], [Bad(3, CODE, "twice_in_file")])


def test_lines_are_those_of_the_file_also_after_a_note_of_two_lines() -> None:
    first = f'{CODE},fined,2020-06-01T08:00:00Z,"hai\ndòng"'
    assert read(a_file(first, "x,fined,,"), now=NOW)[1] == [Bad(4, "x", "not_a_code")]


def test_a_time_without_a_zone_is_vietnamese() -> None:
    assert moment("2020-06-01 08:00") == datetime(2020, 6, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"code,outcome\n", b"\xff\xfe", (HEADER + '"open').encode()])
def test_what_is_no_register_is_refused_whole(body: bytes) -> None:
    with pytest.raises(FileInvalid):
        read(body, now=NOW)


def test_more_than_ten_thousand_rows_are_refused() -> None:
    with pytest.raises(FileInvalid, match="10,000"):
        read(a_file(*["x,,,"] * 10_001), now=NOW)


def test_a_spreadsheet_s_byte_order_mark_is_no_part_of_the_header() -> None:
    assert read(b"\xef\xbb\xbf" + a_file(), now=NOW) == ([], [])


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rows, _ = read((HEADER + text).encode(errors="replace"), now=NOW)
    except FileInvalid:
        return
    assert all(row.acted_at <= NOW for row in rows)
