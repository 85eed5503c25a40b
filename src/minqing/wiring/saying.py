"""What the command line says: Chinese, or English where LANG or --lang asks for it. Needs no Django."""

import gettext
import os
import sys
from pathlib import Path

from minqing.kernel.errors import Refusal

LOCALE = Path(__file__).resolve().parents[1] / "locale"


class Trouble(Exception):
    """A foreseen failure of the front door: one clear text for the person, and the exit code."""

    def __init__(self, text: str, *, code: int = 1) -> None:
        self.code = code
        super().__init__(text)


def language() -> str:
    """`MINQING_LANG` (set by --lang) wins, then the terminal's own; anything that is not English is Chinese."""
    for name in ("MINQING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def t(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def say(zh: str, en: str) -> None:
    """One line on stderr: stdout belongs to results."""
    print(t(zh, en), file=sys.stderr, flush=True)


def said_no(refusal: Refusal) -> str:
    """A refusal in the language of the terminal, by the same translations as the pages."""
    if language() != "en":
        return str(refusal)
    words = gettext.translation("django", LOCALE, languages=["en"], fallback=True)
    return words.gettext(refusal.text).format(**refusal.data)
