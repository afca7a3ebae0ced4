"""Suggests under which artefacts a file may belong, by its name and its text. Pure and explained; a person decides.

Names are compared by words and by three-letter pieces of words, so that Dutch compounds meet their parts
(incidentexport, incidentregistraties); what many artefacts share counts little. In a text, keywords are looked for.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from itsmcomply.clauses.model import Artefact
from itsmcomply.clauses.words import name_words, words

_PIECE = 3
_WORD_WEIGHT = 2.0
_ENOUGH = 0.12
_TEXT_LIMIT = 20_000
_UNKNOWN_SHARE = 0.2

# Words that stand in the names of all kinds of files.
_COMMON = (
    "januari january februari february maart march april mei may juni june juli july augustus august september "
    "oktober october november december jan feb mrt mar apr jun jul aug sep sept okt oct nov dec "
    "img scan foto image afbeelding document bestand file copy kopie final definitief draft concept versie version "
    "new nieuw untitled naamloos page pagina the of and for van de het een en voor met in op"
)
_SAYS_NOTHING = frozenset(_COMMON.split())


class Source(StrEnum):
    """Where the reason for a suggestion stands."""

    NAME = "name"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Reason:
    """Words of the file that speak for the artefact, strongest first; shown as: name says incident, export."""

    source: Source
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An artefact's key with a strength in 0..1 (only for ranking) and at least one reason."""

    artefact: str
    strength: float
    reasons: tuple[Reason, ...]


class Suggester:
    """Artefacts prepared for suggestions; build it once per catalogue."""

    def __init__(self, artefacts: Mapping[str, Artefact]) -> None:
        profiles = {key: _profile(artefact) for key, artefact in artefacts.items()}
        holders = Counter(feature for profile in profiles.values() for feature in profile)
        self._rarity = {feature: math.log(1 + len(profiles) / count) for feature, count in holders.items()}
        self._weights: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for key, profile in profiles.items():
            scaled = {feature: amount * self._rarity[feature] for feature, amount in profile.items()}
            length = math.sqrt(sum(weight * weight for weight in scaled.values())) or 1.0
            for feature, weight in scaled.items():
                self._weights[feature].append((key, weight / length))
        self._phrases = {key: _phrases(artefact) for key, artefact in artefacts.items()}
        self._phrase_holders = Counter(phrase for phrases in self._phrases.values() for phrase in phrases)

    def suggest(self, file_name: str, text: str = "", limit: int = 3) -> tuple[Suggestion, ...]:
        """The likeliest artefacts, best first; none where neither name nor text says enough.

        Of `text` the first 20,000 characters are read.
        """
        by_name, said = self._by_name(file_name)
        by_text, found = self._by_text(text)
        strengths = {
            key: 1 - (1 - by_name.get(key, 0.0)) * (1 - by_text.get(key, 0.0)) for key in {**by_name, **by_text}
        }
        ranked = sorted(strengths, key=lambda key: (-strengths[key], key))
        return tuple(
            Suggestion(key, min(1.0, strengths[key]), _reasons(said.get(key), found.get(key)))
            for key in ranked[:limit]
            if strengths[key] >= _ENOUGH
        )

    def _by_name(self, file_name: str) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        """Likeness 0..1 per artefact, and how much each word of the name gave to it."""
        gave: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        unknown = _UNKNOWN_SHARE * math.log(1 + len(self._phrases))
        length = 0.0
        for word in name_words(file_name):
            for feature, amount in _features([word]).items():
                weight = amount * self._rarity.get(feature, unknown)
                length += weight * weight
                for key, share in self._weights.get(feature, ()):
                    gave[key][word] += weight * share
        scale = math.sqrt(length) or 1.0
        return {key: sum(each.values()) / scale for key, each in gave.items()}, gave

    def _by_text(self, text: str) -> tuple[dict[str, float], dict[str, list[str]]]:
        """Strength 0..1 per artefact by the keywords its text holds, and these keywords."""
        spaced = f" {' '.join(words(text[:_TEXT_LIMIT]))} "
        found: dict[str, list[str]] = {}
        for key, phrases in self._phrases.items():
            held = [phrase for phrase in phrases if f" {phrase} " in spaced]
            if held:
                found[key] = sorted(held, key=lambda phrase: (self._phrase_holders[phrase], -len(phrase)))
        strength = {
            key: 1 - math.prod(1 - 0.4 / self._phrase_holders[phrase] for phrase in held) for key, held in found.items()
        }
        return strength, found


def _reasons(said: Mapping[str, float] | None, found: list[str] | None) -> tuple[Reason, ...]:
    reasons = []
    if said:
        order = sorted(said, key=lambda word: -said[word])
        reasons.append(Reason(Source.NAME, tuple(word for word in order[:2] if said[word] * 2 >= said[order[0]])))
    if found:
        reasons.append(Reason(Source.TEXT, tuple(found[:2])))
    return tuple(reasons)


def _profile(artefact: Artefact) -> dict[str, float]:
    """Features of everything known about how files of this artefact are named."""
    texts = (artefact.name, artefact.name_nl, *artefact.keywords, *artefact.keywords_nl)
    stems = (name_words(name) for name in (*artefact.file_names, *artefact.file_names_nl))
    spoken = [name_words(f"{text}.") for text in texts]
    return _features(word for group in (*spoken, *stems) for word in group)


def _features(names: Iterable[str]) -> dict[str, float]:
    """Whole words (marked) and their three-letter pieces with their weights; repetition adds little."""
    counts: Counter[str] = Counter()
    for word in names:
        if word not in _SAYS_NOTHING:
            counts[f"={word}"] += 1
            counts.update(word[at : at + _PIECE] for at in range(len(word) - _PIECE + 1))
    return {
        feature: (1 + math.log(count)) * (_WORD_WEIGHT if feature.startswith("=") else 1.0)
        for feature, count in counts.items()
    }


def _phrases(artefact: Artefact) -> tuple[str, ...]:
    """Folded keywords and names, as they may stand in a text."""
    texts = (artefact.name, artefact.name_nl, *artefact.keywords, *artefact.keywords_nl)
    return tuple(dict.fromkeys(" ".join(words(text)) for text in texts))
