"""What would make a workflow faster or cheaper, told from its figures; the largest gain first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compiler.profile.measure import NodeFigures, Profile
from compiler.profile.words import money, percent, seconds
from compiler.record import dataclass

_WORTH_SAYING: Final = 0.03
"""The part of a run, or of its cost, below which a change is not worth the trouble."""
_MOSTLY: Final = 0.5
"""From this part of its time on a node is called one that waits for a model."""
_FULL: Final = 0.8
"""A map whose most open items are this near to being all the items is not held back by a bound."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One change, as a sentence; `gain` is the part of the mean run, or of the cost, that it would save."""

    node: str
    gain: float
    text: str


def advise(profile: Profile) -> tuple[Advice, ...]:
    """Return what would help."""
    found = [
        advice
        for node in profile.nodes
        for advice in (*_faster(node, profile), *_wider(node, profile), *_steadier(node, profile))
    ]
    found += _cheaper(profile)
    found += _warmer(profile)
    return tuple(sorted(found, key=lambda each: -each.gain))


def _faster(node: NodeFigures, profile: Profile) -> Iterator[Advice]:
    gain = node.saved / profile.mean if profile.mean else 0.0
    if gain < _WORTH_SAYING:
        return
    after = f"{seconds(profile.mean)} -> {seconds(profile.mean - node.saved)}"
    if node.model_share >= _MOSTLY and node.models:
        what = f"a faster model than `{node.models[0]}`, or a shorter answer"
    elif node.models:
        what = "less work, or a faster model"
    else:
        what = "faster code or a faster tool"
    yield Advice(
        node.name,
        gain,
        f"`{node.name}` with {what}: half its time makes a run {percent(gain)} shorter ({after})",
    )


def _wider(node: NodeFigures, profile: Profile) -> Iterator[Advice]:
    most, items = node.most_at_once, node.items_per_visit
    if most < 1 or most >= items * _FULL or node.critical <= 0:
        return
    rounds, fewer = items / most, max(1.0, items / (2 * most))
    gain = node.critical * (1 - fewer / rounds)
    if gain >= _WORTH_SAYING:
        yield Advice(
            node.name,
            gain,
            f"`{node.name}` works on {most} of {items:.0f} items at a time: "
            f"`max_concurrency: {2 * most}` takes about {percent(gain)} off a run",
        )


def _steadier(node: NodeFigures, profile: Profile) -> Iterator[Advice]:
    gain = node.lost / profile.mean if profile.mean else 0.0
    if gain >= _WORTH_SAYING and not node.is_inner:
        yield Advice(
            node.name,
            gain,
            f"`{node.name}` loses {seconds(node.lost)} of a run to attempts that fail "
            f"({node.retries} repeated in {node.runs} runs): a lower `max_concurrency`, "
            "another model or a fallback",
        )


def _cheaper(profile: Profile) -> Iterator[Advice]:
    outer = [node for node in profile.nodes if not node.is_inner]
    dearest = max(outer, key=lambda node: node.cost, default=None)
    if dearest is None or not profile.cost or len(outer) < 2:
        return
    share = dearest.cost / profile.cost
    if share >= _MOSTLY and dearest.models:
        yield Advice(
            dearest.name,
            share / 2,
            f"`{dearest.name}` makes {percent(share)} of the cost ({money(dearest.cost)} of "
            f"{money(profile.cost)} a run): a cheaper model than `{dearest.models[0]}` there first",
        )


def _warmer(profile: Profile) -> Iterator[Advice]:
    gain = profile.outside / profile.mean if profile.mean else 0.0
    if gain >= 0.1 and profile.outside >= 0.2:
        yield Advice(
            "",
            gain,
            f"{seconds(profile.outside)} of a run pass before, between and after the nodes, most of it "
            "while libraries are loaded: `serve` and `batch` load them once for many runs",
        )
