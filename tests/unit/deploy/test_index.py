"""What the build of an image is told about the way to a package index, and what stays on this machine."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from compiler.deploy.index import IndexAccess, index_access
from compiler.deploy.problem import DeployError


def settings(access: IndexAccess) -> dict[str, dict[str, str]]:
    """Return the configuration of pip that the build gets."""
    [text] = access.variables.values()
    found = configparser.RawConfigParser()
    found.read_string(text)
    return {name: dict(found[name]) for name in found.sections()}


def test_nothing_is_told_where_nothing_is_set() -> None:
    access = index_access({"HOME": "/root", "PIP_NO_COLOR": "1", "PIP_CERT": "/no/such/file"})
    assert access.options == ()


def test_passwords_stand_in_no_option() -> None:
    address = "https://me:hunter2@pypi.example.org/simple"
    environment = {"PIP_INDEX_URL": address, "HTTPS_PROXY": "http://me:hunter2@proxy.example.org"}
    access = index_access(environment)
    assert "hunter2" not in " ".join(access.options)
    assert settings(access) == {"install": {"index-url": address}}
    assert access.options[:1] == ("--secret",)
    assert access.options[2:] == ("--build-arg", "HTTPS_PROXY")


def test_the_environment_goes_before_the_configuration_file(tmp_path: Path) -> None:
    path = tmp_path / "pip.conf"
    path.write_text(
        "[global]\nindex-url = https://a\ntimeout = 3\ncert = /my/own.pem\n[install]\nindex-url = https://b/%20\n",
        "utf-8",
    )
    given = {"PIP_CONFIG_FILE": str(path)}
    wanted = {"global": {"index-url": "https://a", "timeout": "3"}}
    assert settings(index_access(given)) == {**wanted, "install": {"index-url": "https://b/%20"}}
    found = settings(index_access({**given, "PIP_INDEX_URL": "https://c"}))
    assert found == {**wanted, "install": {"index-url": "https://c"}}


def test_a_configuration_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pip.conf"
    path.write_text("index-url = https://me:hunter2@a\n", "utf-8")
    with pytest.raises(DeployError) as problem:
        index_access({"PIP_CONFIG_FILE": str(path)})
    assert str(path) in problem.value.message
    assert "hunter2" not in problem.value.message


def test_the_first_bundle_that_is_there_counts(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.touch()
    environment = {"PIP_CERT": "/no/such/file", "REQUESTS_CA_BUNDLE": str(bundle)}
    assert index_access(environment).options == ("--secret", f"id=ca,src={bundle}")


@pytest.mark.parametrize(
    ("name", "address", "is_here"),
    [
        ("PIP_INDEX_URL", "http://localhost:3141/root/pypi", True),
        ("PIP_EXTRA_INDEX_URL", "https://pypi.org/simple http://127.0.0.1:8080", True),
        ("https_proxy", "127.0.0.1:3128", True),
        ("HTTP_PROXY", "http://proxy.example.org:3128", False),
        ("NO_PROXY", "localhost", False),
        ("PIP_INDEX_URL", "https://localhost.example.org/simple", False),
    ],
)
def test_what_listens_on_this_machine_is_reached(name: str, address: str, is_here: bool) -> None:
    assert ("host" in index_access({name: address}).options) is is_here
