"""A small log of five subjects with its keys, heads, slips and exports, for those who test how it is checked."""

import importlib.util
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from minqing.methods.tree import (
    Checkpoint,
    Growing,
    Note,
    Policy,
    Promise,
    Proof,
    bundle,
    cosign,
    inclusion,
    leaf_hash,
    leaf_hashes,
    log_key,
    root_of,
    sha256,
    sign,
    slip,
    tiles_of,
    witness_key,
)

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "src/minqing/doors/public/verify.py"
VECTORS = ROOT / "tests/vectors"
_found = importlib.util.spec_from_file_location("verify_alone", SCRIPT)
assert _found
assert _found.loader
verify = importlib.util.module_from_spec(_found)
_found.loader.exec_module(verify)

ORIGIN, AT = "tangchuan.example/log2026", 1_790_000_000
LOG, NPC, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
AUDIT = MLDSA44PrivateKey.from_seed_bytes(bytes([4]) * 32)
POLICY = Policy(
    (log_key(ORIGIN, LOG), log_key(ORIGIN + "/sm3", LOG)),
    {"npc": witness_key("npc.example/w1", NPC), "audit": witness_key("audit.example/w2", AUDIT)},
    {"seen": (1, ("npc", "audit"))},
    "seen",
)


def subject(handle, count):
    """Leaves of one subject, each naming the one before."""
    before = None
    for n in range(count):
        told = {"c": f"{n:064x}", "d": "2026-11-22", "h": handle, "n": n, "t": "step", "v": 1}
        if before:
            told["p"] = before
        leaf = json.dumps(dict(sorted(told.items())), separators=(",", ":")).encode()
        before = leaf_hash(leaf).hex()
        yield leaf


LEAVES = [leaf for one in zip(*[subject(f"{n:032x}", 120) for n in range(5)], strict=True) for leaf in one]
SIZE = len(LEAVES)


def head(leaves=LEAVES, origin=ORIGIN, key=LOG, *, witnesses=True, root=None, h=sha256):
    text = str(Checkpoint(origin, len(leaves), root or root_of(leaf_hashes(leaves, h), h)))
    seen = [cosign(text, "npc.example/w1", NPC, AT)] if witnesses else []
    return str(Note(text, (sign(text, origin, key), *seen)))


def node_of(leaves):
    hashed = leaf_hashes(leaves)
    return lambda level, index: root_of(hashed[index << level : index + 1 << level])


def proof(index=17, leaves=LEAVES, checkpoint=None, extra=None):
    path = inclusion(node_of(leaves), index, len(leaves))
    extra = leaves[index] if extra is None else extra
    return str(Proof(index, tuple(path), checkpoint or head(leaves), extra))


def promise(index=17, leaves=LEAVES, origin=ORIGIN, key=LOG, at=AT):
    text = str(Promise(origin, leaf_hash(leaves[index]), at))
    return str(Note(text, (sign(text, origin, key),)))


def whole_slip(index=17, leaves=LEAVES, origin=ORIGIN, key=LOG):
    signed = head(leaves, origin, key)
    return slip(promise(index, leaves, origin, key), proof(index, leaves, signed), signed)


def export(folder, leaves=LEAVES, **changes):
    """The files of an export by name; a change of None leaves a file out."""
    kept, files = {}, {"checkpoint": head(leaves).encode()}
    Growing().add(
        leaf_hashes(leaves),
        lambda level, first, run: kept.update({(level, first + n): one for n, one in enumerate(run)}),
    )
    for tile in tiles_of(len(leaves)):
        span = range(tile.first, tile.first + tile.width)
        files[tile.path] = b"".join(kept[8 * tile.level, n] for n in span)
        if tile.level == 0:
            files[tile.entries] = bundle([leaves[n] for n in span])
    for name, data in (files | changes).items():
        if data is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder


def checker(folder, capsys):
    """Runs verify.py with our policy on texts, octets or paths: (exit code, what it said)."""
    (folder / "trust").write_text(str(POLICY))

    def run(command, *files, trust=True, lang="en", more=()):
        paths = []
        for n, one in enumerate(files):
            path = one
            if not isinstance(one, Path):
                path = folder / f"{n}.file"
                path.write_bytes(one if isinstance(one, bytes) else one.encode())
            paths.append(str(path))
        given = [command, *paths, "--lang", lang, "--out", str(folder), *more]
        code = verify.main(given + (["--policy", str(folder / "trust")] if trust else []))
        return code, capsys.readouterr().out

    return run
