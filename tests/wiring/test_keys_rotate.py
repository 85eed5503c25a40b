"""A county changes its key while it works; killed anywhere, nothing is lost; the old key goes only when nothing needs it."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

import minqing
from minqing.ground.people.commands import keep_person
from minqing.ground.people.queries import sealed_contact
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.kernel import keys
from minqing.methods import seal
from minqing.record.facts.commands import open_subject, record
from minqing.record.facts.queries import facts_about
from minqing.wiring import home
from minqing.wiring.keyring import rotating
from minqing.wiring.saying import Trouble

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = lambda done, total, what: None  # noqa: E731
Owner = psycopg.Connection[Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> home.Home:
    """A folder of keys of this test's own: the other tests keep theirs."""
    copy = home.Home(tmp_path / "home", home.current().data)
    copy.path.mkdir()
    shutil.copytree(home.current().keys, copy.keys)
    monkeypatch.setenv("MINQING_KEYS", str(copy.keys))
    return copy


@pytest.fixture
def url() -> str:
    return home.current().url(home.OWNER, connection.settings_dict["NAME"])


@pytest.fixture
def owner(url: str) -> Iterator[Owner]:
    with psycopg.connect(url, autocommit=True) as connected:
        yield connected


def some(count: int = 3) -> list[Any]:
    return [
        keep_person(
            Contact(name=f"林小{n}", phone="13800138000"),
            place=None,
            reply_by=ReplyBy.SMS,
            lang="zh-hans",
            at=timezone.now(),
        )
        for n in range(count)
    ]


def names(people: list[Any]) -> list[str]:
    return [sealed_contact(pk).name for pk in people]


def both(here: home.Home) -> tuple[bytes, bytes]:
    return (here.keys / keys.COUNTY).read_bytes(), (here.keys / keys.COUNTY_BEFORE).read_bytes()


def test_rotating_wraps_anew_and_encrypts_nothing_anew(here: home.Home, url: str, owner: Owner) -> None:
    people, subject = some(), uuid4()
    open_subject(subject)
    with transaction.atomic():
        record(kind="test.begun", about=subject, by=None, at=timezone.now())
    person = get_user_model().objects.create(username="who")
    Authenticator.objects.create(
        user=person, type="totp", data={"secret": keys.shut(b"mfa/v1", b"JBSWY3DP").hex(), "n": 3}
    )
    sealed = owner.execute("SELECT id, sealed FROM people_person ORDER BY id").fetchall()
    before = (here.keys / keys.COUNTY).read_bytes()

    told = rotating.rotate(here, QUIET, at=timezone.now(), urls=[url], settle=0.0)

    after = (here.keys / keys.COUNTY).read_bytes()
    assert after != before and not (here.keys / keys.COUNTY_BEFORE).exists() and told["rewrapped"] == 5
    assert names(people) == ["林小0", "林小1", "林小2"]
    assert owner.execute("SELECT id, sealed FROM people_person ORDER BY id").fetchall() == sealed
    with transaction.atomic():
        record(kind="test.went-on", about=subject, by=None, at=timezone.now())
    kept = Authenticator.objects.get(user=person).data
    assert keys.unshut(b"mfa/v1", bytes.fromhex(kept["secret"])) == b"JBSWY3DP" and kept["n"] == 3
    for (wrapped,) in owner.execute(
        "SELECT key FROM people_person UNION ALL SELECT key FROM facts_subject"
    ).fetchall():
        with pytest.raises(seal.WrongSeal):
            seal.unwrap(before, wrapped)
    assert [one.kind for one in facts_about(rotating.KEYS_SUBJECT)] == ["keys.rotated"]


