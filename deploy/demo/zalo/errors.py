"""Zalo's error codes that the simulator gives, with the manual's meaning. An answer with one of them is HTTP 200."""

TOKEN_INVALID = -216
TOKEN_EXPIRED = -220
RATE_EXCEEDED = -32
SEND_FAILED = -200
PARAMETER_INVALID = -201
LIMIT_EXCEEDED = -210
OUT_OF_QUOTA = -211
NOT_A_FOLLOWER = -213
PAGE_NOT_VERIFIED = -221
PACKAGE_TOO_SMALL = -224
WINDOW_CLOSED = -230
KIND_NOT_SUPPORTED = -233
GROUP_LAPSED = -237
ASSET_USED = -241
GROUP_NOT_OF_PAGE = -403

MESSAGES = {
    TOKEN_INVALID: "Access token is invalid",
    TOKEN_EXPIRED: "Access token is expired or removed",
    RATE_EXCEEDED: "Exceeded maximum limit of API calls of application per minute",
    SEND_FAILED: "Send message failed",
    PARAMETER_INVALID: "Params is invalid",
    LIMIT_EXCEEDED: "Param exceeds limit",
    OUT_OF_QUOTA: "Out of quota",
    NOT_A_FOLLOWER: "User has not followed official account",
    PAGE_NOT_VERIFIED: "Official account has not been verified",
    PACKAGE_TOO_SMALL: "Official account's package does not include this API",
    WINDOW_CLOSED: "User has not interacted with the OA in the past 7 days",
    KIND_NOT_SUPPORTED: "Message type is not supported",
    GROUP_LAPSED: "Group chat is expired",
    ASSET_USED: "Asset is used or not available",
    GROUP_NOT_OF_PAGE: "Group does not belong to official account",
}


class ZaloError(Exception):
    """Zalo refuses: the answer's error code, and what its message says on top of the code's own words."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.message = f"{MESSAGES.get(code, 'Error')}{': ' if detail else ''}{detail}"
