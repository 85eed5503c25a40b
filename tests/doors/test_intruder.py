"""What somebody tries who knows the addresses, the ids and the API, and has no business there."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from asking import is_problem, post
from doors.office import seat, signed_in
from makers import AT, DAY, County, county, register
from minqing.charter import Role
from minqing.doors.parts.tries import MOST_HELD_S
from minqing.ground.law.queries import now
from minqing.ground.offices.commands import give_token
from minqing.ground.offices.models import Account
from minqing.ground.people.models import Look
from minqing.ground.people.rules import Contact
from minqing.kernel.errors import NotFound, Refusal
from minqing.means.documents.queries import documents_about
from minqing.record.inbox.commands import count_wrong
from minqing.record.inbox.models import Tally
from minqing.record.inbox.queries import shut_for
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case, Link
from minqing.work.cases.rules import NotHolder, Track
from minqing.work.intake.rules import InAnotherState
from minqing.work.judgement.models import Callback
from minqing.work.promises.models import Promise
from work import casework

pytestmark = pytest.mark.django_db
WRONG = "0000000000000000"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def staff(here: County, name: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + give_token(account_id=here.accounts[name], at=AT)}


@pytest.mark.parametrize(
    ("path", "more"), [("status", {}), ("slips", {}), ("verdicts", {"solved": "yes", "explained": "yes"})]
)
def test_guessing_codes_through_the_api_is_slowed_and_the_page_slowed_with_it(here, path, more):
    told, client = register(), Client()
    for _ in range(5):
        is_problem(post(client, {"receipt": WRONG, **more}, f"/api/v1/{path}"), 404, "receipt.unknown")
    shut = post(client, {"receipt": told.receipt, **more}, f"/api/v1/{path}")
    is_problem(shut, 429, "receipt.too-many-tries")
    assert shut["Retry-After"] == "1", "the legal clock of this test stands still, so the wait never ends"
    page = client.post("/status", {"receipt": told.receipt})
    assert (page.status_code, page["Retry-After"]) == (429, "1")
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert elsewhere.post("/status", {"receipt": told.receipt}).status_code == 303, "a case is never locked"


def wrong_times(n: int, at: Any) -> None:
    """As many wrong codes of this sender, told at that moment."""
    for _n in range(n):
        assert count_wrong("wrong-codes:127.0.0.1", at=at) == 0


@pytest.mark.django_db(transaction=True)
def test_a_right_code_after_wrong_ones_of_the_same_address_comes_late_but_comes():
    county()
    told, client = register(), Client()
    wrong_times(5, now())
    assert shut_for("wrong-codes:127.0.0.1", at=now())
    answer = post(client, {"receipt": told.receipt}, "/api/v1/status")
    assert answer.status_code == 200, answer.content
    wrong_times(1, now())
    is_problem(post(client, {"receipt": WRONG}, "/api/v1/status"), 404, "receipt.unknown")


@pytest.mark.django_db(transaction=True)
def test_only_one_is_held_in_a_process_and_without_a_connection():
    """Who is second is told when to come again; the threads and connections stay free for everybody else."""
    county()
    told, elsewhere = register(), Client(REMOTE_ADDR="10.0.0.9")
    wrong_times(5, now())
    wrong_times(1, now() + timedelta(seconds=2))
    with ThreadPoolExecutor(1) as crowd:
        started, left = Event(), []

        def hold() -> int:
            def inside(frame: Any, event: str, called: Any) -> None:
                if event == "c_call" and called is sleep:
                    left.append(connection.connection)
                    started.set()

            sys.setprofile(inside)
            try:
                return post(Client(), {"receipt": told.receipt}, "/api/v1/status").status_code
            finally:
                sys.setprofile(None)
                connection.close()

        held = crowd.submit(hold)
        assert started.wait(10)
        second = post(Client(), {"receipt": told.receipt}, "/api/v1/status")
        is_problem(second, 429, "receipt.too-many-tries")
        assert int(second["Retry-After"]) >= 1
        assert post(elsewhere, {"receipt": told.receipt}, "/api/v1/status").status_code == 200
        assert held.result() == 200
    assert left == [None], "whoever waits gives their connection back first"


def test_a_long_wait_is_never_held(here):
    wrong_times(5, AT)
    Tally.objects.update(shut_until=AT + timedelta(seconds=MOST_HELD_S + 1))
    shut = post(Client(), {"receipt": WRONG}, "/api/v1/status")
    is_problem(shut, 429, "receipt.too-many-tries")
    assert shut["Retry-After"] == str(MOST_HELD_S + 1)


def test_a_guess_that_was_right_is_not_told_while_the_sender_is_shut(here):
    """Five others of the same sender come back wrong while this one is still being hashed."""
    told, client = register(), Client()

    def meanwhile(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_name == "hash_secret_raw":
            sys.setprofile(None)
            for _n in range(5):
                count_wrong("wrong-codes:127.0.0.1", at=AT)

    sys.setprofile(meanwhile)
    try:
        answer = client.post("/status", {"receipt": told.receipt})
    finally:
        sys.setprofile(None)
    assert answer.status_code == 429 and "opened" not in client.session


@pytest.mark.django_db(transaction=True)
def test_codes_tried_side_by_side_are_no_faster(here):
    start, tried = Barrier(8), 8

    def guess(n: int) -> int:
        start.wait()
        try:
            return Client().post("/status", {"receipt": f"{n:016d}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(tried) as crowd:
        told = list(crowd.map(guess, range(tried)))
    assert sorted(told) == [404] * 5 + [429] * 3


def test_a_booking_code_is_guessed_no_faster_and_cancelled_by_nobody_who_is_shut(here):
    client = Client()
    for _ in range(5):
        assert client.post("/open/booking", {"code": WRONG}).status_code == 404
    assert client.post("/open/booking", {"code": WRONG, "cancel": "1"}).status_code == 429


def test_wrong_passwords_of_one_name_are_counted_together(here):
    """The library's own limits are each process's own; these are the county's."""
    account = Account.objects.get(pk=here.accounts["handler"])
    account.set_password("correct horse battery")
    account.save()

    def sign_in(password: str, address: str) -> int:
        told = {"login": account.username, "password": password}
        return Client(REMOTE_ADDR=address).post("/accounts/login/", told).status_code

    for n in range(5):
        cache.clear()  # another process
        assert sign_in("wrong", f"10.0.0.{n}") == 200
    cache.clear()
    assert sign_in("correct horse battery", "10.0.0.9") == 200, "not even the right one, for a second"
    Tally.objects.all().delete()
    assert sign_in("correct horse battery", "10.0.0.9") == 302


