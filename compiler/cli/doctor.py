"""`agentc doctor`: what this machine offers to workflows; it looks at the network only when asked to."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from compiler import __version__
from compiler.cli import exits
from compiler.cli.probes import Finding, look_around
from compiler.cli.terminal import put

_EPILOG = """\b
Examples:
  agentc doctor
  agentc doctor --online       also asks the Docker engine, Ollama and MLflow whether they answer
  agentc doctor --json
"""
_SIGNS = {"ok": "ok     ", "missing": "missing", "unknown": "?      ", "broken": "broken "}


@click.command("doctor", epilog=_EPILOG)
@click.option("--online", is_flag=True, help="Also connect to services, at most 2 seconds each.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(online: bool, as_json: bool) -> int:
    """Look at what this machine offers: Python, libraries, API keys, Docker, Ollama, MLflow.

    Of keys only the presence is told, never the value. Exits with 1 when agentc itself cannot work.
    """
    findings = look_around(online=online)
    is_broken = any(finding.status == "broken" for finding in findings)
    if as_json:
        data = {
            "format_version": 1,
            "tool": {"name": "agentc", "version": __version__},
            "online": online,
            "findings": [asdict(finding) for finding in findings],
            "ok": not is_broken,
        }
        put(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    else:
        put("".join(_lines(findings)))
    return exits.FINDINGS if is_broken else exits.OK


def _lines(findings: list[Finding]) -> list[str]:
    lines: list[str] = []
    group = ""
    for finding in findings:
        if finding.group != group:
            group = finding.group
            lines.append(f"{group}\n")
        detail = f"  {finding.detail}" if finding.detail else ""
        lines.append(f"  {_SIGNS[finding.status]} {finding.name}{detail}\n")
    return lines
