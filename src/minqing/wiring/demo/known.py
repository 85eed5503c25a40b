"""The demo's well-known accounts, one per role: password and second factor follow from this home's own secret.

Needs neither Django nor the database, so that a start can print them at once.
"""

import base64
import hmac

from minqing.kernel.keys import secret
from minqing.wiring.demo import offices as invented


def _from_secret(purpose: str, role: str, size: int) -> bytes:
    return hmac.digest(secret("django.secret"), f"demo/{purpose}/{role}".encode(), "sha256")[:size]


def password_of(role: str) -> str:
    return f"demo-{role}-{_from_secret('password', role, 4).hex()}"


def totp_of(role: str) -> str:
    """A base32 secret for any authenticator app."""
    return base64.b32encode(_from_secret("totp", role, 20)).decode()


def passphrase_of(role: str) -> str:
    """Of an officer's own key on the sealed side; a real one is known to nobody else."""
    return f"demo key of {role} {_from_secret('passphrase', role, 4).hex()}"


def accounts() -> list[dict[str, str]]:
    """role, user, password, totp_secret, office of every demo account."""
    names = {one.code: one.name for one in invented.offices()}
    return [
        {
            "role": role,
            "user": role,
            "password": password_of(role),
            "totp_secret": totp_of(role),
            "office": names[office],
        }
        for role, (office, _post) in invented.demo_accounts().items()
    ]
