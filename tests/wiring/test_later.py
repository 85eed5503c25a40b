"""What a process does not use takes no memory in it."""

import os
import subprocess
import sys

import pytest

from minqing.kernel.later import later

HEAVY = ("typst", "pikepdf", "PIL", "docx", "lxml", "openpyxl", "tqdm")
LOADED = f"import sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
WEB = "from minqing.wiring.wsgi import application"
WORKER = "from minqing.wiring.booting import boot; boot(); import minqing.wiring.worker"


@pytest.mark.parametrize("process", [WEB, WORKER], ids=["web", "worker"])
def test_a_process_at_rest_has_loaded_no_writer_of_papers_and_pictures(process: str) -> None:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{process}; {LOADED}"],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    assert told.stdout.split() == []


def test_the_first_name_asked_loads_the_module() -> None:
    sys.modules.pop("antigravity_of_nobody", None)
    nowhere, tables = later("antigravity_of_nobody"), later("colorsys")
    assert tables.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert "colorsys" in sys.modules
    with pytest.raises(ModuleNotFoundError):
        _ = nowhere.anything
