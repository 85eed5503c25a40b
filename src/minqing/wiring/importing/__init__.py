"""`minqing import`: old messages, lists of cadres, households, pairs and places, from CSV or XLSX.

Nothing is guessed silently: the columns found are shown and confirmed, bad rows go to a file with their reasons, and
the same file twice adds nothing.
"""

from minqing.wiring.importing.run import main

__all__ = ["main"]
