"""How the build of an image reaches a package index: as pip on this machine does, with no trace of it in the image."""

from __future__ import annotations

import configparser
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from compiler.deploy.problem import DeployError
from compiler.deploy.variables import is_at_own_machine
from compiler.record import dataclass

_SETTINGS: Final = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_PROXY"),
    *("PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"),
)
"""What counts in a container too; paths of this machine do not."""
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_NO_PROXY: Final = "NO_PROXY"
"""Docker knows these as arguments of any build, and keeps them out of images and of their history."""
_BUNDLES: Final = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Where a person says which certificates count, for machines behind a proxy with its own."""
_PATHS: Final = ("cert", "client-cert")
_CONTENT: Final = "AGENTC_PIP_CONFIG"


@dataclass(frozen=True, slots=True)
class IndexAccess:
    """Options of `docker build`, and the variables that it must see for them."""

    options: tuple[str, ...]
    variables: Mapping[str, str]


def index_access(environment: Mapping[str, str]) -> IndexAccess:
    """Return what a build is told: pip's settings and the certificates as secrets, proxies as arguments.

    Addresses of an index often hold a password, so they go the same way as a configuration file.

    Raises:
        DeployError: the configuration file that `PIP_CONFIG_FILE` names is none.
    """
    settings = _settings(environment)
    text = io.StringIO()
    settings.write(text)
    options: list[str] = []
    if text.getvalue():
        options += ["--secret", f"id=pip,env={_CONTENT}"]
    bundles = (environment.get(name) for name in _BUNDLES)
    bundle = next((Path(path) for path in bundles if path and Path(path).is_file()), None)
    if bundle is not None:
        options += ["--secret", f"id=ca,src={bundle.resolve()}"]
    addresses = list(_addresses(settings))
    for name in _either_case((*_PROXIES, _NO_PROXY), environment):
        options += ["--build-arg", name]
    addresses += (environment[name] for name in _either_case(_PROXIES, environment))
    # The host's network is the only one in which a build sees what listens on this machine alone.
    if any(is_at_own_machine(each if "://" in each else f"//{each}") for each in addresses):
        options += ["--network", "host"]
    return IndexAccess(tuple(options), {_CONTENT: text.getvalue()})


def _settings(environment: Mapping[str, str]) -> configparser.RawConfigParser:
    """Return the configuration file with what the environment says above it, as pip reads them."""
    settings = configparser.RawConfigParser()
    path = environment.get("PIP_CONFIG_FILE")
    if path and Path(path).is_file():
        try:
            settings.read_string(Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, configparser.Error):
            raise DeployError(
                f"`{path}`, which `PIP_CONFIG_FILE` names, is no configuration of pip",
                is_usage=True,
            ) from None
    for section in settings.sections():
        for name in _PATHS:
            settings.remove_option(section, name)
    given = {name: environment[name] for name in _SETTINGS if environment.get(name)}
    if given and not settings.has_section("install"):
        settings.add_section("install")
    for name, value in given.items():
        settings.set("install", name.removeprefix("PIP_").lower().replace("_", "-"), value)
    return settings


def _either_case(names: Iterable[str], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the names that are set, as they are or in lower case."""
    for name in names:
        yield from (each for each in (name, name.lower()) if environment.get(each))


def _addresses(settings: configparser.RawConfigParser) -> Iterator[str]:
    for section in settings.sections():
        for name in ("index-url", "extra-index-url", "proxy"):
            yield from settings.get(section, name, fallback="").split()
