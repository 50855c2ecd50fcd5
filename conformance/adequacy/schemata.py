"""All mutants of a file in one program: a copy of each function for every mutant, one chosen at run
time by the number in lg_mutant; 0 is the model as it is."""

import re
from dataclasses import dataclass

import mutate

HEAD = """extern int lg_mutant;
extern unsigned char lg_mutant_reached[];
"""


@dataclass
class Part:
    """Text of a generated file; mutant: whose it is, 0 for all."""
    mutant: int
    text: str


def renamed(text, names, suffix):
    """The text with some names changed."""
    if not names:
        return text
    pattern = r"\b(" + "|".join(map(re.escape, sorted(names))) + r")\b(?!__m)"
    return re.sub(pattern, lambda match: match.group(1) + suffix, text)


def enumerators(tokens, block):
    found, depth = [], 0
    for i in range(block.open, block.last):
        depth += {"{": 1, "}": -1, "(": 1, ")": -1}.get(tokens[i].text, 0)
        if depth == 1 and tokens[i].text in ("{", ",") and tokens[i + 1].kind == "name":
            found.append(tokens[i + 1].text)
    return found


class File:
    """One file of the model with its mutants, numbered by the caller."""

    def __init__(self, name, text, mutants, numbers):
        self.name, self.text = name, text
        self.tokens = mutate.tokens_of(text)
        self.blocks = list(mutate.blocks_of(self.tokens))
        self.copies = {}  # function -> [(mutant's number, text)]
        self.declarations = {}  # block's place -> [(number, text)]
        for number, mutant in zip(numbers, mutants):
            self._place(number, mutant)

    def span(self, block):
        end = self.tokens[block.last]
        return self.tokens[block.first].at, end.at + len(end.text)

    def _place(self, number, mutant):
        block = next(b for b in self.blocks
                     if self.span(b)[0] <= mutant.start < self.span(b)[1])
        start, end = self.span(block)
        text = self.text[start:mutant.start] + mutant.after + self.text[mutant.end:end]
        if block.is_function:
            self.copies.setdefault(block.name, []).append((number, text))
        else:
            self.add_declaration(number, block, text)

    def add_declaration(self, number, block, text):
        """Another declaration beside the original, and copies of all that uses it."""
        names = [block.name] if block.name and self.is_object(block) else \
            enumerators(self.tokens, block)
        suffix = f"__m{number}"
        text = re.sub(r"^enum\s+\w+\s*\{", "enum {", renamed(text, names, suffix))
        self.declarations.setdefault(block.first, []).append((number, text))
        for user in self.blocks:
            start, end = self.span(user)
            body = self.text[start:end]
            changed = renamed(body, names, suffix)
            if user.is_function and changed != body:
                self.copies.setdefault(user.name, []).append((number, changed))

    def is_object(self, block):
        return any(t.text == "=" for t in self.tokens[block.first:block.open])

    def numbers(self):
        """Of the mutants that are in this file."""
        made = [*self.copies.values(), *self.declarations.values()]
        return {number for texts in made for number, _ in texts}

    def block_named(self, name):
        return next(block for block in self.blocks if block.name == name)

    def _signature(self, block):
        head = self.text[self.tokens[block.first].at:self.tokens[block.open].at].strip()
        head = re.sub(r"^static\s+", "", head)
        inside = head[head.index("(") + 1:head.rindex(")")]
        names = [re.findall(r"\w+", one)[-1] for one in inside.split(",")]
        return head, [] if names == ["void"] else names

    def _copy(self, block, text, suffix):
        text = re.sub(r"^static\s+", "", text)
        name = block.name
        return ("static __attribute__((noinline)) " +
                text.replace(name + "(", name + suffix + "(", 1) + "\n")

    def _choice(self, block, reached):
        head, names = self._signature(block)
        start, end = self.span(block)
        static = "static " if self.text[start:end].startswith("static") else ""
        given = ", ".join(names)
        plain = re.match(r"void\s+\w+\(", head)
        lines = [f"{static}{head}\n{{\n    lg_mutant_reached[{reached}] = 1;\n"
                 "    switch (lg_mutant) {\n"]
        parts = [Part(0, "".join(lines))]
        for number, _ in self.copies.get(block.name, []):
            call = f"{block.name}__m{number}({given});"
            parts.append(Part(number, f"    case {number}: {call} return;\n" if plain else
                              f"    case {number}: return {call}\n"))
        last = f"{block.name}__m0({given});"
        parts.append(Part(0, "    default: break;\n    }\n    " +
                          (last if plain else "return " + last) + "\n}\n"))
        return parts

    def parts(self, first_reached):
        """The generated file, and the functions in the order of lg_mutant_reached."""
        parts, functions, at = [Part(0, HEAD)], [], 0
        for block in self.blocks:
            start, end = self.span(block)
            if not block.is_function:
                parts.append(Part(0, self.text[at:end] + ";\n"))
                parts += [Part(number, text + ";\n")
                          for number, text in self.declarations.get(block.first, [])]
                at = end + 1
                continue
            parts.append(Part(0, self.text[at:start] + "\n"))
            for number, text in self.copies.get(block.name, []):
                parts.append(Part(number, self._copy(block, text, f"__m{number}")))
            parts.append(Part(0, self._copy(block, self.text[start:end], "__m0")))
            parts += self._choice(block, first_reached + len(functions))
            functions.append(block.name)
            at = end
        return parts + [Part(0, self.text[at:])], functions


def assemble(parts, without=()):
    """(text, [(first line, mutant's number)]) of the parts but those of some mutants."""
    texts, lines, line = [], [], 1
    for part in parts:
        if part.mutant in without:
            continue
        lines.append((line, part.mutant))
        texts.append(part.text)
        line += part.text.count("\n")
    return "".join(texts), lines
