"""One act, one word: the verb is the command is the fact; and every list costs the same for one row and for fifty."""

import ast
import re

import pytest

from fitness.sources import PACKAGE, TESTS, modules, named, part_of, rooms, tree
from minqing.charter import MAY, RESIDENT_MAY, Verb
from minqing.wiring.reference import reading

LOOKS = {"view"}
"""Acts that only read have a query, not a command and not a fact."""
COMMANDS = {
    Verb.CASE_WITHDRAW: "ask_withdrawal",
    Verb.CASE_CONFIRM_WITHDRAWAL: "confirm_withdrawal",
    Verb.CASE_JOIN: "join_demand",
    Verb.CASE_SPLIT: "split_demand",
    Verb.CASE_REOPEN: "give_verdict",
    Verb.CASE_ASK_REVIEW: "ask_review",
    Verb.CASE_ASK_REREVIEW: "ask_rereview",
    Verb.RECEPTION_PLAN: "plan_day",
    Verb.RECEPTION_BOOK: "book_day",
    Verb.RECEPTION_HOLD: "hear",
    Verb.ACCOUNT_EDIT: "open_account",
    Verb.DEMAND_FIND: "find_demands",
}
"""Where a sentence is clearer than the pattern act_noun: the person says no, and that is what opens a case again."""
FACTS = {
    Verb.CASE_REFER_UP: "case.referred-up",
    Verb.CASE_NO_LONGER: "case.no-longer",
    Verb.CASE_ASK_EXTENSION: "case.extension-asked",
    Verb.CASE_SETTLE_NOW: "case.settled-now",
    Verb.CASE_CONFIRM_WITHDRAWAL: "case.withdrawal-confirmed",
    Verb.CASE_ASK_REVIEW: "case.review-asked",
    Verb.CASE_ASK_REREVIEW: "case.rereview-asked",
    Verb.CASE_WITHDRAW: "case.withdrawal-asked",
    Verb.CASE_ANSWER_SUPERVISION: "case.supervision-answered",
    Verb.RECEPTION_BOOK: "reception.booked",
    Verb.RECEPTION_HOLD: "reception.heard",
    Verb.LAW_DROP: "law.dropped",
    Verb.RECEPTION_PLAN: "reception.planned",
    Verb.ERASURE_TAKE_BACK: "erasure.taken-back",
}
PAST = {
    "leave": "left", "split": "split", "uphold": "upheld", "make": "made", "hold": "held", "say": "said",
    "reply": "replied", "carry": "carried", "refer": "referred", "find": "found",
}  # fmt: skip
SILENT = {Verb.ACCOUNT_EDIT}
"""Staff accounts are no subject of the log: who could sign in is read from appointments in time."""


def past(act: str) -> str:
    return PAST.get(act) or (act + "d" if act.endswith("e") else act + "ed")


def acting(verb: Verb) -> bool:
    return str(verb).partition(".")[2] not in LOOKS


def commands() -> set[str]:
    return {
        node.name
        for room in rooms()
        for path in part_of(room, "commands")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
    }


def test_every_verb_is_carried_by_some_role_or_by_the_resident() -> None:
    assert [
        verb for verb in Verb if verb not in RESIDENT_MAY and not any(verb in may for may in MAY.values())
    ] == []


def test_every_verb_has_its_command() -> None:
    known = commands()
    lost = []
    for verb in filter(acting, Verb):
        noun, _, act = str(verb).partition(".")
        if COMMANDS.get(verb, f"{act.replace('-', '_')}_{noun}") not in known:
            lost.append(str(verb))
    assert lost == []


def test_every_verb_leaves_its_fact() -> None:
    known = {line.kind for line in reading.facts()}
    lost = []
    for verb in filter(acting, Verb):
        noun, _, act = str(verb).partition(".")
        if verb not in SILENT and FACTS.get(verb, f"{noun}.{past(act)}") not in known:
            lost.append(str(verb))
    assert lost == []


def test_no_body_of_a_fact_names_a_person() -> None:
    identity = {"name", "phone", "address", "email", "mask_name", "mask_phone", "text", "words", "contact"}
    assert [(line.kind, line.body) for line in reading.facts() if identity & set(line.body)] == []


def test_refusals_have_codes_of_their_own_and_speak_chinese() -> None:
    found = reading.refusals()
    codes = [kind.code for kind in found]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []
    assert [kind.code for kind in found if not re.search(r"[\u3400-\u9fff]", kind.text)] == []
    # 500 is left to what nobody foresaw; 503 and 507 say that a part of the house is gone, and to come back.
    assert [
        kind.code for kind in found if not 400 <= kind.status < 500 and kind.status not in {503, 507}
    ] == []


def reads_for() -> set[str]:
    """`things_for(by)` lists, in the plural; `thing_for` hands out one row."""
    return {
        node.name
        for room in rooms()
        for path in part_of(room, "queries")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.name.endswith("s_for")
    }


def test_every_list_for_an_actor_is_shown_to_be_flat() -> None:
    """A test that calls `assert_flat` names the list, or a read that is made of it and of nothing else."""
    flat = " ".join(
        ast.unparse(node)
        for path in modules(TESTS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and "assert_flat" in {argument.arg for argument in node.args.args}
    )
    made_of: dict[str, set[str]] = {}
    for room in rooms():
        for path in part_of(room, "queries"):
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef):
                    for name in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}:
                        made_of.setdefault(name, set()).add(node.name)
    dark = [
        name
        for name in sorted(reads_for())
        if not any(re.search(rf"\b{read}\b", flat) for read in {name, *made_of.get(name, ())})
    ]
    assert dark == []


def test_no_query_in_a_template_or_a_lazy_import_in_a_function() -> None:
    inside = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if PACKAGE / "wiring" not in path.parents
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


@pytest.mark.parametrize(
    ("act", "done"), [("open", "opened"), ("leave", "left"), ("reply", "replied"), ("serve", "served")]
)
def test_the_past_of_an_act(act: str, done: str) -> None:
    assert past(act) == done
