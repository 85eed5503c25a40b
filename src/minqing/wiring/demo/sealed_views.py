"""/demo of the sealed side: one click to sit there as one of the two who may, with their key in hand. Demo mode only."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from minqing.charter import Role
from minqing.doors.parts.sessions import SessionStore
from minqing.doors.sealed import signing
from minqing.doors.sealed.here import page, sealed
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import account_by_username
from minqing.kernel.errors import NotFound
from minqing.watch.clues.commands import keys
from minqing.watch.clues.queries import closed_key
from minqing.watch.clues.rules import NotReady
from minqing.wiring.demo import known
from minqing.wiring.demo.sealed import SIGNED


@sealed
def demo(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _sit(request, request.POST.get("role", ""))
    roles = [(str(role), _(Role(role).label), known.passphrase_of(str(role))) for role in SIGNED]
    return page(request, "demo.html", page_title=_("示范：封存专区"), roles=roles)


def _sit(request: HttpRequest, role: str) -> HttpResponse:
    account = account_by_username(role) if role in {str(one) for one in SIGNED} else None
    if account is None:
        raise NotFound()
    if closed_key(account) is None:
        raise NotReady()
    at, store = now().isoformat(), SessionStore()
    store.update({"officer": str(account), "signed_at": at, "seen_at": at, "factor_at": at})
    store.set_expiry(int(signing.WHOLE.total_seconds()))
    store.create()
    key = str(store.session_key)
    officer = signing.Officer(account, key, now(), now(), now())
    private = keys.unlock(officer=account, passphrase=known.passphrase_of(role))
    there = HttpResponseRedirect(reverse("sealed-work"), status=303)
    signing.set_cookie(there, request, signing.SESSION, key)
    return signing.hold_key(there, request, officer, private)


urlpatterns = [path("", demo, name="sealed-demo")]
