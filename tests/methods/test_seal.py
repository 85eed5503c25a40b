"""Promises of sealing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods import seal

KEY = bytes(range(0x20, 0x40))
NONCE = bytes(range(12))
AAD = b"identity/v1|0190f3a2-7c1e-7d3a-9b54-2f6c1d8e0a11|name"
NAME = "张三".encode()


def test_the_published_vectors_of_both_ciphers():
    aes = seal.seal_with(KEY, NONCE, AAD, NAME)
    assert aes == b"\x01" + NONCE + bytes.fromhex("b9eefd43f2bccfec5150a929c15993d54fb0543ad375")
    sm4 = seal.seal_with(KEY, NONCE, AAD, NAME, algorithm=seal.SM4_GCM)
    assert sm4 == b"\x02" + NONCE + bytes.fromhex("36f74ffd21ac58477cb751606be194c5b6f3ee7d3c2d")


@given(st.binary(max_size=300), st.binary(max_size=60), st.sampled_from([seal.AES_256_GCM, seal.SM4_GCM]))
def test_what_was_sealed_opens_again_and_never_looks_the_same(plain, aad, algorithm):
    key = seal.new_key()
    once, twice = (seal.seal(key, aad, plain, algorithm=algorithm) for _ in range(2))
    assert once != twice
    assert seal.open_(key, aad, once) == plain


@given(st.data())
def test_any_changed_byte_is_noticed(data):
    sealed = bytearray(seal.seal(KEY, AAD, NAME))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(seal.SealError):
        seal.open_(KEY, AAD, bytes(sealed))


def test_a_value_moved_to_another_person_does_not_open():
    with pytest.raises(seal.WrongSeal):
        seal.open_(KEY, AAD.replace(b"name", b"phone"), seal.seal(KEY, AAD, NAME))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(27)])
def test_what_is_too_short_is_a_wrong_seal(sealed):
    with pytest.raises(seal.WrongSeal):
        seal.open_(KEY, AAD, sealed)


def test_an_unknown_algorithm_is_named():
    with pytest.raises(seal.UnknownAlgorithm):
        seal.open_(KEY, AAD, b"\x63" + bytes(60))
    with pytest.raises(seal.UnknownAlgorithm):
        seal.seal(KEY, AAD, NAME, algorithm=9)


@pytest.mark.parametrize("algorithm", [seal.AES_256_GCM, seal.SM4_GCM])
def test_a_short_key_is_refused_both_ways(algorithm):
    with pytest.raises(seal.BadKey):
        seal.seal(KEY[:16], AAD, NAME, algorithm=algorithm)
    with pytest.raises(seal.BadKey):
        seal.open_(KEY[:16], AAD, seal.seal(KEY, AAD, NAME, algorithm=algorithm))


def test_a_wrapped_key_belongs_to_one_person():
    county, mine = seal.new_key(), seal.new_key()
    wrapped = seal.wrap(county, mine, owner=b"person-1")
    assert seal.unwrap(county, wrapped, owner=b"person-1") == mine
    with pytest.raises(seal.WrongSeal):
        seal.unwrap(county, wrapped, owner=b"person-2")


@given(st.binary(max_size=2000))
def test_only_the_private_half_opens_a_letter(plain):
    private, public = seal.new_pair()
    stranger, _ = seal.new_pair()
    letter = seal.seal_to(public, AAD, plain)
    assert seal.public_of(private) == public
    assert seal.open_with(private, AAD, letter) == plain
    with pytest.raises(seal.WrongSeal):
        seal.open_with(stranger, AAD, letter)
    with pytest.raises(seal.WrongSeal):
        seal.open_with(private, AAD + b"x", letter)


@given(st.data())
def test_a_changed_letter_is_noticed(data):
    private, public = seal.new_pair()
    letter = bytearray(seal.seal_to(public, AAD, NAME))
    at = data.draw(st.integers(0, len(letter) - 1))
    letter[at] ^= data.draw(st.integers(1, 255))
    # The top bit of an X25519 public key is ignored by the curve; it is bound by the derivation all the same.
    with pytest.raises(seal.SealError):
        seal.open_with(private, AAD, bytes(letter))


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32)])
def test_a_bad_public_key_is_refused(public):
    with pytest.raises(seal.BadKey):
        seal.seal_to(public, AAD, NAME)
