"""Promises of verify.py, the one file with which anybody checks the log: what is right is called right, nothing else is."""

import ast
import hmac
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logs import (
    AT,
    AUDIT,
    LEAVES,
    LOG,
    NPC,
    ORIGIN,
    OTHER,
    POLICY,
    SCRIPT,
    SIZE,
    VECTORS,
    checker,
    head,
    node_of,
    promise,
    proof,
    verify,
    whole_slip,
)
from minqing.methods.tree import (
    BadProof,
    Checkpoint,
    Note,
    Promise,
    check_consistency,
    check_inclusion,
    consistency,
    cosign,
    inclusion,
    leaf_hash,
    leaf_hashes,
    opening,
    root_of,
    sha256,
    sign,
    slip,
)


@pytest.fixture
def told(tmp_path, capsys):
    return checker(tmp_path, capsys)


# The file itself


def test_it_stands_alone_on_the_standard_library_and_cryptography():
    tree = ast.parse(SCRIPT.read_text())
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in names}
    assert roots - {"cryptography"} <= sys.stdlib_module_names


def test_every_sentence_is_there_in_chinese_and_in_english_and_is_used():
    source = SCRIPT.read_text()
    body, _ = source.split("\nWORDS = ")
    for key, (zh, en) in verify.WORDS.items():
        assert f'"{key}"' in body, key
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert not re.search(r"[\u4e00-\u9fff]", en)
        assert zh.count("{}") == en.count("{}")
    used = re.findall(r'(?:Wrong|Unreadable|right|not_checked|append)\(\(?"([a-z][a-z 0-9]+)"', body)
    assert len(used) > 30
    assert set(used) <= verify.WORDS.keys()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("merkle_rfc9162.jsonl", 98),
        ("minqing_trust.json", 21),
        ("sm3.json", 5),
        ("signed_note_example.json", 1),
    ],
)
def test_it_passes_every_published_vector(told, name, said):
    code, out = told("vectors", VECTORS / name, trust=False)
    assert (code, f"{said} passed, 0 failed\n" in out) == (0, True)


def test_a_vector_told_the_other_way_round_fails_and_what_is_none_is_unreadable(told):
    lines = (VECTORS / "merkle_rfc9162.jsonl").read_text().splitlines()
    turned = json.loads(lines[0]) | {"wantErr": True}
    code, out = told("vectors", "\n".join([json.dumps(turned), *lines[1:]]))
    assert (code, "97 passed, 1 failed\n" in out) == (1, True)
    assert told("vectors", "hello")[0] == 2
    assert told("vectors", '{"a": 1}')[0] == 2
    assert told("vectors", "")[0] == 2


