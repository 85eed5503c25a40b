"""Programs that are not needed to run: which are there, and what is off without them."""

import shutil
from dataclasses import dataclass

from minqing.wiring.saying import t


@dataclass(frozen=True)
class Optional:
    name: str
    programs: tuple[str, ...]
    zh: str
    en: str
    at_run: bool = False  # worth a line when the product starts

    @property
    def there(self) -> bool:
        return any(shutil.which(program) for program in self.programs)

    @property
    def without(self) -> str:
        return t(self.zh, self.en)


ALL = (
    Optional(
        "clamd",
        ("clamd", "clamdscan"),
        "附件不做病毒扫描",
        "attachments are not scanned for viruses",
        at_run=True,
    ),
    Optional(
        "tesseract",
        ("tesseract",),
        "扫描件不自动识别文字，由人录入",
        "scans are typed in by hand, not read",
        at_run=True,
    ),
    Optional(
        "ffmpeg",
        ("ffmpeg",),
        "音视频不转换，按原样供下载",
        "sound and video are kept and downloaded as they came",
        at_run=True,
    ),
    Optional(
        "chromium",
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "make test 跳过浏览器测试",
        "make test skips the browser journeys",
    ),
    Optional("node", ("node",), "无影响", "nothing"),
    Optional("java", ("java",), "不用外部表单校验器核对", "no outside checker of forms"),
)


def off(*, at_run: bool = False) -> list[Optional]:
    return [one for one in ALL if not one.there and (one.at_run or not at_run)]
