"""Staff sign-in: accounts are opened by the system administrator, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from minqing.doors.parts.sessions import SessionStore
from minqing.ground.law.queries import now
from minqing.ground.offices.commands import sign_off, sign_on
from minqing.kernel.keys import shut, unshut
from minqing.record.inbox.commands import count_wrong
from minqing.record.inbox.queries import shut_for

AAD = b"mfa/v1"


class StaffAdapter(DefaultAccountAdapter):
    def login(self, request: HttpRequest, user: Any) -> None:
        """With a fourth browser the oldest of the three is signed out."""
        super().login(request, user)
        store = SessionStore()
        for key in sign_on(account_id=user.pk, key=str(request.session.session_key), lives=store.exists):
            store.delete(key)

    def logout(self, request: HttpRequest) -> None:
        if request.user.pk and request.session.session_key:
            sign_off(account_id=request.user.pk, key=request.session.session_key)
        super().logout(request)

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
