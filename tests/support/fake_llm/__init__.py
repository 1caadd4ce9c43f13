"""A local server that speaks the wire formats of four model providers and answers as told."""

from tests.support.fake_llm.remote import FakeLLMProcess
from tests.support.fake_llm.script import Recorded, Step, ToolUse
from tests.support.fake_llm.server import FakeLLM

__all__ = ["FakeLLM", "FakeLLMProcess", "Recorded", "Step", "ToolUse"]
