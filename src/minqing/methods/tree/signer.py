"""What the log's signer may sign next. Its memory is the newest head it signed, kept outside the database.

A database that was set back, or a second one, cannot make it sign twice: a smaller tree is a rollback, another root a fork.
The caller writes `str(head)` down durably BEFORE the signature leaves the signer, and reads it with `read_checkpoint`.
"""

from collections.abc import Sequence

from minqing.methods.tree.hashing import Hash, sha256
from minqing.methods.tree.notes import Checkpoint
from minqing.methods.tree.proofs import BadProof, check_consistency


class Refused(ValueError):
    """It must not be signed. `why` is one stable word: origin · rollback · fork."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def may_sign(
    newest: Checkpoint | None, head: Checkpoint, path: Sequence[bytes] = (), h: Hash = sha256
) -> None:
    """Whether `head` continues the head signed last (None: nothing was signed yet); `path` proves it from there to here.

    The same head again is allowed: a signer that was killed between writing and answering must be able to answer.
    Raises Refused.
    """
    if newest is None:
        return
    if head.origin != newest.origin:
        raise Refused("origin")
    if head.size < newest.size:
        raise Refused("rollback")
    try:
        check_consistency(newest.size, head.size, path, newest.root, head.root, h)
    except BadProof:
        raise Refused("fork") from None
