"""What a caller reads who may not (RFC 9457), in Vietnamese and English, with what to do next."""

from shared.service.problems import Refused


class SignInNeeded(Refused):
    """401: no token, or one that does not count any more."""

    def __init__(self, reason: str) -> None:
        """reason: one word for programs, such as `missing`, `expired_token`, `revoked`."""
        super().__init__(
            401,
            "sign_in_needed",
            "Cần đăng nhập. / Sign-in needed.",
            "Phiên làm việc không có, đã hết hạn hoặc đã bị thu hồi. / There is no session, or it is over or revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="binhyen"'},  # RFC 9110, 11.6.1
            reason=reason,
            action=(
                "Đăng nhập lại rồi gửi mã trong tiêu đề Authorization: Bearer. / "
                "Sign in again and send the token in the header Authorization: Bearer."
            ),
        )


class NotAllowed(Refused):
    """403: signed in, but this is not theirs to do."""

    def __init__(self, *, needs: str) -> None:
        """needs: the role or scope that is missing, such as `approver` or `unit`."""
        super().__init__(
            403,
            "not_allowed",
            "Không được phép. / Not allowed.",
            "Tài khoản của bạn thiếu vai trò hoặc phạm vi cần cho việc này. / "
            "Your account lacks the role or the scope that this needs.",
            needs=needs,
            action=(
                "Nhờ người quản trị của tỉnh cấp quyền, hoặc chuyển việc cho người có quyền. / "
                "Ask the province's administrator for it, or hand this to someone who has it."
            ),
        )
