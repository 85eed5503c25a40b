"""Which files are taken, how large, and what may be shown of them. Pure: looks at names and first bytes only."""

import re
from dataclasses import dataclass
from typing import Final

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

MB: Final = 1024 * 1024
LARGEST: Final = 50 * MB
LARGEST_IMAGE: Final = 10 * MB
MOST_PIXELS: Final = 40_000_000
MOST_FILES: Final = 20
MOST_AT_ONCE: Final = 250 * MB
MOST_SENT: Final = 1024 * MB
PUBLISHED_EDGE: Final = 1600
PUBLISHED_QUALITY: Final = 82
HEAD_BYTES: Final = 4096
LONGEST_NAME: Final = 120


class FileClass(Word):
    SEALED = "sealed", "密存原件"
    STAFF = "staff", "工作人员可看"
    PUBLISHED = "published", "清理后的公开件"


class FileState(Word):
    UNSCANNED = "unscanned", "未查毒"
    CLEAN = "clean", "已查毒"
    QUARANTINED = "quarantined", "已隔离"


class Sort(Word):
    IMAGE = "image", "图片"
    PDF = "pdf", "PDF"
    OFFICE = "office", "办公文件"
    SOUND = "sound", "录音"
    VIDEO = "video", "视频"


class FileTooLarge(Refusal):
    code, status = "file.too-large", 413
    text = "文件太大：最大{limit}MB。可以拍小一点的照片，或者分成几份。您写的文字都还在。"


class FilesTooLargeTogether(Refusal):
    code, status = "file.too-large-together", 413
    text = "一次交的文件加起来太大：最多{limit}MB。请分几次交。您写的文字都还在。"


class FileEmpty(Refusal):
    code, status, text = "file.empty", 422, "这个文件是空的，请重新选择。您写的文字都还在。"


class FileKindRefused(Refusal):
    code, status = "file.kind-refused", 415
    text = (
        "不收这种文件。可以交：照片（JPEG、PNG、WebP）、PDF、Word、Excel、PPT、录音、视频。您写的文字都还在。"
    )


class DrawingRefused(FileKindRefused):
    code, text = "file.drawing-refused", "不收 SVG 图。请截图或拍照后再交。您写的文字都还在。"


class PageRefused(FileKindRefused):
    code, text = "file.page-refused", "不收网页文件。请打印成 PDF 或拍照后再交。您写的文字都还在。"


class ProgramRefused(FileKindRefused):
    code, text = "file.program-refused", "不收程序和压缩包。您写的文字都还在。"


class NameAndContentDiffer(FileKindRefused):
    code, text = "file.name-differs", "文件名写的是 {named}，里面却是别的东西，不能收。您写的文字都还在。"


class TwoFilesInOne(FileKindRefused):
    code, text = (
        "file.two-in-one",
        "这个文件里还藏着另一种文件，不能收。请重新拍照或另存后再交。您写的文字都还在。",
    )


class PictureTooFine(Refusal):
    code, status = "file.picture-too-fine", 413
    text = "照片的像素太多（最多{limit}万）。请把相机调小一档再拍。您写的文字都还在。"


class PictureBroken(Refusal):
    code, status, text = (
        "file.picture-broken",
        422,
        "这张照片打不开，可能传坏了，请重新选择。您写的文字都还在。",
    )


class PdfBroken(Refusal):
    code, status, text = (
        "file.pdf-broken",
        422,
        "这份 PDF 打不开或者加了密码，请去掉密码后再交。您写的文字都还在。",
    )


class TooManyFiles(Refusal):
    code, status, text = "file.too-many", 422, "一件事最多交{limit}个文件。您写的文字都还在。"


class StoreFull(Refusal):
    code, status = "file.store-full", 507
    text = "存放文件的地方满了，文件暂时没收下。您写的文字都还在，可以先提交文字，过后再补文件。"


class FileInQuarantine(Refusal):
    code, status, text = "file.quarantined", 403, "这个文件查出病毒，已经隔离，不能打开。"


class FileNotScannedYet(Refusal):
    code, status, text = "file.not-scanned-yet", 409, "这个文件还在查毒，请过几分钟再打开。"


class FileErased(Refusal):
    code, status, text = "file.erased", 410, "这个文件已经按规定删除。"


@dataclass(frozen=True)
class Kind:
    sort: Sort
    media: str
    endings: tuple[str, ...]

    @property
    def limit(self) -> int:
        return LARGEST_IMAGE if self.sort is Sort.IMAGE else LARGEST