def test_it_runs_as_a_program_of_its_own_and_speaks_the_language_of_the_machine(tmp_path):
    (tmp_path / "slip.json").write_text(whole_slip())
    (tmp_path / "verify.py").write_bytes(SCRIPT.read_bytes())
    (tmp_path / "log.policy").write_text(str(POLICY))
    for lang, said in (("zh_CN.UTF-8", "都对"), ("en_GB.UTF-8", "RIGHT")):
        environment = {"LC_ALL": lang, "PATH": os.environ["PATH"]}
        command = [sys.executable, "-I", "verify.py", "slip", "slip.json"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert (done.returncode, said in done.stdout.decode(), done.stderr) == (0, True, b"")


# Slips, proofs, heads


def test_a_right_slip_is_right_and_says_what_was_checked_and_what_was_not(told):
    code, out = told("slip", whole_slip())
    assert code == 0
    assert f"good signature: {ORIGIN}" in out
    assert "good signature: npc.example/w1 · 2026-09-21" in out
    assert f"leaf 17 (counted from 0) is in the log of {SIZE}" in out
    assert "your own words were not checked" in out
    code, out = told("slip", whole_slip(), lang="zh")
    assert (code, "都对" in out, "您原来说的话没有核对" in out) == (0, True, True)


def test_a_slip_printed_before_its_leaf_had_a_place_says_so_and_when_it_is_overdue(told):
    now = int(verify.time.time())
    code, out = told("slip", slip(promise(at=now), None, head(LEAVES[:9])))
    assert (code, "fetch the proof later" in out, "overdue" in out) == (0, True, False)
    code, out = told("slip", slip(promise(at=now - 90_000), None, head(LEAVES[:9])))
    assert (code, "overdue" in out) == (0, True)


def test_without_a_key_nothing_is_called_right(told):
    for command, file in (("slip", whole_slip()), ("proof", proof()), ("checkpoint", head())):
        code, out = told(command, file, trust=False)
        assert (code, "no public key was given" in out, "UNDECIDED" in out) == (2, True, True)
    key = ("--key", str(POLICY.logs[0]))
    assert told("slip", whole_slip(), trust=False, more=key)[0] == 0


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_of_a_slip_takes_its_rightness_away(data):
    raw = bytearray(RIGHT_SLIP)
    at, bits = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    raw[at] ^= bits
    assert outcome(bytes(raw)) != 0


@pytest.mark.parametrize("cut", [1, 2, 10, 90, 300, 700, 1200])
def test_a_slip_cut_short_cannot_be_read(told, cut):
    assert told("slip", whole_slip()[:-cut])[0] == 2
    assert told("slip", whole_slip()[cut:])[0] == 2


RIGHT_SLIP = whole_slip().encode()
TRUST = verify.Trust().read(str(POLICY))


def outcome(raw):
    """The exit code of a slip."""
    report = verify.Report(True)
    report.tell = lambda *_: None
    try:
        verify.check_slip(report, verify.decode(raw), TRUST)
    except verify.Wrong:
        return 1
    except verify.Unreadable:
        return 2
    return 0


def test_a_right_slip_is_right_without_a_file_too():
    assert outcome(RIGHT_SLIP) == 0


def test_another_countys_slip_is_refused_by_name(told):
    for slipped in (whole_slip(origin="elsewhere.example/log", key=OTHER), whole_slip(key=OTHER)):
        code, out = told("slip", slipped)
        assert (code, "another county's, or forged" in out) == (1, True)


def test_parts_of_different_slips_do_not_make_one(told):
    signed = head()
    assert told("slip", slip(promise(18), proof(17), signed))[0] == 1
    assert told("slip", slip(promise(18), proof(17, extra=b""), signed))[0] == 1
    sm = head(origin=ORIGIN + "/sm3")  # ours too, but another log
    assert told("slip", slip(promise(), proof(), sm))[0] == 1
    code, out = told("slip", slip(promise(), proof(17, checkpoint=sm), sm))
    assert (code, "belong to different logs" in out) == (1, True)
    forked = head(root=bytes(32))
    code, out = told("slip", slip(promise(), proof(), forked))
    assert (code, "two roots at one size" in out) == (1, True)
    code, out = told("slip", slip(promise(), proof(), head(LEAVES[:40])))
    assert (code, "differ in size" in out) == (0, True)


def test_a_promise_signed_by_a_witness_only_is_none_of_the_logs(told):
    text = str(Promise(ORIGIN, leaf_hash(LEAVES[17]), AT))
    only = str(Note(text, (cosign(text, "npc.example/w1", NPC, AT),)))
    assert told("slip", slip(only, proof(), head()))[0] == 1


def test_a_right_proof_is_right_by_its_extra_or_by_the_leaf_given(told, tmp_path):
    assert told("proof", proof())[0] == 0
    bare = proof(extra=b"")
    code, out = told("proof", bare)
    assert (code, "give it with --leaf" in out) == (2, True)
    assert told("proof", bare, more=("--leaf", leaf_hash(LEAVES[17]).hex()))[0] == 0
    (tmp_path / "leaf").write_bytes(LEAVES[17])
    assert told("proof", bare, more=("--leaf", str(tmp_path / "leaf")))[0] == 0
    assert told("proof", bare, more=("--leaf", leaf_hash(LEAVES[18]).hex()))[0] == 1


def test_an_opened_leaf_tells_what_is_inside_and_a_wrong_opening_is_wrong(told):
    vector = json.loads((VECTORS / "minqing_trust.json").read_text())["commit"]
    leaf, salt = vector["leaf"].encode(), bytes.fromhex(vector["salt"])
    leaves = [*LEAVES[:4], leaf]
    made = opening(leaf, salt=salt, inside=vector["canonical"])
    code, out = told("proof", proof(4, leaves, extra=made))
    assert (code, "petition.received" in out) == (0, True)
    for wrong in (
        opening(leaf, salt=bytes(32), inside=vector["canonical"]),
        opening(leaf, salt=salt, inside=vector["canonical"].replace("08:15", "08:16")),
        opening(LEAVES[0], salt=salt, inside=vector["canonical"]),
    ):
        assert told("proof", proof(4, leaves, extra=wrong))[0] == 1
    assert told("proof", proof(4, leaves, extra=b'{"leaf":1}'))[0] == 2


def test_the_body_that_comes_with_an_opening_must_be_the_one_sealed(told):
    inside = json.dumps({"body": sha256(b"the body").hex()})
    sealed = hmac.digest(bytes(32), b"commit/v1\n" + inside.encode(), "sha256").hex()
    leaf = json.dumps({"c": sealed}).encode()
    for body, code in (("the body", 0), ("another", 1), ("", 0)):
        made = opening(leaf, salt=bytes(32), inside=inside, body=body)
        assert told("proof", proof(0, [leaf], extra=made))[0] == code


def test_proofs_too_long_too_short_or_of_another_size_are_wrong(told):
    text = proof()
    step = re.search(r"index 17\n(.*\n)", text)[1]
    wrongs = [text.replace("index 17", "index 18"), text.replace("index 17", f"index {SIZE}"), text.replace(step, ""),
              text.replace(step, step * 3), proof(checkpoint=head(LEAVES[:-1])), proof(17, LEAVES[:-1], head())]  # fmt: skip
    for wrong in wrongs:
        assert told("proof", wrong)[0] == 1
    for unreadable in (text.replace(step, step * 70), text.replace(step, step[:-2] + "\n"), ""):
        assert told("proof", unreadable)[0] == 2
    code, out = told("proof", text + " " * (1 << 20))
    assert (code, "too large" in out) == (2, True)


@given(st.data())
@settings(deadline=None)
def test_it_and_the_house_judge_every_proof_alike(data):
    size = data.draw(st.integers(1, 60))
    old, index = data.draw(st.integers(0, size)), data.draw(st.integers(0, size - 1))
    leaves = leaf_hashes(LEAVES[:size])
    roots, leaf = [root_of(leaves[:old]), root_of(leaves)], leaves[index]
    grown, path = consistency(node_of(LEAVES), old, size), inclusion(node_of(LEAVES), index, size)
    for steps in (grown, path):
        if data.draw(st.booleans()):
            steps.insert(data.draw(st.integers(0, len(steps))), data.draw(st.sampled_from([*leaves, b""])))
        if steps and data.draw(st.booleans()):
            steps.pop(data.draw(st.integers(0, len(steps) - 1)))
    if data.draw(st.booleans()):
        roots[data.draw(st.integers(0, 1))] = data.draw(st.sampled_from([*leaves, bytes(32)]))
    index, old = index + data.draw(st.integers(-1, 1)), old + data.draw(st.integers(-1, 1))
    for ours, its, parts in (
        (check_consistency, verify.check_consistency, (old, size, grown, *roots)),
        (check_inclusion, verify.check_inclusion, (leaf, index, size, path, roots[1])),
    ):
        try:
            ours(*parts)
            right = True
        except BadProof:
            right = False
        assert verify.passes(its, *parts) is right


@given(st.data())
@settings(deadline=None)
def test_any_changed_byte_of_a_proof_that_the_log_only_grew_is_noticed_here_too(data):
    size = data.draw(st.integers(2, 60))
    old = data.draw(st.integers(1, size - 1))
    leaves = leaf_hashes(LEAVES[:size])
    parts = [root_of(leaves[:old]), root_of(leaves), *consistency(node_of(LEAVES), old, size)]
    assert verify.passes(verify.check_consistency, old, size, parts[2:], *parts[:2])
    which, at, bits = (data.draw(st.integers(*span)) for span in ((0, len(parts) - 1), (0, 31), (1, 255)))
    parts[which] = parts[which][:at] + bytes([parts[which][at] ^ bits]) + parts[which][at + 1 :]
    assert not verify.passes(verify.check_consistency, old, size, parts[2:], *parts[:2])


def test_heads_need_their_log_and_enough_witnesses(told):
    assert told("checkpoint", head())[0] == 0
    code, out = told("checkpoint", head(witnesses=False))
    assert (code, "too few witnesses" in out) == (1, True)
    text = str(Checkpoint(ORIGIN, SIZE, root_of(leaf_hashes(LEAVES))))
    seen = cosign(text, "audit.example/w2", AUDIT, AT)
    assert told("checkpoint", str(Note(text, (sign(text, ORIGIN, LOG), seen))))[0] == 0
    assert told("checkpoint", str(Note(text, (seen,))))[0] == 1
    code, out = told("checkpoint", str(Note(text, (sign(text, ORIGIN + "/sm3", LOG), seen))))
    assert (code, "not signed by its log" in out) == (1, True)
    stranger = cosign(text, "nobody.example/w", OTHER, AT)
    code, out = told("checkpoint", str(Note(text, (sign(text, ORIGIN, LOG), seen, stranger))))
    assert (code, "somebody unknown" in out) == (0, True)
    assert told("checkpoint", b"\xff\xfe")[0] == 2
    assert told("checkpoint", Path("/nowhere/at/all"))[0] == 2


def test_a_signature_written_in_another_way_and_a_key_with_a_wrong_id_are_unreadable(told):
    bare = head(witnesses=False)
    last = bare[-3]
    other = bare[:-3] + chr(ord(last) + 1) + "=\n"
    key = str(POLICY.logs[0])
    assert told("checkpoint", bare, trust=False, more=("--key", key))[0] == 0
    assert told("checkpoint", other, trust=False, more=("--key", key))[0] == 2
    broken = re.sub(r"\+[0-9a-f]{8}\+", "+00000000+", key)
    assert told("checkpoint", bare, trust=False, more=("--key", broken))[0] == 2


@pytest.mark.parametrize("text", ["", "hello\n", "quorum none\n", "log a+b+c\nquorum none\n", "log\n"])
def test_a_policy_that_is_damaged_decides_nothing(told, tmp_path, text):
    (tmp_path / "broken").write_text(text)
    assert told("checkpoint", head(), trust=False, more=("--policy", str(tmp_path / "broken")))[0] == 2


def test_of_several_files_one_wrong_one_makes_the_whole_answer_wrong(told):
    assert told("checkpoint", head(), head(key=OTHER), "")[0] == 1
    assert told("checkpoint", head(), "")[0] == 2
    assert told("checkpoint", head(), head(LEAVES[:3]))[0] == 0
