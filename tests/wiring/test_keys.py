"""The keys leave the machine only closed, and come back only whole; nobody reads one off a screen or a command line."""

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from minqing.kernel import keys
from minqing.methods import seal
from minqing.wiring import home
from minqing.wiring.cli import main
from minqing.wiring.keyring import boxes, folder, sheets
from minqing.wiring.saying import Trouble

SAID = "十二个字以上的一句口令 12"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> home.Home:
    monkeypatch.setenv("MINQING_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MINQING_LANG", "en")
    return home.current().prepare()


@pytest.fixture
def said(tmp_path: Path) -> Path:
    path = tmp_path / "said"
    path.write_text(SAID + "\n", "utf-8")
    return path


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def go(*words: object) -> tuple[int, str]:
        code = main(["keys", *map(str, words)])
        heard = capsys.readouterr()
        return code, heard.out + heard.err

    return go


def all_secrets(here: home.Home) -> list[bytes]:
    return [path.read_bytes() for path in here.keys.iterdir()]


def test_make_makes_what_is_missing_and_leaves_what_stands(here: home.Home, run: Run) -> None:
    stood = (here.keys / "pepper").read_bytes()
    (here.keys / "log.key").unlink()
    code, said = run("make", "--json")
    assert code == 0 and json.loads(said)["made"] == ["log.key"]
    assert (here.keys / "pepper").read_bytes() == stood
    assert {stat.S_IMODE(path.stat().st_mode) for path in here.keys.iterdir()} == {0o600}


def test_list_tells_keys_apart_without_telling_them(here: home.Home, run: Run) -> None:
    code, said = run("list", "--json")
    told = json.loads(said)
    assert code == 0 and {one["name"] for one in told["keys"]} >= set(home.KEYS)
    assert len({one["fingerprint"] for one in told["keys"]}) == len(told["keys"])
    _, plain = run("list")
    for secret in all_secrets(here):
        assert secret.hex() not in said + plain


def test_a_backup_comes_back_byte_for_byte_and_only_with_its_passphrase(
    here: home.Home, run: Run, said: Path, tmp_path: Path
) -> None:
    box = tmp_path / "keys.box"
    assert run("backup", box, "--passphrase-file", said)[0] == 0
    assert stat.S_IMODE(box.stat().st_mode) == 0o600
    assert not any(secret in box.read_bytes() for secret in all_secrets(here))
    wrong = tmp_path / "wrong"
    wrong.write_text(SAID + "3")
    code, heard = run("recover", box, "--passphrase-file", wrong, "--into", tmp_path / "new")
    assert code == 1 and "another passphrase" in heard and not (tmp_path / "new").exists()
    assert run("recover", box, "--passphrase-file", said, "--into", tmp_path / "new")[0] == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == {
        path.name: path.read_bytes() for path in here.keys.iterdir()
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()} == {0o600}


def test_recover_never_writes_over_another_key(here: home.Home, run: Run, said: Path, tmp_path: Path) -> None:
    box = tmp_path / "keys.box"
    run("backup", box, "--passphrase-file", said)
    (here.keys / "pepper").unlink()
    (here.keys / "county.key").write_bytes(bytes(32))
    code, heard = run("recover", box, "--passphrase-file", said)
    assert code == 2 and "county.key" in heard
    assert not (here.keys / "pepper").exists(), "refused before the first byte"


@pytest.mark.parametrize("cut", [0, 5, 40, 150, -1, -40])
def test_a_short_file_is_told_from_a_wrong_passphrase_or_refused(
    here: home.Home, run: Run, said: Path, tmp_path: Path, cut: int
) -> None:
    box = tmp_path / "keys.box"
    run("backup", box, "--passphrase-file", said)
    box.write_bytes(box.read_bytes()[:cut])
    code, heard = run("recover", box, "--passphrase-file", said, "--into", tmp_path / "new")
    assert code in (1, 2) and ("cut" in heard) and not (tmp_path / "new").exists()


def test_a_changed_heading_does_not_open(here: home.Home) -> None:
    box = boxes.under_passphrase(folder.taken(here), SAID.encode(), {"t": 1, "m": 64, "p": 1})
    with pytest.raises(Trouble):
        boxes.open_passphrase(box.replace(b'"t": 1', b'"t": 2'), SAID.encode())
    with pytest.raises(Trouble, match="no file of minqing keys"):
        boxes.open_passphrase(box.replace(b'"m": 64', b'"m": 9999999999'), SAID.encode())


