"""Generated packages that remember, run as their users run them."""

from pathlib import Path

import pytest

from tests.support.fake_llm import FakeLLM, Step
from tests.support.project import ROOT, build_project

pytestmark = pytest.mark.slow


def test_a_package_remembers_in_redis(tmp_path: Path, fake_llm: FakeLLM, redis_url: str) -> None:
    workflow = ROOT / "golden" / "packages" / "memory_redis" / "workflow.yaml"
    flow = build_project(workflow, tmp_path / "out")
    needed = (flow.folder / "pyproject.toml").read_text("utf-8")
    assert '"redis>=' in needed
    assert "psycopg" not in needed
    env = {**fake_llm.env(), "REDIS_URL": redis_url}
    fake_llm.script(Step(text="Hello Ann"), Step(text="You are Ann"))

    def run(*arguments: str) -> str:
        done = flow.run(*arguments, cwd=tmp_path, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("run", "-i", "message=I am Ann", "--session", "redis-test")
    run("run", "-i", "message=Who am I?", "--session", "redis-test")
    second = fake_llm.requests[1]
    assert "I am Ann" in second.prompt
    assert "Hello Ann" in second.prompt
    assert "agent:redis-test  3 entries" in run("memory", "inspect")
    shown = run("memory", "inspect", "agent:redis-test")
    assert 'last = "Who am I?"' in shown
    assert "You are Ann" in shown
    run("memory", "clear", "agent:redis-test")
    assert "redis-test" not in run("memory", "inspect")


def test_a_turn_is_kept_without_the_turns_that_a_search_put_into_its_prompt(
    tmp_path: Path, fake_llm: FakeLLM
) -> None:
    workflow = ROOT / "golden" / "packages" / "memory_history" / "workflow.yaml"
    flow = build_project(workflow, tmp_path / "out")
    fake_llm.always(Step(text="So do I"), match="known:")

    def run(*arguments: str) -> str:
        done = flow.run(*arguments, cwd=tmp_path, env=fake_llm.env())
        assert done.returncode == 0, done.stderr
        return done.stdout

    for _ in range(2):
        run("run", "-i", "message=I like tea")
    assert any("known: [{" in each.prompt for each in fake_llm.requests)
    kept = run("memory", "inspect", "workflow:memory_history:default")
    assert kept.count("known: []") == 2
    assert "known: [{" not in kept