def test_killed_half_way_everything_opens_and_a_second_run_ends_it(
    here: home.Home, url: str, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = some(6)
    rotating.begin(here)
    assert rotating.one_pass(owner, *both(here), QUIET, stop_after=2, batch=2).rewrapped == 2
    assert names(people) == [f"林小{n}" for n in range(6)], "half under either key"
    late = some(1)
    told = rotating.rotate(here, QUIET, at=timezone.now(), urls=[url], settle=0.0)
    assert told["resumed"] and told["rewrapped"] == 4, "who came in meanwhile was under the new key already"
    assert names(people + late) == [*(f"林小{n}" for n in range(6)), "林小0"]
    assert not rotating.unfinished(here)


@pytest.mark.parametrize("step", ["next written", "old set aside", "next in force"])
def test_killed_while_the_files_change_the_same_two_keys_go_on(here: home.Home, url: str, step: str) -> None:
    people = some()
    key, before, coming = (here.keys / name for name in ("county.key", "county.key.old", "county.key.next"))
    was, new = key.read_bytes(), bytes(range(32))
    home.create_once(coming, new)
    if step != "next written":
        home.create_once(before, was)
    if step == "next in force":
        coming.replace(key)
    assert names(people) == ["林小0", "林小1", "林小2"]
    told = rotating.rotate(here, QUIET, at=timezone.now(), urls=[url], settle=0.0)
    assert told["resumed"] and key.read_bytes() == new and names(people) == ["林小0", "林小1", "林小2"]
    assert sorted(path.name for path in here.keys.iterdir()) == sorted(
        {*home.KEYS, "discipline.key", "discipline.pub"}
    )


def test_the_old_key_stays_while_something_opens_under_neither(
    here: home.Home, url: str, owner: Owner
) -> None:
    people = some()
    owner.execute(
        "UPDATE people_person SET key = %s WHERE id = %s", [seal.wrap(bytes(32), bytes(32)), people[0]]
    )
    with pytest.raises(Trouble, match="1"):
        rotating.rotate(here, QUIET, at=timezone.now(), urls=[url], settle=0.0)
    assert (here.keys / keys.COUNTY_BEFORE).exists() and names(people[1:]) == ["林小1", "林小2"]


def test_an_erasure_in_between_is_not_undone(here: home.Home, owner: Owner) -> None:
    people = some(1)
    rotating.begin(here)
    one = rotating.WRAPPED[1]
    [rows] = list(rotating._rows(owner, one))
    pairs = [(pk, kept, one.again(pk, kept, *both(here))) for pk, kept in rows]
    owner.execute("UPDATE people_person SET key = NULL, sealed = NULL WHERE id = %s", [people[0]])
    rotating._write(owner, one, pairs)
    assert sealed_contact(people[0]).empty()


def test_the_escrow_file_follows_under_the_same_sheets(here: home.Home, url: str) -> None:
    private, public = seal.new_pair()
    home.create_once(here.keys / "escrow.pub", public)
    rotating.rotate(here, QUIET, at=timezone.now(), urls=[url], settle=0.0)
    files = rotating.boxes.open_escrow((here.path / "keys.escrow").read_bytes(), private)
    assert files["county.key"] == (here.keys / "county.key").read_bytes() and "county.key.old" not in files


def test_every_wrapped_key_of_the_schema_is_rotated(owner: Owner) -> None:
    columns = owner.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type = 'bytea' AND column_name = 'key' AND table_name NOT LIKE 'clues%'"
    ).fetchall()
    assert {name for (name,) in columns} - {"inbox_item", "inbox_tally"} <= {
        one.table for one in rotating.WRAPPED
    }


# Who seals something under the county's key itself: kept for hours in a browser or a session, or named in WRAPPED.
SHUT_BY = {
    "doors/parts/accounts.py", "doors/parts/slips.py", "doors/public/seats.py", "work/intake/commands/sealing.py",
    "ground/people/commands/keeping.py", "means/files/commands/__init__.py", "record/facts/commands.py", "wiring/loading.py",
    "watch/clues/commands/receiving.py", "doors/sealed/status.py",
}  # fmt: skip


def test_whoever_seals_under_the_county_key_is_known_to_the_rotation() -> None:
    """A new name here: add its column to `rotating.WRAPPED` first, unless it lives for hours only."""
    root = Path(minqing.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            a.name
            for n in ast.walk(tree)
            if isinstance(n, ast.ImportFrom) and n.module == "minqing.kernel.keys"
            for a in n.names
        }
        if names & {"wrap", "shut"} or 'secret("county.key")' in path.read_text("utf-8"):
            found.add(path.relative_to(root).as_posix())
    assert found <= SHUT_BY
