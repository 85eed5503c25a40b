import re
from datetime import timedelta

import pytest

import sealed
from clue_county import work
from doors.sealed_side import code_now, county_with_sign_ins, one_clue, sealed_side, signed_in, worker, write
from doors.test_sealed_officers import act, shift
from minqing.ground.law.queries import now
from minqing.watch.clues.commands import opening
from minqing.watch.clues.models import Look
from minqing.watch.clues.rules import Purpose

pytestmark = pytest.mark.django_db(databases=["default", "clues"], transaction=True)


@pytest.fixture
def here(settings):
    county = county_with_sign_ins()
    with sealed_side(settings):
        yield county


@pytest.fixture
def clue(here, settings):
    write(name="王五", phone="13900001234", stands="confidential")
    with worker(settings):
        work()
        return one_clue()


def proved_again():
    """The half minute goes on: what was shown at sign-in may be shown once more."""
    sealed.as_owner_do("TRUNCATE clues_try")
    return code_now()


def test_who_it_was_is_seen_by_two_of_two_units_for_half_an_hour_and_once_allowed(here, clue, settings):
    clerk = signed_in("clerk")
    assert act(clerk, clue, "ask-opening", purpose="verify", why="短").status_code == 422
    assert act(clerk, clue, "ask-opening", purpose="request", why="外单位要看原件").status_code == 422
    assert act(clerk, clue, "ask-opening", purpose="verify", why="要当面核对清单").status_code == 303
    assert "要当面核对清单" in clerk.get("/work/openings").content.decode()
    which = re.search(
        r'name="opening" value="([^"]+)"', signed_in("organiser").get("/work/openings").content.decode()
    )[1]
    assert clerk.post("/work/openings", {"opening": which, "act": "allow"}).status_code == 403
    assert signed_in("second").post("/work/openings", {"opening": which, "act": "allow"}).status_code == 403
    sealed.as_owner_do("TRUNCATE clues_try")
    organiser = signed_in("organiser")
    assert clerk.post(f"/work/openings/{which}").status_code == 404, "not before it is allowed"
    assert organiser.post("/work/openings", {"opening": which, "act": "allow"}).status_code == 303
    replayed = organiser.post("/work/openings", {"opening": which, "act": "allow"})
    assert replayed.status_code == 409
    shown = clerk.post(f"/work/openings/{which}").content.decode()
    assert "王五" in shown and "13900001234" in shown
    assert organiser.post(f"/work/openings/{which}").status_code == 404, "shown to who asked alone"
    sealed.as_owner_do("UPDATE clues_opening SET until = now() - interval '1 second'")
    assert clerk.post(f"/work/openings/{which}").status_code == 409
    with worker(settings):
        assert Look.objects.filter(clue_id=clue, what="who").count() == 1


def test_a_factor_older_than_five_minutes_must_be_shown_again_and_not_the_same_one(here, clue, settings):
    clerk = signed_in("clerk")
    shift(clerk, factor_at=now() - timedelta(minutes=6))
    told = {"purpose": "verify", "why": "要当面核对清单"}
    assert act(clerk, clue, "ask-opening", **told).status_code == 403
    assert act(clerk, clue, "ask-opening", **told, code="000000").status_code == 403
    assert act(clerk, clue, "ask-opening", **told, code=proved_again()).status_code == 303


def test_nobody_asks_who_an_anonymous_one_is(here, settings):
    write(stands="anonymous")
    with worker(settings):
        work()
        pk = one_clue()
        at = now()
        who = here.holds("clerk") | {"at": at, "factor_at": at}
        with pytest.raises(opening.PurposeNotAllowed):
            opening.ask_opening(clue_id=pk, purpose=Purpose.REACH, why="想找到是谁写的", **who)
