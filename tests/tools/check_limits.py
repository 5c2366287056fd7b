"""Checks that no file has more than 400 lines and no function more than 60.

    check_limits.py DIR...    prints each violation as file:line: reason; exit code 1 if there is one

A function's lines run from its first line (return type, `TEST(` or `def`) to its closing brace or
last statement. C++ is not parsed but read as brace blocks, which clang-format's output makes exact
enough: a block opened after a parameter list, outside of any other function, is a function.
"""

import ast
import pathlib
import re
import sys

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
SUFFIXES = {".h", ".cc", ".py", ".sh"}

TOKEN = re.compile(
    r'R"(?P<delim>[^(\s]*)\(.*?\)(?P=delim)"'  # raw string
    r'|//[^\n]*|/\*.*?\*/'
    r"|^[ \t]*\#(?:\\\n|[^\n])*"  # a preprocessor line with its continuations
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'",  # not the separator in 1'000
    re.S | re.M,
)
# What may stand before the name of a block and says nothing about its kind.
PREAMBLE = re.compile(
    r"\s*((public|protected|private)\s*:|template\s*<(?:[^<>]|<[^<>]*>)*>|inline|export)\s*"
)
CONTAINER = re.compile(r"(namespace|class|struct|enum|union)\b")
SIGNATURE_END = re.compile(r"\)\s*(const|noexcept|override|final|mutable|&|->[^()]*|\s)*$")


def blanked(text):
    """The text with comments, literals and preprocessor lines blanked; newlines stay."""
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def start_of(head):
    """The offset in head at which the declaration itself starts."""
    start = 0
    while match := PREAMBLE.match(head, start):
        start = match.end()
    return start + len(head[start:]) - len(head[start:].lstrip())


def is_function_head(head):
    """Whether what stands between the last ; { or } and this brace opens a function."""
    if "(" not in head or head.rstrip().endswith(("=", ",", "(")):
        return False
    return not CONTAINER.match(head, start_of(head)) or bool(SIGNATURE_END.search(head))


def cpp_functions(text):
    """Yields (first line, last line) of each outermost function."""
    code = blanked(text)
    open_blocks = []  # "init", "block", or the first line of an outermost function
    in_function = 0
    head_start = 0
    for at, c in enumerate(code):
        if c == "{":
            head = code[head_start:at]
            if head and not head[-1].isspace():
                open_blocks.append("init")  # clang-format puts a blank before a body's brace only
                continue
            function = not in_function and is_function_head(head)
            first_line = code.count("\n", 0, head_start + start_of(head)) + 1
            open_blocks.append(first_line if function else "block")
            in_function += function
        elif c == "}" and open_blocks:
            kind = open_blocks.pop()
            if kind == "init":
                continue
            if kind != "block":
                in_function -= 1
                yield kind, code.count("\n", 0, at) + 1
        if c in "{};":
            head_start = at + 1


def python_functions(text):
    """Yields (first line, last line) of each function, nested ones too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def functions(path, text):
    if path.suffix in {".h", ".cc"}:
        return cpp_functions(text)
    return python_functions(text) if path.suffix == ".py" else []


def check_file(path):
    """All violations of one file as (line, reason)."""
    text = path.read_text(encoding="utf-8")
    found = []
    lines = text.count("\n")
    if lines > MAX_FILE_LINES:
        found.append((lines, f"file of {lines} lines, at most {MAX_FILE_LINES}"))
    for first, last in functions(path, text):
        if last - first + 1 > MAX_FUNCTION_LINES:
            reason = f"function of {last - first + 1} lines, at most {MAX_FUNCTION_LINES}"
            found.append((first, reason))
    return found


def main(folders):
    violations = 0
    files = sorted(p for f in folders for p in pathlib.Path(f).rglob("*") if p.suffix in SUFFIXES)
    for path in files:
        for line, reason in check_file(path):
            print(f"{path}:{line}: {reason}")
            violations += 1
    print(f"limits: {len(files)} files, {violations} violations")
    return 1 if violations or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
