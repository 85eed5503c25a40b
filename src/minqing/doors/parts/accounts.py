"""Staff sign-in: accounts are opened by the system administrator, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from minqing.kernel.keys import secret
from minqing.methods import seal

AAD = b"mfa/v1"


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class StaffMfaAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery codes are stored under the county key."""

    def encrypt(self, text: str) -> str:
        return seal.seal(secret("county.key"), AAD, text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return seal.open_(secret("county.key"), AAD, bytes.fromhex(encrypted_text)).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)
