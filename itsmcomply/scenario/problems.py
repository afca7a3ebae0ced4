"""What is wrong with a scenario: always a file, a line, a key and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from itsmcomply.errors import DomainError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` counts from 1; `key` is a dotted path inside the file, empty for the file as a whole."""

    file: str
    line: int
    key: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}"
        return f"{place}: {self.key}: {self.text}" if self.key else f"{place}: {self.text}"


@dataclass
class ScenarioInvalid(DomainError):
    """The file breaks the format. Nothing was loaded."""

    problems: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
