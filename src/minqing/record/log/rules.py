"""What a leaf looks like and how it is hashed. Pure."""

import hashlib

ORIGIN = "county"
BATCH = 1000

PENDING_SQL = "INSERT INTO log_pending (id, leaf) VALUES (%(fact_id)s, %(leaf)s)"


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 9162 §2.1.1: SHA-256(0x00 ‖ leaf), 32 bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()
