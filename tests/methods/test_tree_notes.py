"""Promises of signed notes, policies, slips and witnesses: the published bytes, and everything that must be refused."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods.tree import (
    BadNote,
    BadSlip,
    Checkpoint,
    Note,
    Policy,
    Promise,
    Proof,
    Refused,
    Request,
    Verified,
    consistency,
    cosign,
    decide,
    inclusion,
    leaf_hashes,
    log_key,
    may_sign,
    nodes_of,
    opening,
    read_checkpoint,
    read_key,
    read_note,
    read_policy,
    read_promise,
    read_proof,
    read_request,
    read_signature,
    read_slip,
    root_of,
    sign,
    slip,
    verified,
    witness_key,
)

VECTORS = Path(__file__).parent.parent / "vectors"
EXAMPLE = json.loads((VECTORS / "signed_note_example.json").read_text())
INPUTS = json.loads((VECTORS / "minqing_trust.json").read_text())["merkle"]["inputs_hex"]
LEAVES = leaf_hashes(bytes.fromhex(one) for one in INPUTS)
ORIGIN, WITNESS, AT = "minqing.example/log2026", "county-npc.example/w1", 1767225600
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NPC = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
AUDIT = MLDSA44PrivateKey.from_seed_bytes(bytes(range(64, 96)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(96, 128)))
LOG_KEY, NPC_KEY = log_key(ORIGIN, LOG), witness_key(WITNESS, NPC)
AUDIT_KEY = witness_key("audit.example/w2", AUDIT)
PUBLISHED = """minqing.example/log2026
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