JPEG = Kind(Sort.IMAGE, "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = Kind(Sort.IMAGE, "image/png", ("png",))
WEBP = Kind(Sort.IMAGE, "image/webp", ("webp",))
PDF = Kind(Sort.PDF, "application/pdf", ("pdf",))
MP4 = Kind(Sort.VIDEO, "video/mp4", ("mp4", "m4v", "mov", "3gp"))
M4A = Kind(Sort.SOUND, "audio/mp4", ("m4a",))
WEBM = Kind(Sort.VIDEO, "video/webm", ("webm",))
MP3 = Kind(Sort.SOUND, "audio/mpeg", ("mp3",))
WAV = Kind(Sort.SOUND, "audio/wav", ("wav",))
AMR = Kind(Sort.SOUND, "audio/amr", ("amr",))
OGG = Kind(Sort.SOUND, "audio/ogg", ("ogg", "opus", "oga"))
_OPEN = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(Sort.OFFICE, _OPEN + "wordprocessingml.document", ("docx",))
XLSX = Kind(Sort.OFFICE, _OPEN + "spreadsheetml.sheet", ("xlsx",))
PPTX = Kind(Sort.OFFICE, _OPEN + "presentationml.presentation", ("pptx",))
OLD_OFFICE = {
    "doc": Kind(Sort.OFFICE, "application/msword", ("doc", "wps")),
    "xls": Kind(Sort.OFFICE, "application/vnd.ms-excel", ("xls", "et")),
    "ppt": Kind(Sort.OFFICE, "application/vnd.ms-powerpoint", ("ppt", "dps")),
}
_BY_ENDING = {ending: kind for kind in OLD_OFFICE.values() for ending in kind.endings}
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|iframe|svg|\?xml|\?php)", re.IGNORECASE)
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
)


def ending_of(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def shown_name(name: str) -> str:
    """The name as it may be kept and offered for download: one line, no path, not too long."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(
        c for c in last if c.isprintable() and c not in '<>:"|?*\u202a\u202b\u202c\u202d\u202e'
    ).strip(". ")
    if len(clean) <= LONGEST_NAME:
        return clean or "file"
    stem, dot, ending = clean.rpartition(".")
    return stem[: LONGEST_NAME - 12] + dot + ending[:10]


def _in_a_box(head: bytes, ending: str) -> Kind | None:
    """MP4 and its family: a box named ftyp, then the brand."""
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand in (b"M4A ", b"M4B ") or (ending == "m4a" and brand in (b"isom", b"mp42")):
        return M4A
    return None if brand in (b"heic", b"heix", b"mif1", b"avif") else MP4


def _in_a_zip(head: bytes, tail: bytes) -> Kind | None:
    """Office files are ZIP archives whose folder names say which. Any other archive is not taken."""
    if not head.startswith(b"PK\x03\x04"):
        return None
    seen = head + tail
    for mark, kind in ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)):
        if mark in seen and b"[Content_Types].xml" in seen:
            return kind
    return None


def _plain(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM
    if head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):
        return MP3
    if head.startswith(b"#!AMR"):
        return AMR
    return OGG if head.startswith(b"OggS") else None


def kind_of(name: str, head: bytes, tail: bytes = b"") -> Kind:
    """What a file is by its first bytes (and, for archives, its last); its ending must agree. Refuses by name."""
    if not head:
        raise FileEmpty()
    ending = ending_of(name)
    kind = _plain(head) or _in_a_box(head, ending) or _in_a_zip(head, tail)
    if kind is None and head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        kind = _BY_ENDING.get(ending)
    if kind is None:
        _refuse_unknown(ending, head)
        raise FileKindRefused()
    if ending not in kind.endings:
        raise NameAndContentDiffer(named="." + ending if ending else shown_name(name))
    if kind.sort in (Sort.IMAGE, Sort.PDF) and _MARKUP.search(head[:1024]) and not _is_xmp(head):
        raise TwoFilesInOne()
    return kind


def _is_xmp(head: bytes) -> bool:
    """Cameras and editors write an XML packet of their own near the front; it is dropped from the published copy."""
    return b"http://ns.adobe.com/xap/" in head or b"<?xpacket" in head or b"XML:com.adobe.xmp" in head


def _refuse_unknown(ending: str, head: bytes) -> None:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\x00").lower()
    if b"%PDF-" in head[:1024]:
        raise TwoFilesInOne()
    if ending in ("svg", "svgz") or start.startswith(b"<svg") or b"<svg" in start:
        raise DrawingRefused()
    if ending in ("html", "htm", "xhtml", "mht", "mhtml", "xml") or _MARKUP.search(start):
        raise PageRefused()
    if (
        head.startswith(_PROGRAMS)
        or head.startswith(b"PK")
        or ending in ("exe", "apk", "zip", "rar", "7z", "js", "bat")
    ):
        raise ProgramRefused()
