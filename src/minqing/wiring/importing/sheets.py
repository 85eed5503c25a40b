"""Reading tables that people made: CSV in UTF-8 or GB18030, XLSX; and writing rejects that no spreadsheet will run."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from minqing.kernel.errors import Refusal
from minqing.wiring.importing.reasons import Reject
from minqing.wiring.saying import said_no, t

CHINA = ZoneInfo("Asia/Shanghai")
LONGEST_CELL = 32_767
FORMULA = "=+-@\t\r\n\0＝＋－＠"
EARLIEST = 1949
FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日", "%Y%m%d")


class Unreadable(Refusal):
    code, status, text = (
        "import.unreadable",
        422,
        "读不懂文件“{file}”：{why}。请存成 CSV（UTF-8 或 GB18030）或 XLSX。",
    )


class NoHeader(Refusal):
    code, status, text = "import.no-header", 422, "文件“{file}”第一行没有列名。"


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, column → text) of every non-empty row; refuses what is not a table."""
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        yield from _xlsx(path)
    else:
        yield from _csv(path)


def header_of(path: Path) -> list[str]:
    for _, row in rows_of(path):
        return list(row)
    return []


def _csv(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(file=path.name, why=t("文字编码不对", "not UTF-8 and not GB18030"))
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""))
    if not reader.fieldnames or not any(name and name.strip() for name in reader.fieldnames):
        raise NoHeader(file=path.name)
    for row in reader:
        clean = {
            str(k).strip(): (v or "").strip()
            for k, v in row.items()
            if k is not None and not isinstance(v, list)
        }
        if any(clean.values()):
            yield reader.line_num, clean


def _xlsx(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        sheet = load_workbook(path, read_only=True, data_only=False).worksheets[0]
        lines = sheet.iter_rows(values_only=True)
        names = [str(name or "").strip() for name in next(lines)]
    except StopIteration:
        raise NoHeader(file=path.name) from None
    except Exception as error:  # openpyxl raises many kinds for a broken file
        raise Unreadable(file=path.name, why=type(error).__name__) from error
    if not any(names):
        raise NoHeader(file=path.name)
    for number, line in enumerate(lines, start=2):
        clean = {name: _cell(value) for name, value in zip(names, line, strict=False) if name}
        if any(clean.values()):
            yield number, clean


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def time_of(text: str) -> datetime | None:
    """A Beijing time from the forms people type; None when it is not one. Years before 1949 are not one."""
    plain = text.replace("/", "-").replace(".", "-", 2).replace("T", " ").strip()
    plain = plain.removesuffix("Z").partition("+")[0]
    if (
        len(plain) == len("2026-03-02 08:00:00") and plain[4] == plain[7] == "-"
    ):  # the usual form, read ten times as fast
        with suppress(ValueError):
            at = datetime.fromisoformat(plain).replace(tzinfo=CHINA)
            return at if at.year >= EARLIEST else None
    for form in FORMATS:
        try:
            at = datetime.strptime(plain, form).replace(tzinfo=CHINA)
        except ValueError:
            continue
        return at if at.year >= EARLIEST else None
    return None


def harmless(text: str) -> str:
    """Text that a spreadsheet shows instead of running: an apostrophe before a leading formula sign."""
    return "'" + text if text.lstrip(" \u3000")[:1] in FORMULA and text.strip() else text


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """line, code, reason in the language of the terminal, then the row's own columns; as a workbook where the name asks."""
    rows = list(rejects)
    columns = list(dict.fromkeys(name for _, _, row in rows for name in row))
    told = [["line", "code", "reason", *columns]] + [
        [str(number), reason.code, said_no(reason), *(row.get(name, "") for name in columns)]
        for number, reason, row in rows
    ]
    if path.suffix.lower() == ".xlsx":
        _write_book(path, told)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([harmless(cell) for cell in line] for line in told)


def _write_book(path: Path, lines: list[list[str]]) -> None:
    """Every cell is text, whatever it begins with: nothing runs when it is opened, and it can be read in again."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]) for text in line]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    book.save(path)
