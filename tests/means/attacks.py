"""Files that somebody might send: whole ones, broken ones and hostile ones, made on the spot."""

import io
import socket
import struct
import threading
import zipfile
import zlib
from pathlib import Path

import pikepdf
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PAYLOAD = b"PK\x03\x04<?php system($_GET['c']); ?>"


def photo(
    size: tuple[int, int] = (640, 480), *, kind: str = "JPEG", gps: bool = True, orientation: int = 6
) -> bytes:
    """A photo as a telephone makes it: place, maker, turned."""
    picture = Image.new("RGB", size, (180, 60, 40))
    picture.paste((20, 90, 60), (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Orientation] = "TELEPHONE-MAKER", orientation
    if gps:
        place = exif.get_ifd(IFD.GPSInfo)
        place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (29.0, 33.0, 44.0)
        place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (105.0, 1.0, 2.0)
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that ask for a very large picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def armed_pdf() -> bytes:
    """A PDF with everything a paper should not do."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.Root.AA = pikepdf.Dictionary(WC=script)
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", pdf.make_indirect(script)]))
    )
    pdf.attachments["evil.exe"] = b"MZ evil"
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch, Contents="inline"
    )
    uri = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.invalid/"),
    )  # fmt: skip
    attached = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9]
    )
    page.obj.Annots = pikepdf.Array([link, pdf.make_indirect(uri), attached])
    page.obj.AA = pikepdf.Dictionary(O=script)
    pdf.docinfo["/Author"] = "ZHANG WHO WROTE IT"
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = ["ZHANG WHO WROTE IT"]
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def office(inside: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("media/filler.bin", bytes(range(256)) * 40)
        archive.writestr(inside, "<w:document/>")
    return out.getvalue()


class Clamd:
    """A scanner on a local socket that speaks INSTREAM and knows one virus."""

    VIRUS = b"X5O-INVENTED-TEST-VIRUS"

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:{folder / 'clamd'}"
        self._line = socket.socket(socket.AF_UNIX)
        self._line.bind(str(folder / "clamd"))
        self._line.listen()
        self.asked = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._line.accept()
            except OSError:
                return
            with caller, caller.makefile("rwb") as stream:
                self.asked += 1
                if stream.read(10) != b"zINSTREAM\0":
                    continue
                body = b""
                while size := struct.unpack(">I", stream.read(4))[0]:
                    body += stream.read(size)
                stream.write(b"stream: Invented FOUND\0" if self.VIRUS in body else b"stream: OK\0")

    def close(self) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
