"""minqing words: see minqing.wiring.words."""

from minqing.wiring.words import add_arguments, run

__all__ = ["add_arguments", "run"]
