"""What the embedded server is told: in `minqing.conf`, and whom commits wait for in a file of its own."""

import os
from collections.abc import Callable
from pathlib import Path

WAITING = "minqing-waiting.conf"
Write = Callable[[Path, str], None]


def memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 2 << 30


def write_settings(cluster: Path, socket: Path, port: int, extra: dict[str, str], write: Write) -> None:
    megabytes = memory() >> 20
    values = {
        "listen_addresses": "",
        "port": str(port),
        "unix_socket_directories": '"' + str(socket).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": f"{min(max(megabytes // 8, 64), 1024)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 128)}MB",
        "maintenance_work_mem": f"{min(max(megabytes // 32, 32), 512)}MB",
        "work_mem": "16MB",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "max_slot_wal_keep_size": "10GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] %u ",
        "log_min_duration_statement": "2000",
        "log_parameter_max_length": "0",  # what is slow is logged without what people wrote
        "log_error_verbosity": "terse",  # no "Failing row contains …"
    } | extra
    lines = [f"{name} = '" + value.replace("'", "''") + "'\n" for name, value in values.items()]
    write(cluster / "minqing.conf", "".join(lines))
    main = cluster / "postgresql.conf"
    for line in ("include = 'minqing.conf'", f"include_if_exists = '{WAITING}'"):
        if line not in main.read_text("utf-8"):
            write(main, main.read_text("utf-8") + f"\n{line}\n")


def write_waiting(cluster: Path, standby: str, write: Write) -> bool:
    """Whom commits wait for; True when that changed."""
    path, text = cluster / WAITING, f"synchronous_standby_names = '{standby}'\n"
    if (path.read_text() if path.exists() else "") == text:
        return False
    write(path, text)
    return True
