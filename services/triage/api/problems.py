"""What officers are refused with (RFC 9457), and what to do next. Vietnamese first, English beside."""

from datetime import datetime
from typing import Literal

from shared.service.problems import Refused


def not_found() -> Refused:
    """Also for a case out of scope: whoever may not see it is not told that it exists."""
    return Refused(
        404,
        "no_such_case",
        "Không có hồ sơ này trong phạm vi của bạn. / There is no such case in your scope.",
        "Kiểm tra lại mã hồ sơ. / Check the code.",
    )


def bad_code(why: Literal["not_a_code", "check_digit"]) -> Refused:
    details = {
        "not_a_code": "Mã hồ sơ có 9 chữ số, ví dụ 482 913 705. / A code has nine digits.",
        "check_digit": "Mã này có chữ số sai hoặc đảo vị trí; xin đọc lại. / A digit is wrong or two are exchanged.",
    }
    return Refused(400, why, "Mã hồ sơ không đúng. / Not a case's code.", details[why])


def stale_version(standing: int) -> Refused:
    return Refused(
        409,
        "stale_version",
        "Hồ sơ đã thay đổi. / The case has changed.",
        "Có người hoặc tin nhắn mới vừa thay đổi hồ sơ; xem lại rồi làm tiếp. / Look again, then go on.",
        version=standing,
    )


def window_closed(until: datetime | None) -> Refused:
    return Refused(
        409,
        "window_closed",
        "Đã quá hạn trả lời qua kênh này. / The channel's window for an answer is closed.",
        "Người dân cần nhắn lại thì mới trả lời được; hoặc liên hệ bằng cách khác. / "
        "The person has to write again first; or reach them another way.",
        open_until=until.isoformat() if until else None,
    )


def unknown_commune(field: str) -> Refused:
    return Refused(
        400,
        "unknown_commune",
        "Không có xã, phường với mã này. / No commune bears this code in that structure.",
        "Mã năm 2020 và mã từ 01/7/2025 khác nhau. / Codes of 2020 and of today are different things.",
        field=field,
    )


def nothing_to_correct() -> Refused:
    return Refused(
        400,
        "nothing_to_correct",
        "Chưa nêu điều cần sửa. / Nothing to correct was named.",
        "Nêu ít nhất một trong: category, topic, urgency, commune_2020, commune_2025, conflict. / "
        "Name at least one of them.",
    )


def no_such_proposal() -> Refused:
    """Also for one about cases out of scope."""
    return Refused(
        404,
        "no_such_proposal",
        "Không có đề nghị ghép này trong phạm vi của bạn. / There is no such proposal in your scope.",
    )


def no_such_incident() -> Refused:
    """Also for one none of whose cases is in scope."""
    return Refused(
        404,
        "no_such_incident",
        "Không có vụ việc này trong phạm vi của bạn. / There is no such incident in your scope.",
    )


def already_decided(state: str) -> Refused:
    return Refused(
        409,
        "already_decided",
        "Đề nghị này đã có người quyết định. / This proposal was decided already.",
        "Xem lại vụ việc; muốn tách thì dùng thao tác tách. / Look at the incident; to undo, part the case from it.",
        state=state,
    )


def refused_meanwhile() -> Refused:
    return Refused(
        409,
        "refused_meanwhile",
        "Trong hai vụ có hồ sơ đã được kết luận là không phải một vụ. / Cases of the two were told apart meanwhile.",
        "Tải lại danh sách đề nghị. / Load the list of proposals again.",
    )


def bad_day(field: str) -> Refused:
    return Refused(
        400,
        "bad_day",
        "Ngày phải từ 1970 đến 2199. / A day has to be of the years 1970 to 2199.",
        field=field,
    )


def bad_cursor() -> Refused:
    return Refused(400, "bad_cursor", "Tham số after không đúng. / `after` must be a `next` of an earlier page.")


def wrong_sign_in() -> Refused:
    """The same for an unknown account: who has one is nobody's business."""
    return Refused(
        401,
        "wrong_sign_in",
        "Tài khoản hoặc mật khẩu không đúng. / Wrong account or password.",
        headers={"WWW-Authenticate": 'Bearer realm="binhyen"'},
    )


def must_wait(seconds: int) -> Refused:
    return Refused(
        429,
        "must_wait",
        "Sai mật khẩu nhiều lần, xin đợi rồi thử lại. / Too many wrong passwords: wait, then try again.",
        headers={"Retry-After": str(seconds)},
        retry_after_seconds=seconds,
    )


def crowded() -> Refused:
    return Refused(
        429,
        "crowded",
        "Đang có quá nhiều lượt đăng nhập, xin thử lại sau ít giây. / Too many are signing in: try again shortly.",
        headers={"Retry-After": "2"},
        retry_after_seconds=2,
    )


def no_such_officer() -> Refused:
    return Refused(404, "no_such_officer", "Không có tài khoản này. / There is no such account.")


def bad_import(why: str) -> Refused:
    return Refused(400, "bad_import", "Tệp nhập không đúng. / The file cannot be imported.", why)
