"""Eight characters stand for the first 88 bits of a root."""

import hashlib

from mnemonic import Mnemonic

from minqing.methods.tree.spoken import spoken


def test_the_characters_are_those_of_the_published_list_in_the_order_of_the_bits() -> None:
    root = hashlib.sha256(b"one").digest()
    bits = "".join(f"{octet:08b}" for octet in root)
    words = Mnemonic("chinese_simplified").wordlist
    assert spoken(root) == "".join(words[int(bits[at : at + 11], 2)] for at in range(0, 88, 11))


def test_another_root_is_another_word() -> None:
    roots = [hashlib.sha256(str(n).encode()).digest() for n in range(500)]
    assert len({spoken(root) for root in roots}) == 500
    assert all(len(spoken(root)) == 8 for root in roots)


def test_a_published_phrase_begins_alike() -> None:
    """BIP-39 itself: sixteen zero octets are eleven times the first character of the list."""
    assert spoken(bytes(32)) == Mnemonic("chinese_simplified").to_mnemonic(bytes(16)).split()[0] * 8
