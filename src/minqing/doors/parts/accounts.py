"""Staff sign-in: accounts are opened by the system administrator, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from minqing.ground.law.queries import now
from minqing.kernel.keys import shut, unshut
from minqing.record.inbox.commands import count_wrong
from minqing.record.inbox.queries import shut_for

AAD = b"mfa/v1"


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Besides the library's own limits, which each process counts for itself: wrong passwords of one name, together."""
        super().pre_authenticate(request, **credentials)
        if shut_for(sign_in_key(credentials), at=now()):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if count_wrong(sign_in_key(credentials), at=now()):
            raise self.validation_error("too_many_login_attempts")


def sign_in_key(credentials: dict[str, Any]) -> str:
    return f"wrong-passwords:{str(credentials.get('username', '')).lower()}"


class StaffMfaAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery codes are stored under the county key."""

    def encrypt(self, text: str) -> str:
        return shut(AAD, text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return unshut(AAD, bytes.fromhex(encrypted_text)).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)