def test_wrong_second_codes_of_one_account_are_counted_together(here):
    """A password that leaked leaves a million codes to try: no process lets more be tried than the county does."""
    account = Account.objects.get(pk=here.accounts["handler"])
    account.set_password("correct horse battery")
    account.save()
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")

    def right() -> str:
        """The code of this very half minute: a busy machine may have left the one before."""
        return str(
            format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", next(iter(yield_hotp_counters_from_time()))))
        )

    wrong = format_hotp_value((int(right()) + 1) % 10**6)

    def sign_in(code: str, address: str) -> tuple[int, str]:
        cache.clear()  # another process
        client = Client(REMOTE_ADDR=address)
        client.post("/accounts/login/", {"login": account.username, "password": "correct horse battery"})
        answer = client.post("/accounts/2fa/authenticate/", {"code": code})
        return answer.status_code, answer.content.decode()

    for n in range(5):
        assert sign_in(wrong, f"10.0.2.{n}")[0] == 200
    status, _page = sign_in(right(), "10.0.2.9")
    assert status == 200, "not even the right one, for a second"
    assert Tally.objects.count() == 1
    Tally.objects.all().delete()
    assert sign_in(right(), "10.0.2.9")[0] == 302


def test_ten_thousand_words_cannot_be_tried_through_the_api(here):
    told = register(word="2468")
    for n in range(5):
        client = Client(REMOTE_ADDR=f"10.0.1.{n}")
        assert (
            "texts" not in post(client, {"receipt": told.receipt, "word": f"111{n}"}, "/api/v1/status").json()
        )
    fresh = Client(REMOTE_ADDR="10.0.2.1")
    shut = post(fresh, {"receipt": told.receipt, "word": "2468"}, "/api/v1/status")
    assert shut.status_code == 200, "the dates stay open to whoever has the code"
    assert "texts" not in shut.json()


def test_nobody_promises_into_a_case_they_have_no_part_in(here):
    seat(here, "stranger", "village", Role.HANDLER)
    case = casework.accepted(here)
    body = {"about": f"case:{case.pk}", "words": "明天来修", "office_id": str(here.offices["village"]), "due_on": "2026-07-10",
            "made_on": DAY.isoformat()}  # fmt: skip
    client = Client(raise_request_exception=False)
    for about in (f"case:{case.pk}", f"demand:{case.pk}", "case:x", "anything"):
        is_problem(
            post(client, body | {"about": about}, "/api/v1/promises", **staff(here, "stranger")),
            404,
            "not-found",
        )
    ours = body | {"office_id": str(here.offices["water"])}
    other = str(casework.resident(register().demand_id).demand_id)
    assert post(
        client, ours | {"to_person_id": other}, "/api/v1/promises", **staff(here, "handler")
    ).status_code in {404, 409, 422, 403}
    assert not Promise.objects.exists()
    assert post(client, ours, "/api/v1/promises", **staff(here, "handler")).status_code == 200


def test_a_call_that_was_made_opens_no_contact_any_more(here):
    told = register(name="林小溪", phone="13900000021")
    casework.served(here, demand_id=told.demand_id)
    call, client = Callback.objects.get(), signed_in(here, "callback")
    assert "13900000021" in client.post(f"/desk/callbacks/{call.pk}/contact/").content.decode()
    assert (
        client.post(
            f"/desk/callbacks/{call.pk}/", {"act": "reach", "solved": "yes", "explained": "yes"}
        ).status_code
        == 303
    )
    looked = Look.objects.count()
    again = client.post(f"/desk/callbacks/{call.pk}/contact/")
    assert again.status_code == 409
    assert "13900000021" not in again.content.decode()
    assert Look.objects.count() == looked


