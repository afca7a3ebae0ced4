"""What the product fills into an input of a review, as values that can be kept as text for ever. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from itsmcomply.activity.rules import canonical
from itsmcomply.wording import Sentence, say


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is about, and what there is. `kind` and `key` name the record it comes from, "" for none.

    kind: finding, audit, review, or a word the page knows no address for. `late`: somebody has to hear of it.
    """

    label: Sentence
    value: Sentence
    kind: str = ""
    key: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """An artefact with what is on file for it on that day. `item` is "" where nothing is."""

    artefact: str
    name: str
    state: str
    item: str = ""
    title: str = ""
    version: int = 0
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """All that the product knows about one input."""

    facts: tuple[Fact, ...] = ()
    proofs: tuple[Proof, ...] = ()


def as_text(filled: Filled) -> str:
    """The canonical text that is kept with a signed review."""
    facts = [
        {"label": _words(f.label), "value": _words(f.value), "kind": f.kind, "key": f.key, "late": f.late}
        for f in filled.facts
    ]
    proofs = [
        {
            "artefact": p.artefact,
            "name": p.name,
            "state": p.state,
            "item": p.item,
            "title": p.title,
            "version": p.version,
            "effective_on": p.effective_on.isoformat() if p.effective_on else None,
        }
        for p in filled.proofs
    ]
    return canonical({"facts": facts, "proofs": proofs})


def from_text(text: str) -> Filled:
    """What was kept; nothing for a review that is not signed."""
    if not text:
        return Filled()
    kept = json.loads(text)
    facts = (
        Fact(_sentence(f["label"]), _sentence(f["value"]), f["kind"], f["key"], late=f["late"]) for f in kept["facts"]
    )
    proofs = (
        Proof(**{**p, "effective_on": date.fromisoformat(p["effective_on"]) if p["effective_on"] else None})
        for p in kept["proofs"]
    )
    return Filled(tuple(facts), tuple(proofs))


def _words(sentence: Sentence) -> dict[str, object]:
    return {"text": sentence.template, "values": sentence.values}


def _sentence(kept: Mapping[str, object]) -> Sentence:
    values = kept["values"]
    return say(str(kept["text"]), **(values if isinstance(values, dict) else {}))
