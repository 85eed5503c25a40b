"""Heavy libraries that most processes never use: loaded at the first use, so that they take no memory before it.

    if TYPE_CHECKING:
        import pikepdf
    else:
        pikepdf = later("pikepdf")

For whole modules and for memory only; everything else is imported at the top of its file.
"""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module: the first name asked of it loads the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # Importing what is there is one look-up, and Python itself lets two threads import one module only once.
        return getattr(import_module(self._name), name)


def later(name: str) -> Later:
    return Later(name)
