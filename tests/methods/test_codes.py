"""Promises of the numbers that people read, type and trust."""

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods import codes
from minqing.methods.codes import BadNumber

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "cn_ids.json").read_text())
PEPPER = bytes(range(32))
DIGITS = st.integers(0, 10**15 - 1).map(lambda n: f"{n:015d}")


def test_the_check_digit_of_the_published_example():
    assert codes.luhn_digit("482913570264118") == "9"
    assert codes.is_code("4829135702641189")


@given(DIGITS, st.integers(0, 15), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(digits, place, shift):
    code = digits + codes.luhn_digit(digits)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert codes.is_code(code)
    assert not codes.is_code(wrong)


@given(DIGITS, st.sampled_from([" ", "-", "－", "—", "\u3000", "", "\n", "·", "\u200b"]), st.booleans())
def test_a_code_is_read_however_it_was_typed(digits, between, wide):
    code = digits + codes.luhn_digit(digits)
    typed = codes.grouped(code, by=between)
    if wide:
        typed = typed.translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert codes.read_code(f" {typed} ") == code


@pytest.mark.parametrize(
    ("typed", "why"),
    [("", "digits"), ("abc", "digits"), ("482913570264118", "length"), ("4829135702641188", "check"),
     ("٤٨٢٩١٣٥٧٠٢٦٤١١٨٩", "digits"), ("9" * 100_000, "length"), ("4829 1357\x00 0264 1189", "digits")],
)  # fmt: skip
def test_what_is_no_code_says_why(typed, why):
    with pytest.raises(BadNumber) as no:
        codes.read_code(typed)
    assert no.value.why == why


def test_new_codes_are_random_and_well_formed():
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    assert all(codes.is_code(code) for code in made)
    assert codes.new_code(lambda top: 7) == "000000000000007" + codes.luhn_digit("000000000000007")


def test_the_slow_key_depends_on_code_and_pepper_and_nothing_else():
    fast = codes.lookup_key(PEPPER, "4829135702641189")
    slow = codes.slow_keys(PEPPER, fast)
    assert slow == codes.slow_keys(PEPPER, fast)
    assert len(slow.tag) == 32
    assert slow.tag not in (fast, slow.inner)
    other = bytes(32)
    assert codes.lookup_key(other, "4829135702641189") != fast
    assert codes.slow_keys(other, fast).tag != slow.tag


def test_the_word_is_bound_to_its_code_and_to_what_is_never_stored():
    mine = codes.word_key(PEPPER, "4829135702641189", "0412")
    assert mine == codes.word_key(PEPPER, "4829135702641189", codes.read_word(" ０４１２ "))
    assert mine != codes.word_key(PEPPER, "4829135702641197", "0412")
    assert codes.slow_word(b"a" * 32, mine) != codes.slow_word(b"b" * 32, mine)


@pytest.mark.parametrize("typed", ["", "123", "12345", "12a4", "一二三四"])
def test_a_word_has_four_digits(typed):
    with pytest.raises(BadNumber):
        codes.read_word(typed)


def test_a_verify_number_survives_handwriting_and_notices_slips():
    number = codes.verify_number(UUID("8f14e45f-ceea-467f-9575-1f0aa3e0d2b7"))
    assert len(number) == 12
    printed = codes.printed_verify_number(number)
    assert [len(part) for part in printed.split("-")] == [4, 4, 4]
    assert codes.read_verify_number(printed.lower().replace("0", "o").replace("1", "l")) == number


@given(st.integers(0, 11), st.integers(1, 31))
def test_one_wrong_sign_in_a_verify_number_is_always_noticed(place, shift):
    number = codes.verify_number(uuid4())
    signs = codes._VERIFY_ALPHABET
    wrong = number[:place] + signs[(signs.index(number[place]) + shift) % 32] + number[place + 1 :]
    with pytest.raises(BadNumber):
        codes.read_verify_number(wrong)


def test_a_verify_number_never_tells_the_time():
    with pytest.raises(BadNumber):
        codes.verify_number(UUID("0190f3a2-7c1e-7d3a-9b54-2f6c1d8e0a11"))


@pytest.mark.parametrize("number", VECTORS["gb11643"]["valid"])
def test_citizen_numbers_of_the_standard_are_read(number):
    assert codes.read_citizen_number(number.lower()).number == number


@pytest.mark.parametrize("number", [bad["id"] for bad in VECTORS["gb11643"]["invalid"]])
def test_citizen_numbers_with_a_fault_are_refused(number):
    with pytest.raises(BadNumber):
        codes.read_citizen_number(number)


def test_a_citizen_number_tells_birth_and_sex():
    person = codes.read_citizen_number("11010519491231002X")
    assert (person.region, person.born.isoformat(), person.male) == ("110105", "1949-12-31", False)


@pytest.mark.parametrize("code", VECTORS["gb32100"]["valid"])
def test_credit_codes_of_the_standard_are_read(code):
    assert codes.read_credit_code(code) == code


@pytest.mark.parametrize("code", [bad["id"] for bad in VECTORS["gb32100"]["invalid"]])
def test_credit_codes_with_a_fault_are_refused(code):
    with pytest.raises(BadNumber):
        codes.read_credit_code(code)


def test_a_citizen_number_is_found_inside_a_text():
    assert codes.holds_citizen_number("本人１１０１０５１９４９１２３１００２x，请回复")
    assert codes.holds_citizen_number("编号44052418800101001400")
    assert not codes.holds_citizen_number("11010519491231002 和 4829135702641189")


def test_masks_tell_next_to_nothing():
    assert codes.mask_name("欧阳小棠") == "欧*"
    assert codes.mask_name("  ") == ""
    assert codes.mask_phone("138-0013 8000") == "*********00"
    assert codes.mask_phone("12") == "**"


def test_the_blind_index_of_the_published_example():
    mac = codes.blind_mac(PEPPER, "id/v1|11010519491231002X")
    assert mac.hex() == "ba8762b598cfa71e44b67bae67f536c30c717d472194a975c6cb5267a386ca0f"
    assert codes.blind_index(mac, b"bi/v1-county-350124").hex() == "84afe24a2dafca5570c1fe26cb67d47c"
