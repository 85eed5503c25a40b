"""Clean copies: a picture painted anew, a PDF without scripts, attachments and actions."""

import io
import threading
from typing import TYPE_CHECKING, Any

from minqing.kernel.later import later
from minqing.means.files import rules
from minqing.means.files.rules import Kind

if TYPE_CHECKING:
    import pikepdf
    from PIL import Image, ImageOps
else:
    pikepdf, Image, ImageOps = later("pikepdf"), later("PIL.Image"), later("PIL.ImageOps")

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)  # a 40-megapixel picture takes 120 MB while it is open

_ACTIVE_KEYS = (
    "/OpenAction", "/AA", "/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/AF", "/XFA", "/RichMediaContent",
    "/RichMediaSettings", "/Metadata", "/PieceInfo", "/Collection", "/URI", "/Movie", "/Rendition", "/Sound",
)  # fmt: skip
_SAFE_ACTIONS = ("/GoTo", "/Named")
_ACTIVE_ANNOTATIONS = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D")
_DEEPEST = 60


def picture(content: bytes, kind: Kind) -> bytes:
    """The picture as JPEG of at most 1600 px, upright, from a new pixel buffer: no metadata, nothing appended."""
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(content), formats=(_FORMATS[kind.media],)) as source:
            width, height = source.size
            if width * height > rules.MOST_PIXELS:
                raise rules.PictureTooFine(limit=rules.MOST_PIXELS // 10_000)
            source.draft("RGB", (rules.PUBLISHED_EDGE, rules.PUBLISHED_EDGE))
            # First, so that nothing large is copied.
            source.thumbnail((rules.PUBLISHED_EDGE, rules.PUBLISHED_EDGE))
            upright = ImageOps.exif_transpose(source)
            clear = (
                upright.convert("RGBA")
                if "A" in upright.getbands() or "transparency" in upright.info
                else None
            )
            fresh = Image.new("RGB", upright.size, "white")
            fresh.paste(clear or upright.convert("RGB"), mask=clear)
            out = io.BytesIO()
            fresh.save(out, "JPEG", quality=rules.PUBLISHED_QUALITY, optimize=True)
            return out.getvalue()
    except Image.DecompressionBombError:
        raise rules.PictureTooFine(limit=rules.MOST_PIXELS // 10_000) from None
    except (OSError, SyntaxError, ValueError, ArithmeticError, IndexError, TypeError, MemoryError):
        raise rules.PictureBroken() from None


def _disarm(node: Any, depth: int = 0) -> None:
    """Drop every active key below an object, down to the next indirect object (those come in their own turn)."""
    if depth > _DEEPEST:
        raise rules.PdfBroken()
    if isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
        action = node.get("/S")
        if isinstance(action, pikepdf.Name) and _is_action(node) and str(action) not in _SAFE_ACTIONS:
            for key in list(node.keys()):
                del node[key]
            return
        for key in _ACTIVE_KEYS:
            if key in node:
                del node[key]
        children = [node[key] for key in list(node.keys()) if key not in ("/Length", "/Parent")]
    elif isinstance(node, pikepdf.Array):
        children = list(node)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _disarm(child, depth + 1)


def _is_action(node: Any) -> bool:
    """/S also names structure elements and page borders: those have no action's keys."""
    if node.get("/Type") == "/Action":
        return True
    return str(node.get("/S")) in {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/URI", "/Thread",
        "/Rendition", "/Movie", "/Sound", "/Hide", "/SetOCGState", "/Trans", "/GoTo3DView", "/RichMediaExecute",
    }  # fmt: skip


def pdf(content: bytes) -> bytes:
    """The same pages without scripts, attachments, actions, links and metadata, written anew."""
    try:
        with pikepdf.open(io.BytesIO(content)) as source:
            for page in source.pages:
                notes = page.obj.get("/Annots")
                if isinstance(notes, pikepdf.Array):
                    kept = [note for note in notes if str(note.get("/Subtype")) not in _ACTIVE_ANNOTATIONS]
                    page.obj["/Annots"] = pikepdf.Array(kept)
            for node in source.objects:
                _disarm(node)
            if "/Info" in source.trailer:
                del source.trailer["/Info"]
            out = io.BytesIO()
            source.save(out, fix_metadata_version=False)
            return out.getvalue()
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        ValueError,
        RuntimeError,
        AttributeError,
        TypeError,
        KeyError,
    ):
        raise rules.PdfBroken() from None