— minqing.example/log2026 K/Ejd6PO5BegTdINgcAaM/2/CeB50y01PIllqehc8RRajzsVueuMG3fPtwnOQvrFYsv1p94jbCOzAC7amOrDQB8xXwM=
— county-npc.example/w1 O5zTCAAAAABpVbkA6m8MRjC1PUlUrJ9esK2+3Na0DLVbWydBoS7f7H+x1lQqAWa18BYKEJ9bxxUSWDwsMlpAh9009lmvFoepqanaCw==
"""


def node(size):
    return nodes_of(lambda tile: b"".join(LEAVES[: tile.width]), size)


def head(size, origin=ORIGIN, leaves=LEAVES):
    return Checkpoint(origin, size, root_of(leaves[:size]))


def noted(checkpoint, key=LOG, *more):
    text = str(checkpoint)
    return Note(text, (sign(text, checkpoint.origin, key), *more))


# The published bytes


def test_the_published_checkpoint_and_both_signatures_come_out_byte_for_byte():
    text = str(head(8))
    assert str(noted(head(8), LOG, cosign(text, WITNESS, NPC, AT))) == PUBLISHED
    assert verified(read_note(PUBLISHED), [LOG_KEY, NPC_KEY]) == [Verified(LOG_KEY), Verified(NPC_KEY, AT)]
    assert read_checkpoint(read_note(PUBLISHED).text) == head(8)


def test_the_published_verifier_keys_come_out_byte_for_byte():
    keys = (
        "minqing.example/log2026+2bf12377+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "county-npc.example/w1+3b9cd308+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X",
    )
    assert (str(LOG_KEY), str(NPC_KEY)) == keys
    assert tuple(map(read_key, keys)) == (LOG_KEY, NPC_KEY)


def test_the_example_of_the_specification_holds():
    key, note = read_key(EXAMPLE["vkey"]), read_note(EXAMPLE["note"])
    assert verified(note, [key]) == [Verified(key)]
    assert str(note) == EXAMPLE["note"]


def test_an_ml_dsa_cosignature_has_the_bytes_of_the_specification_and_binds_both_names():
    text = str(head(8))
    made = cosign(text, AUDIT_KEY.name, AUDIT, AT)
    assert (len(made.body), AUDIT_KEY.kind, len(AUDIT_KEY.public)) == (8 + 2420, 6, 1312)
    message = (
        b"subtree/v1\n\x00" + b"\x10audit.example/w2" + AT.to_bytes(8, "big") + b"\x17minqing.example/log2026"
        + bytes(8) + (8).to_bytes(8, "big") + root_of(LEAVES)
    )  # fmt: skip
    AUDIT.public_key().verify(made.body[8:], message)
    assert verified(noted(head(8), LOG, made), [AUDIT_KEY]) == [Verified(AUDIT_KEY, AT)]
    for wrong in (head(8, "elsewhere.example/log"), head(7), Checkpoint(ORIGIN, 8, bytes(32))):
        with pytest.raises(BadNote, match="bad signature"):
            verified(Note(str(wrong), (made,)), [AUDIT_KEY])


# What is refused


@given(st.integers(0, len(PUBLISHED.encode()) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_note_takes_its_signatures_away(at, bits):
    raw = bytearray(PUBLISHED.encode())
    raw[at] ^= bits
    try:
        found = verified(read_note(raw.decode()), [LOG_KEY, NPC_KEY])
    except (BadNote, UnicodeDecodeError):
        return
    # A changed name or key id makes one line a stranger's; the other one still holds, over the same text.
    assert len(found) == 1
    assert read_note(raw.decode()).text == str(head(8))


@pytest.mark.parametrize("cut", range(1, len(PUBLISHED), 7))
def test_a_note_cut_short_never_keeps_all_its_signatures(cut):
    try:
        assert len(verified(read_note(PUBLISHED[:-cut]), [LOG_KEY, NPC_KEY])) < 2
    except BadNote:
        return


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "form"), ("a\n", "form"), ("a\n\n", "form"), ("a\n\nb\n", "signature line"), ("a\n\n— a b\n", "signature line"),
     ("a\n\n— a AAAA\n", "signature line"), ("a\n\n— a+b AAAAAAAA\n", "signature line"), ("a\n\n— a AAAAAAAA", "form"),
     ("a\r\n\n— a AAAAAAAA\n", "signs"), ("\ud800\n\n— a AAAAAAAA\n", "signs"), ("a" * (1 << 20) + "\n\n— a AAAAAAAA\n", "signs"),
     ("a\n\n" + "— a AAAAAAAA\n" * 33, "too many")],
)  # fmt: skip
def test_what_is_no_note_is_refused_by_name(text, why):
    with pytest.raises(BadNote, match=why):
        read_note(text)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n01\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n", "a\n-1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
     "a\n1\nXcna\n", "a\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n", "a\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n",
     "a\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", "\n1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
     "a\n99999999999999999999\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n", "a\n\u0661\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+2bf12377", "a+2bf12377+AQ==", str(LOG_KEY).replace("2bf1", "2bf2"), str(LOG_KEY).replace("/log2026", "/log2027"),
     str(LOG_KEY)[:-4], "a b+2bf12377+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"],
)  # fmt: skip
def test_what_is_no_key_is_refused(text):
    with pytest.raises(BadNote):
        read_key(text)


def test_a_strangers_line_is_passed_over_and_a_known_ones_bad_line_refuses_all():
    text = str(head(8))
    stranger = cosign(text, "elsewhere.example/w9", OTHER, AT)
    good = noted(head(8), LOG, stranger)
    assert verified(good, [LOG_KEY, NPC_KEY]) == [Verified(LOG_KEY)]
    bad = noted(head(8), LOG, cosign(str(head(7)), WITNESS, NPC, AT))
    with pytest.raises(BadNote, match="bad signature of county-npc"):
        verified(bad, [LOG_KEY, NPC_KEY])
    with pytest.raises(BadNote, match="no signature of a known key"):
        verified(good, [NPC_KEY])


def test_the_same_key_under_another_logs_name_says_nothing_of_ours():
    elsewhere = noted(head(8, "elsewhere.example/log"), LOG)
    with pytest.raises(BadNote, match="no signature of a known key"):
        verified(elsewhere, [LOG_KEY])
    with pytest.raises(BadNote, match="unknown log"):
        Policy((LOG_KEY,)).check(elsewhere, "elsewhere.example/log")


# Policies

POLICY = f"""# whom to trust
log {LOG_KEY} https://minqing.example/log
witness npc {NPC_KEY}
witness audit {AUDIT_KEY}
group seen all npc audit
quorum seen
"""


def test_a_policy_reads_back_and_counts_its_witnesses():
    policy = read_policy(POLICY)
    assert read_policy(str(policy)) == policy
    text = str(head(8))
    npc, audit = cosign(text, WITNESS, NPC, AT), cosign(text, AUDIT_KEY.name, AUDIT, AT)
    assert len(policy.check(noted(head(8), LOG, npc, audit), ORIGIN)) == 3
    with pytest.raises(BadNote, match="too few witnesses"):
        policy.check(noted(head(8), LOG, npc), ORIGIN)
    with pytest.raises(BadNote, match="too few witnesses"):
        policy.check(noted(head(8), LOG, npc, npc), ORIGIN)
    with pytest.raises(BadNote, match="not signed by its log"):
        policy.check(Note(text, (npc, audit)), ORIGIN)
    assert read_policy(f"log {LOG_KEY}\nquorum none\n").check(noted(head(8)), ORIGIN) == [Verified(LOG_KEY)]


@pytest.mark.parametrize(
    "text",
    ["", "quorum some\n", f"log {NPC_KEY}\nquorum none\n", f"witness npc {LOG_KEY}\nquorum npc\n", f"log {LOG_KEY}\n",
     f"log {LOG_KEY}\nlog {LOG_KEY}\nquorum none\n", f"witness none {NPC_KEY}\nquorum none\n", "quorum none\nquorum none\n",
     f"witness npc {NPC_KEY}\ngroup a 2 npc\nquorum a\n", f"witness npc {NPC_KEY}\ngroup a 0 npc\nquorum a\n",
     f"witness npc {NPC_KEY}\ngroup a any npc npc\nquorum a\n", f"witness npc {NPC_KEY}\ngroup a any npc\ngroup b any npc\nquorum b\n",
     "group a any\nquorum a\n", "log a+b+c\nquorum none\n", "hello\nquorum none\n"],
)  # fmt: skip
def test_a_policy_that_breaks_the_rules_is_refused(text):
    with pytest.raises(BadNote):
        read_policy(text)


# Slips


def test_a_promise_a_proof_and_a_slip_read_back_as_they_were_written():
    promise = Promise(ORIGIN, LEAVES[3], AT)
    assert read_promise(str(promise)) == promise
    proof = Proof(3, tuple(inclusion(node(8), 3, 8)), str(noted(head(8))), b"the leaf")
    assert read_proof(str(proof)) == proof
    bare = Proof(0, (), str(noted(head(1))))
    assert read_proof(str(bare)) == bare
    parts = str(noted(head(8))), str(proof), str(noted(head(8)))
    assert read_slip(slip(*parts)) == parts
    assert read_slip(slip(parts[0], None, parts[2])) == (parts[0], None, parts[2])


def test_a_promise_never_passes_for_a_checkpoint_nor_a_checkpoint_for_a_promise():
    with pytest.raises(BadNote):
        read_checkpoint(str(Promise("8", LEAVES[0], AT)))
    with pytest.raises(BadSlip):
        read_promise(str(head(8)))


def test_an_opening_lets_its_owner_show_what_the_leaf_commits_to():
    told = json.loads((VECTORS / "minqing_trust.json").read_text())["commit"]
    made = json.loads(
        opening(told["leaf"].encode(), salt=bytes.fromhex(told["salt"]), inside=told["canonical"])
    )
    assert made == {"inside": told["canonical"], "leaf": told["leaf"], "salt": told["salt"]}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", "[" * 9000, '{"receipt_promise":"","tlog_proof":"","checkpoint":1}', '{"receipt_promise":"","checkpoint":""}',
     '{"receipt_promise":null,"tlog_proof":null,"checkpoint":""}', " " * (1 << 20) + "{}"],
)  # fmt: skip
def test_what_is_no_slip_is_refused(text):
    with pytest.raises(BadSlip):
        read_slip(text)


def test_a_proof_that_is_torn_or_too_long_is_refused():
    whole = str(Proof(3, tuple(inclusion(node(8), 3, 8)), str(noted(head(8))), b"the leaf"))
    step = base64.b64encode(LEAVES[2]).decode() + "\n"
    torn = [whole.replace("@v1", "@v2"), whole.replace("index 3", "index 03"), whole.replace("index 3", "index -3"),
            whole.replace("extra ", "extra !"), whole.replace(step.strip(), step[:-9]), whole.partition("\n\n")[0], "",
            whole.replace("index 3\n", "index 3\n" + step * 64), whole.replace("index 3\n", ""), whole.replace("index", "Index"),
            whole.replace("index 3\n", "index 3\nAAAA\n")]  # fmt: skip
    assert whole not in torn
    for text in torn:
        with pytest.raises(BadNote):
            read_proof(text)


# Witnesses


def asked(old, new, *, path=None, key=LOG, origin=ORIGIN, leaves=LEAVES):
    steps = tuple(consistency(node(8), old, new)) if path is None else path
    return Request(old, steps, noted(head(new, origin, leaves), key), head(new, origin, leaves))


def test_a_request_reads_back_and_a_witness_follows_a_log_that_only_grows():
    newest = None
    for old, new in ((0, 3), (3, 3), (3, 7), (7, 8)):
        request = read_request(str(asked(old, new)))
        assert request == asked(old, new)
        answer = decide(request, [LOG_KEY], newest)
        assert (answer.status, answer.newest) == (200, head(new))
        newest = answer.newest


def test_a_witness_answers_each_fault_with_its_own_status():
    known = head(7)
    forged = (head(8).root, *consistency(node(8), 7, 8)[1:])
    cases = [
        (asked(7, 8), [], known, 404, ""),
        (asked(7, 8, key=OTHER), [LOG_KEY], known, 403, ""),
        (asked(8, 7, path=()), [LOG_KEY], known, 400, ""),
        (asked(3, 8), [LOG_KEY], known, 409, "7\n"),
        (asked(0, 8), [LOG_KEY], known, 409, "7\n"),
        (asked(7, 8), [LOG_KEY], None, 409, "0\n"),
        (asked(0, 8, path=(bytes(32),)), [LOG_KEY], None, 422, ""),
    ]
    for request, keys, newest, status, text in cases:
        answer = decide(request, keys, newest)
        assert (answer.status, answer.newest, answer.evidence) == (status, None, False)
        assert text in answer.text
    for request in (asked(7, 8, path=forged), asked(7, 8, path=()), asked(7, 7, leaves=LEAVES[::-1])):
        answer = decide(request, [LOG_KEY], known)
        assert (answer.status, answer.newest, answer.evidence) == (422, None, True)


@pytest.mark.parametrize(
    "body",
    ["", "old 3\n", "new 3\n\n" + PUBLISHED, "old 03\n\n" + PUBLISHED, "old x\n\n" + PUBLISHED, "old 3\nAAA\n\n" + PUBLISHED,
     "old 3\n" + "AAAA\n" * 64 + "\n" + PUBLISHED, "old 3\n\n" + PUBLISHED[:60], "old 3\n\nno log\n\n— a AAAAAAAA\n"],
)  # fmt: skip
def test_a_torn_request_is_refused_before_anything_is_believed(body):
    with pytest.raises(BadNote):
        read_request(body)


def test_a_witness_signature_line_reads_back():
    made = cosign(str(head(8)), WITNESS, NPC, AT)
    assert read_signature(str(made)[:-1]) == made


# The signer


def test_the_signer_signs_what_continues_and_the_same_head_again():
    may_sign(None, head(3))
    may_sign(head(3), head(3))
    may_sign(head(3), head(8), consistency(node(8), 3, 8))
    assert read_checkpoint(str(head(8))) == head(8)


@pytest.mark.parametrize(
    ("newest", "following", "path", "why"),
    [
        (head(7), head(6), (), "rollback"),
        (head(7), head(7, leaves=LEAVES[::-1]), (), "fork"),
        (head(7), head(8, leaves=LEAVES[::-1]), consistency(node(8), 7, 8), "fork"),
        (head(7), head(8), (), "fork"),
        (head(7), head(8, "minqing.example/log2026b"), consistency(node(8), 7, 8), "origin"),
    ],
    ids=["smaller", "another root", "another past", "no proof", "another log"],
)
def test_the_signer_refuses_a_fork_and_a_rollback_by_name(newest, following, path, why):
    with pytest.raises(Refused, match=why):
        may_sign(newest, following, path)
