"""What each number is: the one text behind the page, the details endpoint and the README."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["stock", "flow", "register", "ratio"]


@dataclass(frozen=True)
class Definition:
    """`kind`: a stock is the last observation at or before `to`, a flow counts within [from, to]."""

    key: str
    kind: Kind
    vi: str
    en: str
    meaning_vi: str
    meaning_en: str
    source: str
    check_vi: str = ""
    check_en: str = ""


HEADLINE: tuple[Definition, ...] = (
    Definition(
        "pages_verified",
        "stock",
        "Trang đã xác thực",
        "Verified pages",
        "Số trang mà lần hỏi kênh gần nhất, tính đến hết ngày cuối kỳ, cho biết đã xác thực; không kể trang đã đóng.",
        "Pages that the channel last showed as verified by the end of the last day; closed pages are left out.",
        "inbound.audience.v1: page_observed (getoa)",
    ),
    Definition(
        "followers",
        "stock",
        "Người quan tâm",
        "Followers",
        "Số lượt quan tâm đang có: với mỗi người và mỗi trang, sự kiện cuối cùng tính đến hết ngày cuối kỳ là «quan "
        "tâm»; cộng số người đã quan tâm trước khi có hệ thống (lần hỏi kênh đầu tiên trừ số đã biết qua sự kiện).",
        "Follows that stand: for each person and page the last event by the end of the last day is a follow; plus who "
        "followed before the platform (the first polled figure less what events had told by then).",
        "inbound.audience.v1: page_followed, page_unfollowed",
        "followers_polled: tổng số người quan tâm mà kênh cho biết ở lần hỏi gần nhất; lệch nhiều là mất sự kiện.",
        "followers_polled: the channel's own count at the last poll, summed; a wide gap means lost events.",
    ),
    Definition(
        "communes_with_a_verified_page",
        "stock",
        "Xã, phường, thị trấn có trang đã xác thực",
        "Communes with a verified page",
        "Số xã có ít nhất một trang đã xác thực vào hết ngày cuối kỳ, theo đơn vị hành chính có hiệu lực ngày đó.",
        "Communes with at least one verified page at the end of the last day, in the structure in force on it.",
        "inbound.audience.v1: page_observed; channels.accounts.v1",
    ),
    Definition(
        "communes",
        "register",
        "Tổng số xã, phường, thị trấn",
        "Communes",
        "Số đơn vị hành chính cấp xã của tỉnh vào ngày cuối kỳ.",
        "Communes of the province on the last day.",
        "gazetteer",
    ),
    Definition(
        "village_groups",
        "stock",
        "Nhóm thôn, buôn, tổ dân phố",
        "Village groups",
        "Số nhóm đã lập và chưa giải tán tính đến hết ngày cuối kỳ.",
        "Groups made and not dissolved by the end of the last day.",
        "inbound.audience.v1: group_created, group_deleted",
    ),
    Definition(
        "posts",
        "flow",
        "Bài viết đã đăng",
        "Posts published",
        "Số bài đăng trong kỳ, theo giờ đăng do kênh ghi.",
        "Posts published within the period, by the channel's own time of publication.",
        "inbound.audience.v1: post_published (getslice)",
    ),
    Definition(
        "post_views",
        "stock",
        "Lượt xem bài viết",
        "Views of posts",
        "Tổng lượt xem của mọi bài, mỗi bài lấy lần hỏi kênh gần nhất tính đến hết ngày cuối kỳ.",
        "Views of all posts, each by its last poll by the end of the last day.",
        "inbound.audience.v1: post_views_observed (getslice)",
    ),
    Definition(
        "tips_received_and_resolved",
        "flow",
        "Tin báo đã tiếp nhận và giải quyết",
        "Tips received and resolved",
        "Số vụ việc hiện được xếp là tin báo hoặc khẩn cấp, mở trong kỳ và đã giải quyết trong kỳ.",
        "Cases whose standing category is tip or emergency, opened within the period and resolved within it.",
        "cases.events.v1",
    ),
    Definition(
        "procedure_questions_answered",
        "flow",
        "Câu hỏi thủ tục đã trả lời",
        "Procedure questions answered",
        "Số vụ việc hiện được xếp là hỏi về thủ tục hành chính, được trả lời trong kỳ.",
        "Cases whose standing category is a question on a procedure, answered within the period.",
        "cases.events.v1",
    ),
    Definition(
        "public_order_offences_change_percent",
        "ratio",
        "Phạm pháp về trật tự xã hội, so với cùng kỳ",
        "Public-order offences against the year before",
        "Tổng các tháng trọn vẹn từ tháng Một đến hết ngày cuối kỳ so với cùng các tháng năm trước, tính bằng phần "
        "trăm; trống khi thiếu số của một tháng.",
        "Whole months from January to the end of the last day against the same months of the year before, in per "
        "cent; empty when a month is unknown.",
        "POST /api/v1/imports/offences",
    ),
)


@dataclass(frozen=True)
class Metric:
    """A count kept in buckets. `minutes`: also by the minute."""

    name: str
    kind: Literal["stock", "flow"]
    vi: str
    en: str
    minutes: bool = True


SERIES: tuple[Metric, ...] = (
    Metric("followers", "stock", "Người quan tâm (qua sự kiện)", "Followers (by events)"),
    Metric("village_groups", "stock", "Nhóm thôn, buôn, tổ dân phố", "Village groups"),
    Metric("posts", "flow", "Bài viết", "Posts"),
    Metric("post_views", "stock", "Lượt xem bài viết", "Views of posts", minutes=False),
    Metric("messages", "flow", "Tin nhắn của người dân", "People's messages"),
    Metric("cases_opened", "flow", "Vụ việc mở", "Cases opened"),
    Metric("cases_answered", "flow", "Vụ việc đã trả lời", "Cases answered"),
    Metric("cases_resolved", "flow", "Vụ việc đã giải quyết", "Cases resolved"),
    Metric("tips_received", "flow", "Tin báo tiếp nhận", "Tips received"),
    Metric("tips_resolved", "flow", "Tin báo đã giải quyết", "Tips resolved"),
    Metric("procedure_questions_answered", "flow", "Câu hỏi thủ tục đã trả lời", "Procedure questions answered"),
    Metric("alerts_approved", "flow", "Cảnh báo được duyệt", "Alerts approved"),
    Metric("alert_messages_sent", "flow", "Tin cảnh báo đã gửi tới nhóm", "Alert messages sent to groups"),
    Metric("alert_messages_failed", "flow", "Tin cảnh báo gửi lỗi", "Alert messages failed"),
    Metric("replies_sent", "flow", "Trả lời đã gửi", "Replies sent"),
    Metric("replies_failed", "flow", "Trả lời gửi lỗi", "Replies failed"),
)
METRICS = {metric.name: metric for metric in SERIES}

TODAY = ("messages", "cases_opened", "cases_answered", "alerts_approved", "alert_messages_sent")
"""The strip «Hôm nay»."""
