"""The closed list of ways a send can fail. A channel's file maps its own codes to these; nobody else knows codes.

What to do with each is in its `Failure`: whether to try again, whether the page's queue must stand still until a
person has mended something, whether it is an alarm, and what the officer reads.
"""

from dataclasses import dataclass
from enum import Enum


class Again(Enum):
    """Whether and how the same send is tried again."""

    NO = "no"
    SLOWER = "slower"
    """The channel asks for a pause: the whole app or page waits, no attempt is counted."""
    BOUNDED = "bounded"
    """After a growing pause, a bounded number of times; then the send has failed."""
    WHEN_MENDED = "when mended"
    """It stays queued until a person has mended the page or the app."""


@dataclass(frozen=True)
class Failure:
    """`says`: what the officer reads, Vietnamese first. `halts`: the page's queue stands still."""

    again: Again
    says: str
    halts: bool = False
    alarm: bool = False


def _never(says: str, *, alarm: bool = False) -> Failure:
    return Failure(Again.NO, says, alarm=alarm)


def _mend(says: str) -> Failure:
    return Failure(Again.WHEN_MENDED, says, halts=True, alarm=True)


class SendFailure(Enum):
    """Every way a send fails. `reason` is the word that events, rows and metrics carry."""

    THROTTLED = Failure(Again.SLOWER, "Zalo yêu cầu gửi chậm lại, hệ thống tự gửi tiếp. / Asked to slow down.")
    TRY_LATER = Failure(Again.BOUNDED, "Zalo báo gửi chưa được, sẽ thử lại. / Zalo failed, will try again.")
    GATEWAY = Failure(Again.BOUNDED, "Cổng của Zalo đang lỗi, sẽ thử lại. / Zalo's gateway fails, will try again.")
    UNREACHABLE = Failure(Again.BOUNDED, "Không nối được tới Zalo, sẽ thử lại. / Zalo cannot be reached.")
    UNKNOWN = Failure(Again.BOUNDED, "Zalo trả mã lỗi lạ, sẽ thử lại. / Zalo gave an unknown code.", alarm=True)
    NIGHT = Failure(Again.BOUNDED, "Loại tin này chỉ gửi được sau 06:00. / This kind goes out after 06:00 only.")

    TOKEN_REFUSED = _mend("Zalo không nhận mã truy cập dù đã làm mới. / The token is refused though renewed.")
    GRANT_LOST = Failure(
        Again.WHEN_MENDED, "Trang cần cấp quyền lại cho ứng dụng. / The page must grant the app again.", alarm=True
    )

    NOT_A_FOLLOWER = _never("Người này không quan tâm trang. / This person does not follow the page.")
    INVITES_BLOCKED = _never("Người này đã chặn lời mời. / This person blocks invitations.")
    HAD_ENOUGH = _never("Người này đã nhận đủ tin của trang. / This person had enough messages from us.")
    PERSON_AWAY = _never("Tài khoản bị khóa hoặc vắng 45 ngày. / Banned, or away for 45 days.")
    WINDOW_CLOSED = _never("Đã quá hạn trả lời của kênh (Zalo: 7 ngày). / The channel's window for replies is closed.")
    NO_INTERACTION = _never("Người này chưa từng liên hệ trang. / No interaction, or too old.")
    RESTRICTED = _never("Người này hạn chế loại tin này. / This person restricted this kind of message.")
    IDENTITY_MISSING = _never("Không còn địa chỉ của người này. / The address of this person is not there.")
    IDENTITY_UNREADABLE = _never(
        "Không mở được địa chỉ đã niêm phong. / The sealed address cannot be opened.", alarm=True
    )

    NO_ROAD = _never("Kênh này không có đường trả lời. / This channel has no road back.", alarm=True)

    GROUP_LAPSED = _never("Nhóm đã hết hạn gói. / The group's package has lapsed.")
    GROUP_NOT_OURS = _never("Nhóm không thuộc trang này. / The group is not this page's.")

    PAGE_GONE = _mend("Trang không còn hoạt động. / The page is gone.")
    APP_INACTIVE = _mend("Ứng dụng chưa được kích hoạt. / The app is not active.")
    API_NOT_REGISTERED = _mend("Ứng dụng chưa đăng ký API này. / The app has not registered this API.")
    APP_REMOVED = _mend("Ứng dụng đã bị gỡ. / The app was removed.")
    PAGE_NOT_VERIFIED = _mend("Trang chưa được xác thực. / The page is not verified.")
    API_NOT_GRANTED = _mend("Trang chưa cấp quyền API này. / The page has not granted this API.")
    PACKAGE_TOO_SMALL = _mend("Gói dịch vụ của trang chưa đủ. / The page's package is too small.")
    PAGE_KIND = _mend("Loại trang không được dùng API này. / This kind of page may not.")
    PROOF_INVALID = _mend("appsecret_proof không đúng. / appsecret_proof is wrong.")
    POLICY = _mend("Zalo báo vi phạm chính sách. / Against Zalo's policy.")
    NO_MONEY = _mend("Chưa có tài khoản ZCA hoặc hết tiền. / No cloud account or no money.")
    OUT_OF_QUOTA = _mend("Trang đã hết hạn mức gửi. / The page is out of quota.")

    BAD_REQUEST = _never("Lỗi của hệ thống: yêu cầu sai. / Our bug: the request is wrong.", alarm=True)
    OVER_A_LIMIT = _never("Lỗi của hệ thống: vượt giới hạn. / Our bug: over a limit.", alarm=True)
    KIND_NOT_SUPPORTED = _never("Lỗi của hệ thống: loại tin sai. / Our bug: kind of message.", alarm=True)
    API_OLD = _never("Lỗi của hệ thống: API cũ. / Our bug: an old API.", alarm=True)
    ASSET_USED = _never("Lỗi của hệ thống: tài sản đã dùng. / Our bug: the asset is used.", alarm=True)
    UPLOAD_AGAIN = _never("Tệp đính kèm đã hết hạn. / The upload is gone: upload it again.", alarm=True)

    @property
    def reason(self) -> str:
        return self.name.lower()


def _by_reason() -> dict[str, SendFailure]:
    return {failure.reason: failure for failure in SendFailure}


BY_REASON = _by_reason()
"""`reason` as rows and events carry it → the failure, to show its sentence."""
