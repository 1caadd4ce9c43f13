# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The errors of a run, each with the kind that `on_error` and `retry` compare to."""

from collections.abc import Sequence

__all__ = [
    "AnswerError",
    "BudgetExceeded",
    "InputError",
    "Leave",
    "ModelError",
    "NodeError",
    "NodeTimeout",
    "Paused",
    "PendingQuestion",
    "RunTimeout",
    "RuntimeFault",
    "SandboxError",
    "StepLimitExceeded",
    "StoreError",
    "ThreadError",
    "ToolError",
    "away",
    "describe",
    "kind_of",
    "message_of",
]

# Kinds that end the run: no repetition and no leaving out of one item can mend them.
FINAL_KINDS = frozenset(
    {"BudgetExceeded", "InputError", "Paused", "RunTimeout", "StepLimitExceeded", "ThreadError"}
)


class RuntimeFault(Exception):
    """Something a run could not do.

    `kind` is what `on_error.match` and `retry.on` compare to: the class name unless given.
    `node` is the id of the node it happened in, if that is known.
    """

    def __init__(self, message: str, *, kind: str | None = None, node: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind or type(self).__name__
        self.node = node

    @property
    def message(self) -> str:
        """What happened, without the place."""
        return str(self.args[0])


class InputError(RuntimeFault):
    """What the run was given does not fit; found before anything ran. One line per problem.

    `hint` is a command that would do.
    """

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
        self.hint = hint


class ModelError(RuntimeFault):
    """A model call failed: network, provider, authentication, unknown model."""


class AnswerError(RuntimeFault):
    """A model answered, but not in the form that was asked for."""


class BudgetExceeded(RuntimeFault):
    """The next model call would go over the budget of the run."""


class StepLimitExceeded(RuntimeFault):
    """The run took more steps than `max_steps` allows."""


class NodeTimeout(RuntimeFault):
    """A node took longer than its `timeout`."""


class RunTimeout(RuntimeFault):
    """The run took longer than its `timeout`."""


class StoreError(RuntimeFault):
    """What keeps runs cannot be reached: the command could not do anything."""


class ToolError(RuntimeFault):
    """A tool failed or was called with arguments it does not take."""


class SandboxError(RuntimeFault):
    """Code in the sandbox failed, asked for something forbidden or used up its limits."""


class ThreadError(RuntimeFault):
    """A saved run cannot be continued this way: unknown, finished, or of another version."""


class NodeError(RuntimeFault):
    """The failure of one node: `node`, its `place` in the workflow file and the `cause`."""

    def __init__(self, node: str, place: str | None, cause: Exception) -> None:
        super().__init__(message_of(cause), kind=kind_of(cause), node=node)
        self.place = place
        self.cause = cause

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return f"node `{self.node}`{where}: {describe(self.cause)}"


class PendingQuestion:
    """One question a paused run waits for; `id` tells several apart."""

    def __init__(
        self,
        id: str,
        node: str,
        ask: str,
        choices: Sequence[str] = (),
        deadline: float | None = None,
        default: str | None = None,
    ) -> None:
        self.id = id
        self.node = node
        self.ask = ask
        self.choices = tuple(choices)
        self.deadline = deadline
        self.default = default


class Paused(RuntimeFault):
    """The run waits for a person; `questions` has at least one entry."""

    def __init__(self, thread: str, questions: Sequence[PendingQuestion]) -> None:
        first = questions[0]
        super().__init__(f"waiting for an answer: {first.ask}", node=first.node)
        self.thread = thread
        self.questions = tuple(questions)

    @property
    def ask(self) -> str:
        """The first question."""
        return self.questions[0].ask

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers allowed for the first question; empty: any text."""
        return self.questions[0].choices


class Leave(Exception):
    """Raised by a tool to end the agent that called it; not an error, passed on as it is."""


def kind_of(error: BaseException) -> str:
    """Return the kind of any error: its `kind` attribute, else the name of its class."""
    kind = getattr(error, "kind", None)
    return kind if isinstance(kind, str) and kind else type(error).__name__


def message_of(error: BaseException) -> str:
    """Return the text of any error; the name of its class stands in for an empty text."""
    return str(error.args[0] if isinstance(error, RuntimeFault) else error) or kind_of(error)


def describe(error: BaseException) -> str:
    """Return any error for people: a foreign one does not explain itself without its class."""
    message = message_of(error)
    name = type(error).__name__
    return message if isinstance(error, RuntimeFault) or message == name else f"{name}: {message}"


def away(error: BaseException) -> StoreError:
    """Return what tells people, in one line, that a database cannot be used."""
    first, *_ = str(error).strip().splitlines() or [type(error).__name__]
    return StoreError(f"the database of the runs cannot be used: {first}")
