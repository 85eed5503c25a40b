"""The way back: the newest whole base, then every octet of WAL behind it, into a home in which no database lies.

Cut off half-way, it begins anew when run again. What was signed is not decided here: the signer's memory lies outside every
backup, and `minqing log settle` compares it with what came back (trust specification §1.6).
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from minqing.wiring import archive
from minqing.wiring.backups.basing import Progress, files_of, unpack
from minqing.wiring.backups.filing import Files
from minqing.wiring.backups.following import about_segment
from minqing.wiring.backups.sealed import Damaged, read, whole
from minqing.wiring.backups.store import HOME, KEY, PART, Base, Line, Store, name_of, now, sealed_files
from minqing.wiring.home import Home, create_once, replace
from minqing.wiring.postgres.recovering import Unpacked, place_for
from minqing.wiring.saying import Trouble, t

MARK = "restoring"


def verify(store: Store, progress: Progress) -> dict[str, Any]:
    """Read everything that the newest whole base needs, change nothing."""
    line, base = store.best()
    told = _reading(lambda: unpack(store, line, base.folder, progress=progress, what=t("核对", "checking")))
    octets = 0
    reach = _reach(line, base)
    for number in range(base.first, reach + 1):
        octets += sum(map(len, _segment(store, line, base, number)))
        progress(number - base.first + 1, reach - base.first + 1, t("核对日志", "checking WAL"))
    _reading(lambda: whole(store.folder / HOME, store.key, "home"))
    missing = [
        name for name, size in files_of(store, line, base).items() if not _there(store.files / name, size)
    ]
    if missing:
        raise Trouble(t(f"少了附件：{missing[0]}", f"A file is missing: {missing[0]}"))
    return {
        "base": base.folder.name, "line": line.folder.name, "at": base.about["at"], "members": told["members"],
        "segments": reach - base.first + 1, "wal_octets": octets, "gap": line.next_after_gap(base) is not None,
        "files": base.about["files"], "minqing": base.about["minqing"], "postgresql": base.about["postgresql"],
        "old": now() - base.at > timedelta(days=35),
    }  # fmt: skip


def restore(
    here: Home, store: Store, progress: Progress, *, past_gap: bool = False, migrate: bool = True
) -> dict[str, Any]:
    """The server of the home runs afterwards. A gap in the WAL is an end that nobody chose: refused unless said."""
    line, base = store.best()
    archive.not_newer({"migrations": base.about["migrations"], "minqing": base.about["minqing"]})
    if line.next_after_gap(base) is not None and not past_gap:
        raise Trouble(
            t(
                f"日志在第 {_reach(line, base) + 1} 段断了，之后的到不了。补上那一段；真的没有了，加 --past-gap 恢复到断处。",
                f"The WAL breaks off before segment {_reach(line, base) + 1}. Bring that segment; if it is lost for good, "
                "--past-gap restores up to there.",
            ),
            code=5,
        )
    mark = here.path / MARK
    if not mark.exists() and not _no_database(here):
        raise Trouble(
            t(
                f"{here.path} 里已经有数据库或附件。恢复只进空目录：请另设 MINQING_HOME。",
                f"{here.path} holds a database or files. Set another MINQING_HOME: a backup goes into an empty one.",
            ),
            code=4,
        )
    begun = time.monotonic()
    here.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    _home(here, store)
    with place_for(here, base.about["postgresql"], again=mark.exists) as place:
        told, octets = _lay_out(store, line, base, place, progress)
        unpacked = time.monotonic()
        progress(0, 0, t("重放日志", "replaying WAL"))
        position = place.recover()
    recovered = time.monotonic()
    files = Files(store.files, here.files)
    names = list(sealed_files(store.files))
    for n, name in enumerate(names):
        files.copy(name)
        progress(n + 1, len(names), t("附件", "files"))
    if migrate:
        archive.migrate()
    mark.unlink()
    return {
        "home": str(here.path), "base": base.folder.name, "at": base.about["at"], "members": told["members"],
        "octets": told["octets"], "wal_octets": octets, "position": position, "files": len(names),
        "unpacked_s": round(unpacked - begun, 1), "replayed_s": round(recovered - unpacked, 1),
        "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


def _lay_out(
    store: Store, line: Line, base: Base, place: Unpacked, progress: Progress
) -> tuple[dict[str, Any], int]:
    """Base and WAL in the clear; (what the base is, octets of WAL)."""
    what = t("解包", "unpacking")
    told = _reading(
        lambda: unpack(store, line, base.folder, put_file=place.put, progress=progress, what=what)
    )
    reach, size, octets = _reach(line, base), int(base.about["segment_size"]), 0
    for number in range(base.first, reach + 1):
        name = name_of(number, size, line.timeline)
        octets += place.put_segment(name, _segment(store, line, base, number), size)
        progress(number - base.first + 1, reach - base.first + 1, t("取回日志", "fetching WAL"))
    return told, octets


def lay_out(here: Home, store: Store, folder: Path, progress: Progress) -> dict[str, Any]:
    """For a server of the county's own: its data and WAL into `folder`, keys and files into the home. Starts nothing."""
    line, base = store.best()
    if folder.exists() and any(folder.iterdir()):
        raise Trouble(t(f"{folder} 不是空的。", f"{folder} is not empty."), code=4)
    place = Unpacked(folder / "data", folder / "wal")
    for one in (folder, place.half, place.wal):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    told, octets = _lay_out(store, line, base, place, progress)
    (place.half / "recovery.signal").touch(mode=0o600)
    with (place.half / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        command = place.fetches().replace("'", "''")
        file.write(f"\nrestore_command = '{command}'\nsynchronous_standby_names = ''\n")
    here.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keys(here, json.loads(_reading(lambda: whole(store.folder / HOME, store.key, "home"))), store.key)
    here.files.mkdir(mode=0o700, exist_ok=True)
    copied = sum(Files(store.files, here.files).copy(name) for name in sealed_files(store.files))
    return {
        "data": str(place.half),
        "at": base.about["at"],
        "members": told["members"],
        "wal_octets": octets,
        "files": copied,
    }


def take_signer(here: Home, folder: Path) -> None:
    """The signer's memory from where the machine before kept it; it never comes out of a backup."""
    if not (folder / "high-water").is_file():
        raise Trouble(t(f"{folder} 里没有 high-water。", f"There is no high-water in {folder}."), code=2)
    target = here.path / "signer"
    if folder.resolve() == target.resolve():
        return
    target.mkdir(mode=0o700, exist_ok=True)
    for path in folder.glob("high-water*"):
        replace(target / path.name, path.read_bytes())


def _home(here: Home, store: Store) -> None:
    """Keys, passwords of the server, loose files: as they were last."""
    told = json.loads(_reading(lambda: whole(store.folder / HOME, store.key, "home")))
    _keys(here, told, store.key)
    socket = here.server()["socket"]
    here.server_file.unlink(missing_ok=True)
    server = {"passwords": told["passwords"], "socket": socket}
    create_once(here.server_file, json.dumps(server, indent=1).encode())
    here.prepare()


def _keys(here: Home, told: dict[str, Any], key: bytes) -> None:
    here.keys.mkdir(mode=0o700, exist_ok=True)
    for name, text in (told["keys"] | {KEY: key.hex()}).items():
        path = here.keys / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(path, bytes.fromhex(text))
    for name, text in told["loose"].items():
        replace(here.path / name, text.encode())


def _no_database(here: Home) -> bool:
    data = any(here.data.glob("pg[0-9]*"))
    return not data and not here.server_file.exists() and not any(here.files.glob("??/??/*"))


def _reach(line: Line, base: Base) -> int:
    reach = line.reach(base)
    assert reach is not None
    return reach


def _segment(store: Store, line: Line, base: Base, number: int) -> Iterator[bytes]:
    path = line.segments(base.about["segment_size"])[number]
    name = path.name.removesuffix(PART)
    try:
        yield from read(path, store.key, about_segment(line, name), going_on=path.name.endswith(PART))
    except Damaged as fault:
        raise _damaged(fault) from fault


def _reading(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Damaged as fault:
        raise _damaged(fault) from fault


def _damaged(fault: Damaged) -> Trouble:
    return Trouble(
        t(
            f"备份已损坏，或备份密钥不对：{fault}",
            f"The backup is damaged, or this is not its key: {fault}",
        )
    )


def _there(path: Path, size: int) -> bool:
    return path.exists() and os.stat(path).st_size == size


def forget_half(here: Home) -> None:
    """Nothing of a restore that was cut off stays in the clear beside the data."""
    for name in ("restoring", "restoring-wal"):
        shutil.rmtree(here.data / name, ignore_errors=True)