def test_only_the_leader_of_the_day_hears_who_comes(here):
    seat(here, "other", "government", Role.LEADER)
    day = cases.plan_day(
        by=here["reception"], at=AT, on=AT.date(), leader_id=here.accounts["leader"], place_words="接待室"
    )
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    booked = cases.queue_walk_in(by=here["reception"], day_id=day.pk, at=AT, contact=Contact(name="林小溪"))
    with pytest.raises(NotFound):
        cases.hear(by=here["other"], booking_id=booked.booking_id, at=AT, notes="越过当天的领导")
    cases.hear(by=here["leader"], booking_id=booked.booking_id, at=AT, notes="听了")


def test_an_assisting_office_does_not_end_the_case_of_another(here):
    case = casework.accepted(here, track=Track.ORDER)
    cases.assist_case(
        by=here["dispatcher"], case_id=case.pk, at=AT, office_id=here.offices["roads"], words="请配合"
    )
    casework.answer(here, case)
    with pytest.raises(NotHolder):
        cases.conclude_case(by=here["other_head"], case_id=case.pk, at=AT)
    cases.conclude_case(by=here["head"], case_id=case.pk, at=AT)


def test_a_paper_of_another_case_cannot_be_served_here(here):
    mine, other = casework.replied(here), casework.replied(here)
    paper = documents_about(f"case:{other.pk}")[0]
    with pytest.raises(NotFound):
        cases.serve_case(
            by=here["handler"], case_id=mine.pk, at=AT, way="by_hand", on=DAY, document_id=paper.id
        )


def test_leaving_forgets_the_case_even_in_a_browser_that_knows_no_clear_site_data(here):
    told, client = register(), Client()
    client.post("/status", {"receipt": told.receipt})
    assert client.get("/status/page").status_code == 200
    gone = client.get("/leave")
    assert gone.cookies["sessionid"]["max-age"] == 0
    assert client.get("/status/page").status_code == 302
    assert not Session.objects.exists()


def test_leaving_works_while_the_database_is_gone(here, monkeypatch):
    told, client = register(), Client()
    client.post("/status", {"receipt": told.receipt})

    def gone(*_args, **_named):
        raise OperationalError("gone")

    monkeypatch.setattr(SessionStore, "delete", gone)
    monkeypatch.setattr(SessionStore, "save", gone)
    left = client.get("/leave")
    assert left.status_code == 302
    assert left.cookies["sessionid"]["max-age"] == 0


@pytest.mark.parametrize(
    "path",
    ["/desk/cases/?kind=a%00", "/desk/cases/?before=9999-12-31", "/desk/waiting/?kind=%00&channel=%00", "/desk/waiting/?place=%00",
     "/desk/cases/?after=0001-01-01T00:00:00%2B14:00_00000000-0000-0000-0000-000000000001"],
)  # fmt: skip
def test_no_address_is_a_bug(here, path):
    client = signed_in(here, "dispatcher")
    client.raise_request_exception = False
    assert client.get(path).status_code < 500


@pytest.mark.parametrize(
    "path",
    ["/api/v1/cases?kind=%00", "/api/v1/cases?before=9999-12-31", "/api/v1/demands/waiting?place_path=%00"],
)
def test_no_address_of_the_api_is_a_bug(here, path):
    client = Client(raise_request_exception=False)
    assert client.get(path, headers=staff(here, "dispatcher")).status_code < 500


@pytest.mark.parametrize("sent", [{}, {"message": "x"}, {"fact": "x", "name": "y"}])
def test_a_retry_of_nothing_is_not_found(here, sent):
    client = signed_in(here, "dispatcher")
    client.raise_request_exception = False
    assert client.post("/desk/failures/retry/", sent).status_code == 404


def test_one_word_becomes_a_case_once_whoever_presses_again(here):
    case = casework.accepted(here)
    demand_id = Link.objects.get(case=case).demand_id
    for act in (
        lambda: cases.open_case(
            by=here["dispatcher"], at=AT, demand_id=demand_id, title="又一件", track=Track.PETITION
        ),
        lambda: cases.settle_demand_now(by=here["operator"], at=AT, demand_id=demand_id, text="当场解决了"),
    ):
        with pytest.raises(InAnotherState):
            act()
    assert Link.objects.filter(demand_id=demand_id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_joins_across_each_other_both_get_an_answer(here):
    one, two = casework.opened(here), casework.opened(here)
    words = {case.pk: Link.objects.get(case=case).demand_id for case in (one, two)}
    start = Barrier(2)

    def join(word, case):
        start.wait()
        try:
            cases.join_demand(
                by=here["dispatcher"], demand_id=word, case_id=case.pk, at=AT, reason="同一件事"
            )
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "joined"

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(join, words[one.pk], two), pool.submit(join, words[two.pk], one)]
        told = [one.result() for one in answers]
    assert told.count("joined") == 1, told
    assert sorted(Case.objects.filter(pk__in=words).values_list("n_voices", flat=True)) == [0, 2]
