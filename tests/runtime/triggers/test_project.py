"""What a project with triggers says about its surroundings."""

from pathlib import Path

from tests.runtime.serve.serving import build

WORKFLOW = """
flow: {name: f}
state: {q: {type: str, required: true}, a: str}
nodes: [{id: n, set: {a: q}}]
triggers:
  - telegram: {}
  - webhook: {secret_env: HOOK_SECRET, map: {q: $.q}}
"""


def test_the_variables_of_triggers_are_listed(tmp_path: Path) -> None:
    folder = build(WORKFLOW, tmp_path).folder
    listed = (folder / ".env.example").read_text()
    for name in ("TELEGRAM_BOT_TOKEN", "HOOK_SECRET", "AGENTC_API_KEY"):
        assert f"{name}=\n" in listed
    requirements = (folder / "pyproject.toml").read_text()
    assert "python-telegram-bot" in requirements
    assert "cronsim" not in requirements
    modules = {path.stem for path in (folder / "f/_runtime/triggers").glob("*.py")}
    assert {"telegram", "webhook"} <= modules
    assert not {"whatsapp", "schedule"} & modules
