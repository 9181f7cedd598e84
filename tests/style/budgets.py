# SPDX-License-Identifier: Apache-2.0
"""Lengths, arguments and nesting of C functions, read from the text without a compiler."""
import collections
import re

Function = collections.namedtuple("Function", "line name length arguments nesting")

FILE, FUNCTION, TEMPLATE, ARGUMENTS, NESTING, MACRO = 600, 80, 150, 6, 4, 10
# Public functions take a context and an error besides their arguments.
PUBLIC = re.compile(r"lax_(?!i_)")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M)
CONTROL = ("if", "for", "while", "switch", "do", "else")
WORD = re.compile(r"\w+|[{}();]")
CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif|else)\b")
MAY_BE_CONDITIONAL = re.compile(
    r"^(include/|tests/|docs/|src/(base|cpu|kernel)/|src/context/pool\.c$|src/cli/png\.c$)")


def bare(text):
    """The text with comments, strings and directives blanked; lines and columns stay."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return DIRECTIVE.sub(blank, TOKEN.sub(blank, text))


def head(text):
    """Name and number of arguments if the text before a brace is a function's head, else None."""
    text = text.strip()
    if not text.endswith(")") or "=" in text.split("(")[0]:
        return None
    depth = 0
    for start in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[start], 0)
        if depth == 0:
            break
    name = re.search(r"(\w+)\s*$", text[:start])
    inner = text[start + 1:-1].strip()
    level, count = 0, 0 if inner in ("", "void") else 1
    for char in inner:
        level += {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        count += char == "," and level == 0
    return (inner if text.startswith("START_TEST") else name.group(1), count) if name else None


def nesting(body):
    """Deepest nesting of control statements; `else if` continues its chain."""
    deepest, parentheses, stack, last = 0, 0, [], ""
    for match in WORD.finditer(body):
        word = match.group()
        parentheses += {"(": 1, ")": -1}.get(word, 0)
        if parentheses == 0 and word == "{":
            stack.append(word)
        elif parentheses == 0 and word in (";", "}"):
            while stack and stack[-1] != "{":
                stack.pop()
            if word == "}" and stack:
                stack.pop()
                while stack and stack[-1] != "{":
                    stack.pop()
        elif word in CONTROL and not (word == "if" and last == "else"):
            stack.append(word)
            deepest = max(deepest, len(stack) - stack.count("{"))
        last = word
    return deepest


def functions(text):
    """Every function definition, in order."""
    code, found, depth, mark, opened = bare(text), [], 0, 0, None
    code = re.sub(r"\bEND_TEST\b|\bextern\s+\{", lambda m: " " * len(m.group()), code)
    for match in re.finditer(r"[{};]", code):
        char, at = match.group(), match.start()
        if char == "{":
            opened = (head(code[mark:at]), mark, at) if depth == 0 else opened
            depth += 1
        elif char == "}":
            depth = max(depth - 1, 0)
            if depth == 0 and opened and opened[0]:
                start = opened[1] + len(code[opened[1]:]) - len(code[opened[1]:].lstrip())
                first = code.count("\n", 0, start) + 1
                found.append(Function(first, opened[0][0], code.count("\n", start, at) + 1,
                                      opened[0][1], nesting(code[opened[2] + 1:at])))
            opened = opened if depth else None
        if depth == 0:
            mark = at + 1
    return found


def macros(lines):
    """(line, length) of each macro that goes over several lines."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"\s*#\s*define\b", line):
            start = number
        if start is not None and not line.endswith("\\"):
            if number > start:
                yield start, number - start + 1
            start = None


def breaches(path, lines, own):
    """(line, sentence) of everything beyond the budgets."""
    found = []
    limit = TEMPLATE if path.startswith("src/kernel/") and path.endswith(".h") else FUNCTION
    if len(lines) > FILE + 1 and not path.startswith("include/") and not path.endswith(".def"):
        found.append((1, f"{len(lines) - 1} lines, {FILE} are allowed"))
    for f in own:
        if f.length > limit:
            found.append((f.line, f"{f.name}: {f.length} lines, {limit} are allowed"))
        allowed = ARGUMENTS + 2 * ("/kernel/" in path or PUBLIC.match(f.name) is not None)
        if f.arguments > allowed:
            found.append((f.line, f"{f.name}: {f.arguments} arguments, {allowed} are allowed"))
        if f.nesting > NESTING:
            found.append((f.line, f"{f.name}: nested {f.nesting} deep, {NESTING} are allowed"))
    for number, length in macros(lines):
        if length > MACRO:
            found.append((number, f"a macro of {length} lines, {MACRO} are allowed"))
    if not MAY_BE_CONDITIONAL.match(path):
        for number, line in enumerate(lines, 1):
            if CONDITIONAL.match(line) and not re.match(r"\s*#\s*ifndef\s+LAX_\w+_H\b", line):
                found.append((number, "conditional compilation belongs to base, cpu and kernel"))
    return found
