# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""How a run that did not finish is reported: exit code, text for people, object for programs."""

import shlex
from collections.abc import Iterator

from .errors import (
    InputError,
    NodeError,
    Paused,
    PendingQuestion,
    RuntimeFault,
    describe,
    kind_of,
    message_of,
)
from .shown_command import shown_command

__all__ = [
    "FAILED",
    "INTERRUPTED",
    "OK",
    "USAGE",
    "exit_code",
    "question_data",
    "report_object",
    "report_text",
]

OK, FAILED, USAGE, PAUSED, BUDGET, INTERRUPTED = 0, 1, 2, 4, 5, 130

_NOT_BEGUN = {"SettingError", "StoreError"}
_CODES = {"BudgetExceeded": BUDGET, "InputError": USAGE, "Paused": PAUSED, "ThreadError": USAGE}


def exit_code(error: BaseException) -> int:
    """Return the exit code for what ended a run."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, NodeError) and error.kind != "BudgetExceeded":
        return FAILED  # whatever a node raised, the command line was right
    return _CODES.get(kind_of(error), FAILED)


def report_object(error: BaseException, thread: str | None) -> dict[str, object]:
    """Return what `--json` prints instead of the final state."""
    if isinstance(error, Paused):
        return _pause_object(error)
    if isinstance(error, KeyboardInterrupt):
        return {"status": "interrupted", "thread": thread}
    return {
        "status": "failed",
        "kind": kind_of(error),
        "message": message_of(error),
        "node": error.node if isinstance(error, RuntimeFault) else None,
        "place": error.place if isinstance(error, NodeError) else None,
        "thread": thread,
    }


def question_data(question: PendingQuestion) -> dict[str, object]:
    """Return a question as plain data, from which it can be made again."""
    return {
        "id": question.id,
        "node": question.node,
        "ask": question.ask,
        "choices": list(question.choices),
        "deadline": question.deadline,
        "default": question.default,
    }


def report_text(
    error: BaseException, program: str, thread: str | None, verbose: bool
) -> Iterator[str]:
    """Yield the lines for people.

    Args:
        program: the command that is run, such as `python -m article_writer`.
        thread: the saved run, None if nothing is saved.
        verbose: with the traceback.
    """
    if isinstance(error, Paused):
        yield from _pause_text(error, program)
        return
    if isinstance(error, KeyboardInterrupt):
        yield "interrupted"
    else:
        if verbose:
            import traceback

            yield "".join(traceback.format_exception(error)).rstrip()
        if isinstance(error, InputError):
            yield from (f"error: {problem}" for problem in error.problems)
            if error.hint:
                yield f"help: {error.hint}"
        else:
            yield f"error: {error if isinstance(error, NodeError) else describe(error)}"
        missing = error.cause if isinstance(error, NodeError) else error
        if isinstance(missing, ModuleNotFoundError) and missing.name:
            yield f"help: install what provides `{missing.name}`: see this package's requirements"
    begun = isinstance(error, NodeError) or kind_of(error) not in _NOT_BEGUN
    if thread is not None and begun and exit_code(error) != USAGE:
        yield f"help: `{shown_command(program, 'resume')} --thread {thread}` continues the run"


def _pause_object(pause: Paused) -> dict[str, object]:
    first = pause.questions[0]
    result: dict[str, object] = {"status": "paused", "thread": pause.thread, **_question(first)}
    if len(pause.questions) > 1:
        result["pending"] = [{"id": each.id, **_question(each)} for each in pause.questions]
    return result


def _question(question: PendingQuestion) -> dict[str, object]:
    return {"node": question.node, "ask": question.ask, "choices": list(question.choices)}


def _pause_text(pause: Paused, program: str) -> Iterator[str]:
    several = len(pause.questions) > 1
    yield f"paused: waiting for {'answers' if several else 'an answer'} (run `{pause.thread}`)"
    nodes = [question.node for question in pause.questions]
    options = ""
    for question in pause.questions:
        # Questions of one node (a map) can only be told apart by their ids.
        name = question.node if nodes.count(question.node) == 1 else question.id
        yield f"  {name}: {question.ask}"
        if question.choices:
            yield f"    choices: {', '.join(question.choices)}"
        answer = shlex.quote(question.choices[0]) if question.choices else "TEXT"
        options += f" --answer {name}={answer}" if several else f" --answer {answer}"
    yield f"help: {shown_command(program, 'resume')} --thread {pause.thread}{options}"
