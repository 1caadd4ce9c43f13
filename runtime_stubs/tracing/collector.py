# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Any OpenTelemetry collector as a destination, found by the standard environment variables.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/ (http/json only)
"""

import os
from collections.abc import Sequence
from urllib.parse import unquote

from .http import Address, Answered, request_json
from .otlp import export_request, semantic_facts
from .record import TraceRecord

__all__ = ["Collector", "collector_from_environment"]


class Collector:
    """A collector that takes OTLP over HTTP."""

    def __init__(self, url: str, headers: dict[str, str], resource: dict[str, str]) -> None:
        parsed = Address.parse(url)
        self._address = Address(parsed.url, {**parsed.headers, **headers})
        self._resource = resource
        self._compress = _variable("COMPRESSION") == "gzip"

    @property
    def label(self) -> str:
        """Its address."""
        return self._address.url

    @property
    def key(self) -> str:
        """See Destination."""
        return self._address.key("otel")

    @property
    def answered(self) -> float:
        """See Destination."""
        return self._address.answered

    def connect(self) -> None:
        """Nothing is needed."""

    def store_runs(self, traces: Sequence[TraceRecord]) -> None:
        """A collector knows of no runs."""

    def expire(self, workflow: str, before: int) -> None:
        """A collector passes traces on: how long they are kept is set elsewhere."""

    def send(self, traces: Sequence[TraceRecord]) -> None:
        """Deliver traces in one request."""
        try:
            request_json(
                self._address,
                "",
                export_request(traces, semantic_facts, self._resource),
                compress=self._compress,
            )
        except Answered as error:
            raise error.explained() from None


def collector_from_environment(program: str) -> Collector | None:
    """Return the collector that the environment names, None if it names none that can be used.

    Args:
        program: the name of the service, unless the environment gives one.
    """
    if _variable("PROTOCOL") == "grpc" or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    url = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    base = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not url:
        if not base:
            return None
        url = f"{base.rstrip('/')}/v1/traces"
    resource = {"service.name": program, **_pairs(os.environ.get("OTEL_RESOURCE_ATTRIBUTES"))}
    if name := os.environ.get("OTEL_SERVICE_NAME"):
        resource["service.name"] = name
    return Collector(url, _pairs(_variable("HEADERS")), resource)


def _variable(name: str) -> str | None:
    """Return a setting of the exporter; one for traces goes before one for everything."""
    return os.environ.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}") or os.environ.get(
        f"OTEL_EXPORTER_OTLP_{name}"
    )


def _pairs(text: str | None) -> dict[str, str]:
    """Read `a=1,b=2` with percent escapes."""
    pairs = (part.partition("=") for part in (text or "").split(",") if "=" in part)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}
