"""The way in for officers: sign-in, then their own key, then out again."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from minqing.doors.parts.refusals import words_of
from minqing.doors.sealed import signing
from minqing.doors.sealed.forms import NewKeyForm, SignInForm, UnlockForm
from minqing.doors.sealed.here import page, sealed
from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.watch.clues.commands import keys, tries
from minqing.watch.clues.queries import closed_key
from minqing.watch.clues.rules import WrongPassphrase


@sealed
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST) if request.method == "POST" else SignInForm()
    if form.is_bound and form.is_valid():
        try:
            store = signing.sign_in(request, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            return _sign_in(request, form, refusal.status)
        there = HttpResponseRedirect(reverse("sealed-key"), status=303)
        signing.set_cookie(there, request, signing.SESSION, str(store.session_key))
        return there
    return _sign_in(request, form, 422 if form.is_bound else 200)


def _sign_in(request: HttpRequest, form: SignInForm, status: int) -> HttpResponse:
    return page(request, "sign_in.html", status=status, page_title=_("登录封存专区"), form=form)


@sealed
def key(request: HttpRequest) -> HttpResponse:
    """The passphrase: the first time it makes the pair of keys, afterwards it opens the private half for this session."""
    officer = signing.officer_of(request)
    if officer is None:
        return HttpResponseRedirect(reverse("sealed-sign-in"), status=303)
    first = closed_key(officer.id) is None
    form = (NewKeyForm if first else UnlockForm)(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            private = _opened(officer, form.cleaned_data["password"], first=first)
        except Refusal as refusal:
            form.add_error("password", words_of(refusal))
            return _key(request, form, first, refusal.status)
        there = HttpResponseRedirect(reverse("sealed-work"), status=303)
        return signing.hold_key(there, request, officer, private)
    return _key(request, form, first, 422 if form.is_bound else 200)


def _key(request: HttpRequest, form: NewKeyForm | UnlockForm, first: bool, status: int) -> HttpResponse:
    title = _("做一把自己的钥匙") if first else _("打开自己的钥匙")
    return page(request, "key.html", status=status, page_title=title, form=form, first=first)


def _opened(officer: signing.Officer, passphrase: str, *, first: bool) -> bytes:
    if first:
        return keys.make_pair(officer=officer.id, passphrase=passphrase, at=now())
    guessed = tries.own("passphrase", str(officer.id))
    if tries.shut_for(guessed, at=now()):
        raise WrongPassphrase()
    try:
        return keys.unlock(officer=officer.id, passphrase=passphrase)
    except WrongPassphrase:
        tries.count_wrong(guessed, at=now())
        raise


@sealed
def leave(request: HttpRequest) -> HttpResponse:
    """Out: the session is gone, and with it the only copy of the key's key."""
    gone = HttpResponseRedirect(reverse("sealed-sign-in"), status=303)
    if request.method == "POST":
        signing.sign_out(request, gone)
        gone["Clear-Site-Data"] = '"cache", "storage"'
    return gone
