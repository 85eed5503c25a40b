"""What `minqing run` keeps alive, and on which ports: the county's pages and worker, and the sealed side's beside them."""

import argparse
import errno
import os
import socket
import sys

from minqing.wiring import home
from minqing.wiring.children import Children
from minqing.wiring.saying import Trouble, t

WORKER = [sys.executable, "-m", "minqing.wiring.cli", "worker"]


def serve(children: Children, args: argparse.Namespace, sealed: int | None) -> None:
    """The county's pages; they know where the sealed side answers, and never answer there."""
    children.start("web", _web(args.host, args.port, args.workers, args.threads), _lean(args.host, sealed))


def work(children: Children, args: argparse.Namespace, sealed: int | None) -> None:
    """Begun once a page has answered: until then the web processes need the machine, and nothing waits for the others."""
    env = _lean(args.host, sealed)
    children.start("worker", WORKER, env)
    if sealed is not None:
        env = {**env, "MINQING_SIDE": "sealed"}
        children.start("sealed web", _web(args.host, sealed, 1, args.threads), env)
        children.start("sealed worker", WORKER, {**env, "MINQING_WORKS": "1"})


def _lean(host: str, sealed: int | None) -> dict[str, str]:
    env = {**os.environ, "MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1", "MINQING_SIDE": "county"}
    if sealed is not None:
        env.setdefault("MINQING_SEALED_HOST", f"{name(host)}:{sealed}")
    return env


def _web(host: str, port: int, workers: int, threads: int) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(threads), "--no-ws"]
    command += ["--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10"]
    return [*command, "minqing.wiring.wsgi:application"]


def name(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104


def sealed_port(here: home.Home, host: str, beside: int) -> int | None:
    """MINQING_SEALED_PORT, else the next port, else (when that is used) any free one; None: no clues' database."""
    if not here.side_url(home.CLUES) or os.environ.get("MINQING_CLUES") == "0":
        return None
    if named := os.environ.get("MINQING_SEALED_PORT", ""):
        claim(host, port(named))
        return port(named)
    try:
        claim(host, beside + 1)
        return beside + 1
    except (Trouble, OverflowError):
        with socket.socket() as probe:
            probe.bind((host, 0))
            return int(probe.getsockname()[1])


def port(typed: str) -> int:
    if not typed.isdecimal() or not 0 < int(typed) < 65_536:
        raise argparse.ArgumentTypeError(
            t(f"端口“{typed}”不对，应为 1 到 65535", f"no such port: {typed} (1 to 65535)")
        )
    return int(typed)


def claim(host: str, port: int) -> None:
    """Say at once, by name, that the port is used; a web server started on it would only die."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Trouble(
                t(
                    f"没有权限使用端口 {port}。请换一个：PORT=8001 make run",
                    f"No right to use port {port}. Try: PORT=8001 make run",
                ),
                code=4,
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Trouble(
                    t(f"不能监听 {host}:{port}：{error}", f"Cannot listen on {host}:{port}: {error}"), code=4
                ) from None
            raise Trouble(
                t(
                    f"端口 {port} 已被别的程序占用。请换一个：PORT={port + 1} make run",
                    f"Port {port} is used by another program. Choose another: PORT={port + 1} make run",
                ),
                code=4,
            ) from None
