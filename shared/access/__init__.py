"""Who may do what: roles, scopes, signed tokens, and the guard in front of every act over HTTP."""

from shared.access.gate import Gate, SignedIn, provide_officer, requires
from shared.access.officers import Officer, Role
from shared.access.problems import NotAllowed, SignInNeeded
from shared.access.replica import apply_officers, is_active
from shared.access.tokens import TOKEN_LIFETIME, Claims, TokenRefused, TokenSigner, TokenVerifier

__all__ = [
    "TOKEN_LIFETIME",
    "Claims",
    "Gate",
    "NotAllowed",
    "Officer",
    "Role",
    "SignInNeeded",
    "SignedIn",
    "TokenRefused",
    "TokenSigner",
    "TokenVerifier",
    "apply_officers",
    "is_active",
    "provide_officer",
    "requires",
]
