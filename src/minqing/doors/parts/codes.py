"""The second proof at sign-in: wrong codes of one account are counted by all processes together, like other guesses.

The library counts too, but each process for itself, and forgets when it restarts.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError

from minqing.ground.law.queries import now
from minqing.record.inbox.commands import count_wrong
from minqing.record.inbox.queries import shut_for


def codes_key(account_id: Any) -> str:
    return f"wrong-second-codes:{account_id}"


class Counted:
    """Before the form of the library: while the account is shut no code is even compared."""

    user: Any

    def clean_code(self) -> str:
        key = codes_key(self.user.pk)
        if shut_for(key, at=now()):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except ValidationError as wrong:
            if wrong.code == "incorrect_code" and count_wrong(key, at=now()):
                raise get_adapter().validation_error("too_many_login_attempts") from None
            raise


class CodeForm(Counted, AuthenticateForm):
    """At sign-in."""


class AgainForm(Counted, ReauthenticateForm):
    """Once more, before something delicate."""