def test_without_a_passphrase_nothing_is_written(here: home.Home, run: Run, tmp_path: Path) -> None:
    code, heard = run("backup", tmp_path / "box")
    assert code == 2 and "never given on the command line" in heard and not (tmp_path / "box").exists()


def test_a_short_passphrase_is_refused(here: home.Home, run: Run, tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_text("hunter2")
    assert run("backup", tmp_path / "box", "--passphrase-file", short)[0] == 2
    assert not (tmp_path / "box").exists()


def test_systemd_hands_the_passphrase_and_the_keys(
    here: home.Home, run: Run, said: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = tmp_path / "credentials"
    handed.mkdir()
    (handed / "keys-passphrase").write_text(SAID)
    (handed / "django.secret").write_bytes(b"handed over")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    assert here.secret("django.secret") == b"handed over"
    assert run("backup", tmp_path / "box")[0] == 0
    places = {one["name"]: one["place"] for one in json.loads(run("list", "--json")[1])["keys"]}
    assert places["django.secret"] == "credential" and places["pepper"] == "file"
    (handed / "county.key").write_bytes(bytes(32))
    code, heard = run("rotate")
    assert code == 2 and "LoadCredential" in heard


def escrowed(run: Run, into: Path) -> list[Path]:
    into.mkdir()
    assert run("escrow", "--into", into, "--again")[0] == 0
    return [into / f"sheet-{x}.txt" for x in (1, 2, 3)]


@pytest.mark.parametrize("two", [(0, 1), (0, 2), (2, 1)])
def test_any_two_sheets_bring_every_key_back(
    here: home.Home, run: Run, tmp_path: Path, two: tuple[int, int]
) -> None:
    paper = escrowed(run, tmp_path / "out")
    code, _ = run(
        "recover", tmp_path / "out" / "keys.escrow", *(paper[n] for n in two), "--into", tmp_path / "new"
    )
    assert code == 0
    assert {p.name: p.read_bytes() for p in (tmp_path / "new").iterdir()} == {
        p.name: p.read_bytes() for p in here.keys.iterdir()
    }


@pytest.mark.parametrize("which", [[], [0], [1, 1]])
def test_one_sheet_opens_nothing(here: home.Home, run: Run, tmp_path: Path, which: list[int]) -> None:
    paper = escrowed(run, tmp_path / "out")
    code, heard = run(
        "recover", tmp_path / "out" / "keys.escrow", *(paper[n] for n in which), "--into", tmp_path / "new"
    )
    assert code == 2 and "Two different sheets" in heard and not (tmp_path / "new").exists()


def test_a_sheet_of_another_set_is_refused_by_name(here: home.Home, run: Run, tmp_path: Path) -> None:
    first, second = escrowed(run, tmp_path / "one"), escrowed(run, tmp_path / "two")
    code, heard = run(
        "recover", tmp_path / "two" / "keys.escrow", first[0], second[1], "--into", tmp_path / "new"
    )
    assert code == 1 and "another set" in heard and not (tmp_path / "new").exists()


def test_a_forged_share_with_right_checks_does_not_fit(here: home.Home, run: Run, tmp_path: Path) -> None:
    paper = escrowed(run, tmp_path / "out")
    sheet = sheets.read(paper[0].read_text(), "1")
    paper[0].write_text(sheets.written(sheets.Sheet(sheet.set, 1, bytes(32))))
    code, heard = run("recover", tmp_path / "out" / "keys.escrow", *paper[:2], "--into", tmp_path / "new")
    assert code == 1 and "do not fit" in heard


def test_a_mistyped_line_is_named(here: home.Home, run: Run, tmp_path: Path) -> None:
    paper = escrowed(run, tmp_path / "out")
    text = paper[0].read_text()
    row = re.search(r"^    4:  (.)", text, re.M)
    assert row
    other = "0" if row[1] != "0" else "1"
    paper[0].write_text(text[: row.start(1)] + other + text[row.end(1) :])
    code, heard = run("recover", tmp_path / "out" / "keys.escrow", *paper[:2], "--into", tmp_path / "new")
    assert code == 2 and "line 4" in heard


def test_a_sheet_typed_with_a_chinese_keyboard_is_read(here: home.Home, run: Run, tmp_path: Path) -> None:
    sheet = sheets.Sheet("0123456789abcdef", 2, bytes(range(32)))
    text = sheets.written(sheet).upper()
    for plain, wide in zip("0123456789:-ABCDEF", "０１２３４５６７８９：－ＡＢＣＤＥＦ", strict=True):
        text = text.replace(plain, wide)
    assert sheets.read(text, "typed") == sheet


def test_a_sheet_cut_short_is_refused(here: home.Home) -> None:
    text = sheets.written(sheets.Sheet("0123456789abcdef", 2, bytes(32)))
    with pytest.raises(Trouble, match="8"):
        sheets.read("\n".join(line for line in text.splitlines() if not line.startswith("    8:")), "cut")
    with pytest.raises(Trouble):
        sheets.read("", "empty")


def test_the_sheets_that_are_out_also_open_the_next_escrow_file(
    here: home.Home, run: Run, tmp_path: Path
) -> None:
    paper = escrowed(run, tmp_path / "out")
    (here.keys / "later.key").write_bytes(b"x" * 32)
    (tmp_path / "again").mkdir()
    code, heard = run("escrow", "--into", tmp_path / "again", "--json")
    assert code == 0 and json.loads(heard)["sheets"] == []
    assert run("recover", tmp_path / "again" / "keys.escrow", *paper[1:], "--into", tmp_path / "new")[0] == 0
    assert (tmp_path / "new" / "later.key").read_bytes() == b"x" * 32


def test_the_private_half_of_the_escrow_stays_nowhere(here: home.Home, run: Run, tmp_path: Path) -> None:
    paper = escrowed(run, tmp_path / "out")
    private = sheets.joined(
        [sheets.read(p.read_text(), p.name) for p in paper[:2]],
        of=json.loads(run("list", "--json")[1])["escrow"],
    )
    for root in (here.path, tmp_path / "out"):
        for path in root.rglob("*"):
            if path.is_file():
                assert private not in path.read_bytes() and private.hex() not in path.read_text(
                    "utf-8", "replace"
                )


# The cipher of a county


def test_a_county_may_seal_with_sm4_and_still_opens_what_it_sealed_before(
    here: home.Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINQING_KEYS", str(here.keys))
    keys._cipher.cache_clear()
    key = seal.new_key()
    before, wrapped = keys.shut(b"a", b"old"), keys.wrap(key)
    assert run("make", "--cipher", "sm4")[0] == 0
    keys._cipher.cache_clear()  # a process reads it once
    after, rewrapped = keys.shut(b"a", b"new"), keys.wrap(key)
    assert (before[0], wrapped[0], after[0], rewrapped[0]) == (1, 1, 2, 2)
    assert keys.unshut(b"a", before) == b"old" and keys.unshut(b"a", after) == b"new"
    assert keys.unwrap(wrapped) == keys.unwrap(rewrapped) == key
    monkeypatch.setenv("MINQING_CIPHER", "aes")
    assert keys.cipher() == seal.AES_256_GCM, "the environment wins over the file"
    monkeypatch.setenv("MINQING_CIPHER", "rot13")
    with pytest.raises(keys.UnknownCipher):
        keys.cipher()
    monkeypatch.delenv("MINQING_CIPHER")
    keys._cipher.cache_clear()


def test_no_act_takes_a_secret_as_a_word_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    for act in ("make", "list", "backup", "rotate", "escrow", "recover"):
        with pytest.raises(SystemExit) as left:
            main(["keys", act, "--help"])
        told = capsys.readouterr().out
        assert left.value.code == 0 and "--json" in told
        assert not re.search(r"--(passphrase|password|key|secret)\s", told)


def test_other_users_of_the_machine_cannot_read_what_is_written(
    here: home.Home, run: Run, tmp_path: Path
) -> None:
    os.umask(0o000)
    try:
        paper = escrowed(run, tmp_path / "out")
    finally:
        os.umask(0o022)
    for path in (*paper, tmp_path / "out" / "keys.escrow", here.keys / "escrow.pub"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
