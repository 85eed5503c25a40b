"""Minqing 民情: the working system of the mass line for one county."""

__version__ = "0.1.0"
