"""What a package must install for the imports of its texts."""

from __future__ import annotations

import pytest

from compiler.plan.vendor import libraries


def test_a_library_of_a_users_file_is_required_by_the_name_it_is_installed_by() -> None:
    user = "import os\nimport numpy as np\nfrom PIL import Image\nfrom my_lib.part import x\n"
    assert libraries([], [user]) == ("my-lib", "numpy", "pillow")


def test_a_library_that_agentc_knows_keeps_its_bounds() -> None:
    (known,) = libraries([], ["import httpx\n"])
    assert known.startswith("httpx>=")


def test_an_unknown_library_of_the_runtime_is_a_bug() -> None:
    with pytest.raises(KeyError):
        libraries(["import numpy\n"])
