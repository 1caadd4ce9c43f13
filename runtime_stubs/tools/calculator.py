# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`calculator`: arithmetic, read from text and bounded; nothing is ever executed."""

import ast
import math
import operator
from collections.abc import Callable, Mapping

from ..errors import ToolError
from ..tool import Tool
from .schema import parameters, string

__all__ = ["calculate", "calculator"]

Number = int | float
MAX_LENGTH = 1000
MAX_BITS = 4096  # of a whole number
MAX_PLACES = 400  # that are rounded to; a float has no more

OPERATORS: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
CONSTANTS: Mapping[str, Number] = {"pi": math.pi, "e": math.e, "tau": math.tau}
PLAIN_FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    "abs": abs,
    "acos": math.acos,
    "asin": math.asin,
    "atan": math.atan,
    "atan2": math.atan2,
    "cbrt": math.cbrt,
    "ceil": math.ceil,
    "cos": math.cos,
    "degrees": math.degrees,
    "exp": math.exp,
    "floor": math.floor,
    "gcd": math.gcd,
    "hypot": math.hypot,
    "ln": math.log,
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "max": max,
    "min": min,
    "radians": math.radians,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
    "trunc": math.trunc,
}


def _round(value: Number, places: Number = 0) -> Number:
    """Round to decimal places; Python's own would compute ten to the power of any number."""
    if not isinstance(places, int) or abs(places) > MAX_PLACES:
        raise ValueError(f"`round` takes at most {MAX_PLACES} places")
    return round(value, places) if places else round(value)


FUNCTIONS: Mapping[str, Callable[..., Number]] = {**PLAIN_FUNCTIONS, "round": _round}


def calculator() -> Tool:
    """Make a tool that computes an arithmetic expression."""

    async def call(expression: str) -> Number:
        return calculate(expression)

    return Tool(
        name="calculator",
        description="Compute an arithmetic expression, such as `2 * (3 + 4) ** 2` or `sqrt(2)`.",
        parameters=parameters(
            {"expression": string("Numbers, + - * / // % **, brackets and functions")}
        ),
        call=call,
        read_only=True,
        returns={"type": "number"},
    )


def calculate(expression: str) -> Number:
    """Return the value of an expression; raise ToolError if it is not one or gets too large."""
    if len(expression) > MAX_LENGTH:
        raise ToolError(f"the expression has more than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(expression.strip().replace("^", "**"), mode="eval")
        value = _value(tree.body)
    except SyntaxError:
        raise ToolError(f"`{expression}` is not an expression") from None
    except ZeroDivisionError:
        raise ToolError("division by zero") from None
    except OverflowError:
        raise ToolError("the result is too large") from None
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise ToolError(f"`{expression}` cannot be computed: {error}") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise ToolError("the result is not a finite number")
    return value


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=bool()):
            raise ToolError(f"`{node.value!r}` is not a number")
        case ast.Constant(value=int() | float() as number):
            return _bounded(number)
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(op=ast.Pow(), left=left, right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
            return _bounded(OPERATORS[type(op)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return _bounded(FUNCTIONS[name](*[_value(argument) for argument in args]))
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
            raise ToolError(f"`{name}` is not known; there are {', '.join(sorted(FUNCTIONS))}")
        case _:
            raise ToolError(f"`{ast.unparse(node)[:80]}` is not arithmetic")


def _power(base: Number, exponent: Number) -> Number:
    # Both whole: the size of the result is known before it is computed.
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if base.bit_length() * exponent > MAX_BITS:
            raise ToolError("the result is too large")
        return int(base**exponent)
    result: object = base**exponent
    if isinstance(result, complex):
        raise ToolError("the result is not a real number")
    return float(base**exponent)


def _bounded(value: Number) -> Number:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ToolError("the result is too large")
    return value
