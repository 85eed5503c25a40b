"""The embedded PostgreSQL: find the programs, start the server of a home, stop it, say how it is.

It runs in its own session, so Ctrl-C in a terminal never reaches it; it listens on a private socket only, asks
every role for its password, and as root it runs under an account of its own. Never the server of a real county:
that one is DATABASE_URL.
"""

from minqing.wiring.postgres.server import Status, commits_wait_for, down, fallen, running, status, up

__all__ = ["Status", "commits_wait_for", "down", "fallen", "running", "status", "up"]
