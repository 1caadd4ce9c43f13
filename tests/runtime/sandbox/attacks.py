"""Code that tries to get out of the guarded Python, or to use up the machine: name, code, how it must end.

The kinds are those of the SandboxError that must come back; an attack that gives a result has won.
"""

from typing import NamedTuple

__all__ = ["ATTACKS", "EXHAUSTED", "Attack"]

REFUSED = frozenset({"SandboxError"})
MISSING = frozenset({"NameError", "ImportError", "AttributeError", "TypeError", "SandboxError"})
EXHAUSTED = frozenset(
    {"TimeoutError", "MemoryError", "SandboxError", "RecursionError", "OverflowError", "ValueError"}
)


class Attack(NamedTuple):
    """One attack; `kinds` are the ways it may end."""

    name: str
    code: str
    kinds: frozenset[str]


def _table(kinds: frozenset[str], **codes: str) -> list[Attack]:
    return [Attack(name, code, kinds) for name, code in codes.items()]


ATTACKS = [
    *_table(
        REFUSED,
        class_graph="result = str(().__class__.__bases__[0].__subclasses__())",
        function_globals="def f(): pass\nresult = str(f.__globals__)",
        code_object="result = str((lambda: 0).__code__)",
        generator_frame="result = str((x for x in []).gi_frame)",
        generator_code="result = str((x for x in []).gi_code)",
        traceback_frame=(
            "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    result = str(e.__traceback__)"
        ),
        frame_globals="def f(g): return g.f_globals\nresult = 1",
        builtins_name="result = str(__builtins__)",
        import_function="result = __import__('os').getcwd()",
        loader="result = str(__loader__)",
        replace_guard="_getattr_ = lambda o, n: o\nresult = 1",
        replace_guard_import="from math import sqrt as _getattr_\nresult = 1",
        replace_guard_function="def _write_(x): return x\nresult = 1",
        replace_guard_argument="def f(_getattr_): return 1\nresult = f(1)",
        replace_guard_loop="for _getattr_ in [1]: pass\nresult = 1",
        replace_guard_walrus="result = (_getattr_ := 1)",
        replace_guard_except="try:\n    1/0\nexcept Exception as _getattr_:\n    result = 1",
        replace_guard_match="match 1:\n    case _getattr_:\n        result = 1",
        replace_guard_match_rest="match {}:\n    case {**_getattr_}:\n        result = 1",
        replace_guard_match_star="match [1]:\n    case [*_getattr_]:\n        result = 1",
        replace_guard_with="with decimal.localcontext() as _getattr_:\n    result = 1",
        replace_guard_class="class _getattr_: pass\nresult = 1",
        replace_guard_comprehension="result = [1 for _getattr_ in [1]]",
        replace_guard_nonlocal="def f():\n    nonlocal _getattr_\nresult = 1",
        replace_metaclass="__metaclass__ = lambda *a: a\nclass A: pass\nresult = 1",
        match_reads_attribute="match 1:\n    case int(__class__=c):\n        result = str(c)",
        match_reads_dotted="match 1:\n    case math.__class__:\n        result = 1",
        match_user_class=(
            "class A: pass\nmatch A():\n    case A(__dict__=d):\n        result = str(d)"
        ),
        getattribute_method=(
            "class A:\n    def __getattribute__(self, n): return 1\nresult = A().x"
        ),
        match_args="class A:\n    __match_args__ = ('__class__',)\nresult = 1",
        reduce_method="class A:\n    def __reduce__(self): return (print, ())\nresult = 1",
        getattr_private="result = str(getattr(1, '__class__'))",
        getattr_frame="g = (x for x in [])\nresult = str(getattr(g, 'gi' + '_frame'))",
        hasattr_private="result = hasattr(1, '__class__')",
        setattr_private="class A: pass\nsetattr(A, '__call__', print)\nresult = 1",
        delattr_private="class A: pass\ndelattr(A, '__dict__')\nresult = 1",
        map_getattr="result = str(list(map(getattr, [1], ['__class__'])))",
        format_attribute="result = '{0.__class__.__mro__}'.format(1)",
        format_nested="result = '{0:{1.__class__}}'.format(1, 2)",
        format_index_attribute="result = '{0[0].__class__}'.format([1])",
        format_map_attribute="result = '{a.__class__}'.format_map({'a': 1})",
        format_unbound="result = str.format('{0.__class__}', 1)",
        format_by_map="result = list(map(str.format, ['{0.__class__}'], [1]))",
        format_by_getattr="result = getattr('{0.__class__}', 'format')(1)",
        format_subclass="class S(str): pass\nresult = S('{0.__class__}').format(1)",
        format_string_private="result = f'{1 .__class__}'",
        error_object=(
            "try:\n    math.nothing\nexcept AttributeError as e:\n    result = str(e.obj)"
        ),
        write_library="math.sqrt = print\nresult = 1",
        write_library_class="fractions.Fraction.limit_denominator = print\nresult = 1",
        write_library_setattr="setattr(statistics.NormalDist, 'mean', 1)\nresult = 1",
        type_of_function="result = str(type(print))",
        type_of_library="result = str(type(math))",
        async_function="async def f(): pass\nresult = 1",
        star_import="from math import *\nresult = 1",
        private_import="from math import __loader__\nresult = str(__loader__)",
        name_mangled="class A:\n    def f(self): return self.__dict__\nresult = A().f()",
        null_byte="result = 1\0",
        function_result="result = lambda: 1",
        library_result="result = math",
        class_result="class A: pass\nresult = A",
        cyclic_result="result = []\nresult.append(result)",
    ),
    *_table(
        MISSING,
        open_file="result = open('/etc/passwd').read()",
        eval_text="result = eval('1')",
        exec_text="exec('result = 1')",
        compile_text="result = str(compile('1', '', 'eval'))",
        globals_call="result = str(globals())",
        vars_call="result = str(vars())",
        dir_call="result = dir(1)",
        input_call="result = input()",
        breakpoint_call="breakpoint()\nresult = 1",
        memoryview_call="result = str(memoryview(b''))",
        private_module="import _io\nresult = 1",
        private_clock="import _strptime\nresult = 1",
        import_os="import os\nresult = os.getcwd()",
        import_sys="import sys\nresult = str(sys.modules)",
        import_subprocess="from subprocess import run\nresult = 1",
        import_ctypes="import ctypes\nresult = 1",
        import_builtins="import builtins\nresult = 1",
        import_operator="from operator import attrgetter\nresult = 1",
        import_importlib="import importlib\nresult = 1",
        import_submodule="import collections.abc\nresult = 1",
        import_json_decoder="import json.decoder\nresult = 1",
        import_relative="from . import guards\nresult = 1",
        import_sandbox="import sandbox.guards\nresult = 1",
        import_time="import time\nresult = time.time()",
        json_to_open="result = json.codecs.builtins.open('/etc/passwd').read()",
        re_to_sys="result = str(re.enum.sys.modules)",
        datetime_to_sys="result = str(datetime.sys)",
        statistics_to_sys="result = str(statistics.sys)",
        random_to_os="result = str(random.os)",
        string_formatter="result = string.Formatter().format('{0.__class__}', 1)",
        functools_wraps="result = str(functools.wraps)",
        update_wrapper=(
            "def f(): return sys\nfunctools.update_wrapper(f, statistics.mean,"
            " assigned=[], updated=['__globals__'])\nresult = str(f())"
        ),
        sort_metaclass="result = str(type('A', (), {}))",
        subclass_name_text=(
            "class S(str):\n    def startswith(self, *a): return False\n"
            "result = str(getattr(1, S('__class__')))"
        ),
        metaclass_keyword="class A(metaclass=print): pass\nresult = 1",
        evil_dict=("class D(dict):\n    def items(self): return [open]\n" "result = D(a=1)"),
    ),
    *_table(
        EXHAUSTED,
        endless_loop="while True: pass",
        endless_swallow="while True:\n    try:\n        1 / 0\n    except BaseException:\n        pass",
        endless_sum="result = sum(itertools.count())",
        endless_list="result = list(itertools.repeat(0))",
        endless_text="s = 'x'\nwhile True: s += s",
        endless_dict="d = {}\nwhile True: d[len(d)] = 'x' * 1000",
        endless_print="while True: print('x' * 1000)",
        endless_str="class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
        endless_kind=(
            "class E(Exception):\n    @property\n    def kind(self):\n        while True: pass\n"
            "raise E"
        ),
        endless_iterator="class L(list):\n    def __iter__(self):\n        while True: yield 1\nresult = L([1])",
        swallow_memory=(
            "kept = []\nwhile True:\n    try:\n        kept.append('x' * 10**7)\n"
            "    except MemoryError:\n        pass"
        ),
        big_power="result = len(str(7 ** 10 ** 8))",
        big_shift="result = 1 << 10 ** 12",
        big_list="result = [0] * 10 ** 10",
        big_text="result = 'x' * 10 ** 10",
        big_bytes="result = len(bytes(10 ** 10))",
        big_format="result = f'{1:>{10 ** 10}}'",
        big_format_method="result = '{:>99999999999}'.format(1)",
        big_range="result = list(range(10 ** 11))",
        big_factorial="result = math.factorial(10 ** 8)",
        big_decimal="decimal.getcontext().prec = 10 ** 9\nresult = str(decimal.Decimal(1) / 3)",
        big_random="result = len(random.randbytes(10 ** 10))",
        big_permutations="result = len(list(itertools.permutations(range(20))))",
        big_number_result="result = 10 ** 5000",
        big_result="result = 'x' * 10 ** 8",
        wide_result="result = []\nfor _ in range(60): result = [result, result]",
        deep_result="result = []\nfor _ in range(10 ** 5): result = [result]",
        deep_recursion="def f(n): return f(n + 1)\nresult = f(0)",
        deep_repr="x = []\nfor _ in range(10 ** 6): x = [x]\nresult = repr(x)",
        deep_source="result = " + "(" * 5000 + ")" * 5000,
        deep_unary="result = " + "-" * 50000 + "1",
        deep_attributes="result = 1" + ".a" * 20000,
        deep_chain="f = lambda: 1\nfor _ in range(10 ** 5):\n    f = functools.partial(f)\nresult = f()\nwhile True: pass",
        long_source="result = 1\n" * 30000,
        slow_regex="result = re.match(r'(a+)+$', 'a' * 40 + 'b') is None",
        slow_replace="result = ('a' * 10 ** 7).replace('a', 'b' * 1000)",
        deep_json="result = json.loads('[' * 10 ** 6)",
    ),
]
