"""Invented pictures, drawn line by line: what somebody might hand in with a word. Nobody is on them, and no real place."""

import io
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from minqing.kernel.later import later
from minqing.means.documents.queries.fonts import SERIF, folders

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont
else:
    Image, ImageDraw, ImageFont = later("PIL.Image"), later("PIL.ImageDraw"), later("PIL.ImageFont")

WIDE, HIGH = 800, 600
PAGE = (860, 1216)
INK, PAPER = "#23324f", "#f6f2e6"
STAMP = "#b23a3a"
PRICE = 3.2
LINE = 24  # signs in a line of a letter
STOPS = ("，", "。", "、", "；", "：", "？", "！", "”")


def _font(size: int) -> Any:
    path = next(folder / SERIF for folder in folders() if (folder / SERIF).exists())
    return ImageFont.truetype(str(path), size)


def _hole(pen: Any, dice: Random) -> None:
    """A broken road, and a rod beside it to say how deep."""
    pen.rectangle((0, 0, WIDE, HIGH), "#c9d6c0")
    pen.polygon(((260, 0), (520, 0), (800, 600), (0, 600)), "#8d8f91")
    for y in range(20, 600, 90):
        pen.polygon(((396, y), (404, y), (408, y + 44), (392, y + 44)), "#e9e6d8")
    for _ in range(3 + dice.randrange(3)):
        x, y = dice.randrange(200, 560), dice.randrange(230, 520)
        w, h = dice.randrange(60, 130), dice.randrange(22, 48)
        pen.ellipse((x - w, y - h, x + w, y + h), "#5b564f", "#47433d", 4)
        pen.ellipse((x - w // 2, y - h // 3, x + w // 2, y + h // 2), "#3c3a39")
    deep = dice.randrange(15, 34)
    pen.rectangle((640, 300, 662, 560), "#e8d9a0", "#6b5d2f", 2)
    for n in range(11):
        pen.line((640, 310 + 24 * n, 652, 310 + 24 * n), "#6b5d2f", 2)
    pen.text((560, 250), f"深约{deep}厘米", INK, _font(30))


def _pipe(pen: Any, dice: Random) -> None:
    """A dug-out pipe that leaks into its ditch."""
    pen.rectangle((0, 0, WIDE, 190), "#dfe7ea")
    pen.rectangle((0, 190, WIDE, HIGH), "#9a7b58")
    pen.polygon(((90, 190), (710, 190), (620, 520), (180, 520)), "#6f553b")
    pen.rectangle((0, 320, WIDE, 380), "#b9bec2", "#6f767b", 4)
    for x in (250, 530):
        pen.rectangle((x, 306, x + 40, 394), "#a2a8ad", "#6f767b", 4)
    at = dice.randrange(330, 470)
    pen.line((at, 322, at + 18, 350, at + 4, 378), "#3b3f42", 5)
    for n in range(14):
        x, y = at + dice.randrange(-60, 80), 380 + 9 * n
        pen.ellipse((x - 5, y - 9, x + 5, y + 9), "#5fa3c8")
    pen.ellipse((210, 476, 590, 536), "#5f93ad")


def _lamps(pen: Any, dice: Random) -> None:
    """A street at night, where one lamp of five is lit."""
    pen.rectangle((0, 0, WIDE, HIGH), "#1d2433")
    pen.polygon(((330, 260), (470, 260), (800, 600), (0, 600)), "#2c3140")
    lit = dice.randrange(5)
    for n in range(5):
        x, top = 90 + 150 * n, 150 + 12 * n
        if n == lit:
            pen.polygon(((x + 40, top + 10), (x - 50, 520), (x + 150, 520)), "#5b5a3e")
        pen.line((x, 520, x, top, x + 46, top), "#77808f", 7)
        pen.ellipse((x + 30, top - 8, x + 62, top + 14), "#ffe9a3" if n == lit else "#454c5a")


def _bins(pen: Any, dice: Random) -> None:
    """Three bins, and what no longer goes into them."""
    pen.rectangle((0, 0, WIDE, 380), "#d8d3c8")
    pen.rectangle((0, 380, WIDE, HIGH), "#a9a498")
    for n, colour in enumerate(("#4d7c59", "#4b6f93", "#7a6a4f")):
        x = 130 + 190 * n
        pen.polygon(((x, 260), (x + 150, 260), (x + 132, 480), (x + 18, 480)), colour)
        pen.polygon(((x - 8, 250), (x + 120, 190), (x + 130, 205), (x + 4, 264)), "#3f4540")
    for _ in range(16 + dice.randrange(8)):
        x, y, r = dice.randrange(60, 740), dice.randrange(430, 570), dice.randrange(18, 44)
        pen.ellipse(
            (x - r, y - r, x + r, y + r),
            dice.choice(("#e8e6df", "#c9c2ad", "#57606b", "#8f4f46")),
            "#6d6a63",
            2,
        )


def _bill(pen: Any, dice: Random) -> None:
    """A slip of what was paid, month by month; it adds up."""
    pen.rectangle((0, 0, WIDE, HIGH), "#8a8378")
    pen.rectangle((110, 30, 690, 570), "#fdfcf7", "#b5ae9f", 3)
    pen.text((290, 56), "缴 费 单", INK, _font(44))
    used = [6 + dice.randrange(30) for _ in range(5)]
    rows = [(f"{4 + n}月", str(count), f"{count * PRICE:.2f}") for n, count in enumerate(used)]
    for n, row in enumerate((("月份", "数量", "金额"), *rows)):
        y = 140 + 58 * n
        pen.line((150, y + 48, 650, y + 48), "#c9c3b4", 2)
        for x, words in zip((180, 350, 510), row, strict=True):
            pen.text((x, y), words, INK, _font(30))
    pen.text((350, 500), f"合计  {sum(used) * PRICE:.2f} 元", STAMP, _font(34))


SKETCHES: dict[str, Callable[[Any, Random], None]] = {
    "hole": _hole, "pipe": _pipe, "lamps": _lamps, "bins": _bins, "bill": _bill,
}  # fmt: skip


def picture(what: str, seed: int) -> bytes:
    """A drawing as a telephone would send it, with no word of where or when inside."""
    drawn = Image.new("RGB", (WIDE, HIGH))
    SKETCHES[what](ImageDraw.Draw(drawn), Random(seed))
    return _as(drawn, "JPEG", quality=85)


def letter(text: str, *, came: str, greets: bool = True) -> bytes:
    """The scan of a letter on ruled paper with the stamp of its arrival, laid a little askew."""
    text = "您好：\n" + text if greets and not text.startswith(("您好", "你好")) else text
    drawn = Image.new("RGB", PAGE, PAPER)
    pen = ImageDraw.Draw(drawn)
    for y in range(150, PAGE[1] - 60, 50):
        pen.line((60, y, PAGE[0] - 60, y), "#c7b9b0", 1)
    font = _font(29)
    for n, line in enumerate(_lines(text, (PAGE[1] - 240) // 50)):
        pen.text((70, 114 + 50 * n), line, INK, font)
    pen.rectangle((596, 18, 822, 92), None, STAMP, 4)
    pen.text((622, 22), "收 文 章", STAMP, _font(26))
    pen.text((622, 56), came, STAMP, _font(24))
    return _as(drawn.rotate(0.7, fillcolor="#d9d4c8"), "JPEG", quality=80)


def _lines(text: str, most: int) -> list[str]:
    """Broken as a hand breaks them: a stop never begins a line, the greeting stands at the margin."""
    told: list[str] = []
    for paragraph in text.split("\n"):
        words = paragraph.strip()
        words = words if words.endswith("：") else "　　" + words
        while words:
            end = LINE + (words[LINE : LINE + 1] in STOPS)
            told.append(words[:end])
            words = words[end:]
    return [*told[: most - 1], "……"] if len(told) > most else told


def sheet(title: str, rows: list[tuple[str, str, str]]) -> bytes:
    """A list on one page, as a PDF."""
    drawn = Image.new("RGB", PAGE, "white")
    pen = ImageDraw.Draw(drawn)
    pen.text((90, 70), title, "black", _font(40))
    for n, row in enumerate(rows):
        y = 170 + 46 * n
        pen.line((90, y + 42, 770, y + 42), "#999999", 1)
        for x, words in zip((100, 320, 560), row, strict=True):
            pen.text((x, y), words, "black", _font(26))
    return _as(drawn, "PDF", resolution=104)


def _as(drawn: Any, form: str, **how: Any) -> bytes:
    out = io.BytesIO()
    drawn.save(out, form, **how)
    return out.getvalue()
