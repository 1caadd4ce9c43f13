# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The memory of a workflow: its conversations, named values, and looking things up."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from ..attempts import afterwards
from ..messages import Message
from ..run import current, current_node
from ..text import text
from .keyword import keyword_scores
from .meaning import Embedding, meaning_scores
from .store import Row, Store

__all__ = ["Found", "Memory", "Scope"]

Scope = Literal["agent", "workflow", "node"]
SUMMARY = "agentc:summary"
SEARCHED = 2000  # newest rows of a place that a search looks at


class Found(TypedDict):
    """One result of a search; `key` is empty for a turn of a conversation."""

    key: str
    text: str
    score: float


class _Summary(TypedDict):
    """What was said up to the turn with the id `upto`."""

    upto: int
    text: str


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory in a store.

    `scope`: who shares it, if a call does not say: one node, the workflow, or everything that uses
    the store (agent). Within a scope each session of the run has its own. `turns`: how many
    earlier turns a model is given word by word. `summarize` makes older ones into a short text;
    without it they are left out. `embedding`: search by meaning instead of by keyword.

    A simulated run reads but does not write.
    """

    store: Store
    scope: Scope = "agent"
    turns: int = 20
    summarize: Callable[[str], Awaitable[str]] | None = None
    embedding: Embedding | None = None

    async def history(self, scope: Scope | None = None, turns: int | None = None) -> list[Message]:
        """Return the earlier conversation as messages: a summary if there is one, then turns."""
        place = self._place(scope)
        most = self.turns if turns is None else turns
        if most <= 0:
            return []
        saved = await self.store.get(place, SUMMARY)
        summary: _Summary = json.loads(saved) if saved else {"upto": 0, "text": ""}
        recent = await self.store.turns(place, after=summary["upto"], limit=4 * most + 1)
        if self.summarize and len(recent) > most and not current().simulate:
            # Down to half, so that not every further turn costs a summary of its own.
            older, recent = recent[: -(most // 2 or 1)], recent[-(most // 2 or 1) :]
            summary = await self._folded(place, summary["text"], older)
        messages: list[Message] = []
        if summary["text"]:
            content = f"Summary of the conversation so far: {summary['text']}"
            messages.append({"role": "system", "content": content})
        for row in recent[-most:]:
            turn = json.loads(row.value)
            messages.append({"role": "user", "content": turn["prompt"]})
            messages.append({"role": "assistant", "content": turn["answer"]})
        return messages

    async def remember(self, scope: Scope | None, prompt: str, answer: object) -> None:
        """Add a turn to the conversation; an answer that is no text is kept as JSON.

        It is added once, when the step that says so has succeeded.
        """
        run, place = current(), self._place(scope)
        if run.simulate:
            return
        turn = {"prompt": prompt, "answer": text(answer)}

        async def add() -> None:
            entry = await run.journal.entry(place, fact="turn") if run.journal else None
            if entry is None or entry.content is None:
                packed = json.dumps(turn, ensure_ascii=False)
                await self.store.add_turn(place, packed, f"{turn['prompt']}\n{turn['answer']}")
            if entry is not None and entry.content is None:
                await entry.record("")

        await afterwards(add)

    async def read(self, key: str, default: object = None, *, scope: Scope | None = None) -> object:
        """Return the value kept under `key`."""
        found = await self.store.get(self._place(scope), key)
        return default if found is None else json.loads(found)

    async def write(self, key: str, value: object, *, scope: Scope | None = None) -> None:
        """Keep a value, made of plain data, under `key`."""
        if not current().simulate:
            packed = json.dumps(value, ensure_ascii=False)
            await self.store.put(self._place(scope), key, packed, f"{key}: {text(value)}")

    async def list(self, prefix: str = "", *, scope: Scope | None = None) -> dict[str, object]:
        """Return the named values whose key begins with `prefix`, by key."""
        rows = await self.store.rows(self._place(scope), SEARCHED)
        keyed = {row.key: row.value for row in rows if row.key and row.key != SUMMARY}
        return {key: json.loads(keyed[key]) for key in sorted(keyed) if key.startswith(prefix)}

    async def search(
        self, query: str, top_k: int = 5, *, scope: Scope | None = None
    ) -> Sequence[Found]:
        """Return the values and turns that fit `query` best, best first."""
        rows = [r for r in await self.store.rows(self._place(scope), SEARCHED) if r.key != SUMMARY]
        if not rows:
            return []
        if self.embedding:
            scores = await meaning_scores(query, rows, self.store, self.embedding)
        else:
            scores = keyword_scores(query, [row.text for row in rows])
        ranked = sorted(zip(scores, rows, strict=True), key=lambda pair: (-pair[0], -pair[1].id))
        return [
            {"key": row.key or "", "text": row.text, "score": round(score, 4)}
            for score, row in ranked[:top_k]
            if score > 0
        ]

    def _place(self, scope: Scope | None) -> str:
        run = current()
        place = {
            "agent": "agent",
            "workflow": f"workflow:{run.workflow}",
            "node": f"node:{run.workflow}:{current_node() or ''}",
        }[scope or self.scope]
        return f"{place}:{run.session or 'default'}"

    async def _folded(self, place: str, so_far: str, older: Sequence[Row]) -> _Summary:
        assert self.summarize is not None
        said = [json.loads(row.value) for row in older]
        turns = "\n".join(f"User: {each['prompt']}\nAssistant: {each['answer']}" for each in said)
        short = await self.summarize(f"{so_far}\n{turns}".strip())
        summary: _Summary = {"upto": older[-1].id, "text": short}
        await self.store.put(place, SUMMARY, json.dumps(summary, ensure_ascii=False), "")
        return summary
