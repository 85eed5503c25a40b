"""The demo's well-known accounts in the database: their keys and tokens."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model

from minqing.ground.law.queries import now
from minqing.ground.offices.commands import give_token, set_password
from minqing.ground.offices.queries import account_by_username
from minqing.kernel.errors import Refusal
from minqing.wiring.demo import offices as invented
from minqing.wiring.demo.known import password_of, totp_of


class UnknownRole(Refusal):
    code, status, text = "demo.unknown-role", 404, "没有“{role}”这个示范账号，可用的有：{known}。"


def give_keys() -> None:
    """Set password and second factor of every demo account."""
    for role in invented.demo_accounts():
        account_id = account_by_username(role)
        if account_id is None:
            continue
        set_password(account_id=account_id, password=password_of(role))
        if not Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).exists():
            TOTP.activate(get_user_model().objects.get(pk=account_id), totp_of(role))


def token(role: str) -> str:
    """A fresh bearer token of the role's account."""
    account_id = account_by_username(role) if role in invented.demo_accounts() else None
    if account_id is None:
        raise UnknownRole(role=role, known="、".join(invented.demo_accounts()))
    return give_token(account_id=account_id, at=now())
