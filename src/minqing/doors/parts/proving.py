"""A second factor of this very moment, for steps that one signed-in session alone must not be enough for.

The six digits come with the step itself, on the desk and in the API alike: a session left open somewhere, or a stolen
token, opens nothing. Wrong ones are counted with those at sign-in.
"""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model

from minqing.charter import Actor
from minqing.doors.parts.codes import AgainForm
from minqing.ground.people.rules import FactorNeeded, FactorWrong
from minqing.kernel.errors import NotSignedIn
from minqing.record.inbox.commands import use

GOOD_FOR = timedelta(minutes=5)


def prove(by: Actor, code: str, *, at: datetime) -> datetime:
    """The moment to hand to the command; refuses a code that is wrong, used, or of somebody without a second factor."""
    if by.account_id is None:
        raise NotSignedIn()
    if not code.strip():
        raise FactorNeeded()
    user = get_user_model().objects.filter(pk=by.account_id, is_active=True).first()
    known = Authenticator.objects.filter(user_id=by.account_id, type=Authenticator.Type.TOTP).exists()
    if user is None or not known:
        raise FactorNeeded()
    digits = "".join(code.split())
    if not AgainForm(data={"code": digits}, user=user).is_valid():
        raise FactorWrong()
    # The library remembers used digits in each process for itself; these open things, so all processes remember together.
    if use(f"digits:{by.account_id}:{digits}", at=at, most=1, per=GOOD_FOR):
        raise FactorWrong()
    return at
