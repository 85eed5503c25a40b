"""Files on their way in: never more of them on the disk than could be kept, and a full disk costs nobody a word.

Django parses a whole form before any view sees it. A file that is too large is read to its end and thrown away, so that
the browser hears an answer and the rest of the form is there; the view meets the file as one that was not taken.
"""

from contextlib import suppress
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from minqing.kernel.errors import Refusal
from minqing.means.files.rules import (
    LARGEST,
    MB,
    MOST_AT_ONCE,
    MOST_SENT,
    FilesTooLargeTogether,
    FileTooLarge,
    StoreFull,
)


class NotTaken(UploadedFile):
    """A file that came and was not taken: whoever opens it hears why."""

    def __init__(self, why: Refusal, *, name: str | None, size: int, content_type: str | None) -> None:
        super().__init__(BytesIO(), name, content_type, size)
        self.why = why

    def chunks(self, chunk_size: int | None = None) -> NoReturn:
        raise self.why

    def read(self, *_args: Any) -> NoReturn:
        raise self.why


class Unlisted(UploadedFile):
    """A temporary file that stands in no folder: gone with the request, also when the process is killed half-way through.

    What comes with an accusation is open here for the last time, before it is sealed.
    """

    def __init__(self, name: str | None, content_type: str | None, charset: str | None, extra: Any) -> None:
        where = settings.FILE_UPLOAD_TEMP_DIR
        file = TemporaryFile(dir=where)  # noqa: SIM115  the request closes it
        super().__init__(file, name, content_type, 0, charset, extra)


class BoundedHandler(TemporaryFileUploadHandler):
    """One for a request: writes to a temporary file until a file, or all of them, are too much."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.why: Refusal | None = None
        self.size = self.written = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any) -> None:
        if content_length > MOST_SENT:  # nobody types beside this: not worth reading to its end
            raise RequestDataTooBig()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.why, self.size = None, 0
        FileUploadHandler.new_file(self, *args, **kwargs)
        try:
            self.file = Unlisted(  # type: ignore[assignment]  # one without a name
                self.file_name, self.content_type, self.charset, self.content_type_extra
            )
        except OSError:
            self.why = StoreFull()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.why is not None:
            return
        self.written += len(raw_data)
        if self.size > LARGEST:
            self._drop(FileTooLarge(limit=LARGEST // MB))
        elif self.written > MOST_AT_ONCE:
            self._drop(FilesTooLargeTogether(limit=MOST_AT_ONCE // MB))
        else:
            try:
                self.file.write(raw_data)
            except OSError:
                self._drop(StoreFull())

    def upload_interrupted(self) -> None:
        with suppress(OSError, AttributeError):
            self.file.close()

    def _drop(self, why: Refusal) -> None:
        self.why = why
        self.written -= self.size
        with suppress(OSError):
            self.file.close()  # and with it gone from the disk

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.why is None:
            try:
                return super().file_complete(file_size)
            except OSError:  # the last bytes stood in a buffer
                self._drop(StoreFull())
        assert self.why is not None
        return NotTaken(self.why, name=self.file_name, size=self.size, content_type=self.content_type)
