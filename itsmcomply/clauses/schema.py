"""The shape of each file of a catalogue folder. Knows no file system and no reference between files."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from itsmcomply.clauses import maturity, model, policy

ClauseNumber = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
RequirementId = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*-[a-z]+$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=2)]
Texts = tuple[Text, ...]


class FileModel(BaseModel):
    """Base of the shapes: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Totals(FileModel):
    clauses: int
    requirements: int
    artefacts: int
    processes: int
    kpis: int
    controls: int
    common_nonconformities: int
    finding_grades: int
    stage_checks: int
    review_inputs: int


class ManifestFile(FileModel):
    standard: Text
    version: str
    edition: Text
    amendment: Text
    adoptions: Texts
    copyright_note: Text
    totals: Totals
    exceptions: tuple[model.FacetException, ...] = ()


class RequirementEntry(FileModel):
    id: RequirementId
    text: Text
    kind: model.RequirementKind
    source: Text | None = None
    points: Texts = ()
    planned_interval_days: int | None = Field(default=None, ge=1, le=1096)
    expects: tuple[Key, ...]
    audit_questions: Annotated[Texts, Field(min_length=1)]
    note: Text | None = None


class ClauseEntry(FileModel):
    number: ClauseNumber
    title: Text | None = None
    label: Text | None = None
    label_nl: Text
    process: Key
    purpose: Text | None = None
    note: Text | None = None
    checked: model.ContentCheck | None = None
    related: tuple[ClauseNumber, ...] = ()
    mappings: dict[Key, Texts] = Field(default_factory=dict)
    requirements: tuple[RequirementEntry, ...] = ()


class ClauseFile(FileModel):
    clauses: Annotated[tuple[ClauseEntry, ...], Field(min_length=1)]


class ArtefactEntry(FileModel):
    key: Key
    name: Text
    name_nl: Text
    type: model.ArtefactType
    basis: model.Basis
    mandated_by: ClauseNumber | None = None
    implied_by: ClauseNumber | None = None
    facet: model.Facet
    freshness_days: int | None = Field(default=None, ge=1, le=1096)
    every: model.Period | None = None
    event_driven: bool = False
    per: model.SubjectKind | None = None
    good: Annotated[Texts, Field(min_length=2, max_length=4)]
    file_names: Annotated[Texts, Field(min_length=1)]
    file_names_nl: Annotated[Texts, Field(min_length=1)]
    keywords: Annotated[Texts, Field(min_length=1)]
    keywords_nl: Annotated[Texts, Field(min_length=1)]


class ArtefactFile(FileModel):
    home_process: Key
    artefacts: Annotated[tuple[ArtefactEntry, ...], Field(min_length=1)]


class ProcessFile(FileModel):
    groups: Annotated[tuple[model.ProcessGroup, ...], Field(min_length=1)]
    processes: Annotated[tuple[model.Process, ...], Field(min_length=1)]


class KpiFile(FileModel):
    kpis: tuple[model.Kpi, ...]


class ControlFile(FileModel):
    controls: tuple[model.StarterControl, ...]


class NonconformityFile(FileModel):
    common_nonconformities: tuple[model.CommonNonconformity, ...]


class CertificationFile(FileModel):
    finding_grades: tuple[model.FindingGrade, ...]
    cycle: model.CertificationCycle
    stage_checks: tuple[model.StageCheck, ...]


class ReviewFile(FileModel):
    inputs: Annotated[tuple[model.ReviewInput, ...], Field(min_length=1)]


class PolicyFile(FileModel):
    version: str
    weights: policy.Weights
    bands: policy.BandCuts
    caps: policy.Caps
    freshness: policy.Freshness
    recurrence: policy.Recurrence
    kpis: policy.KpiRules
    gates: policy.GateRules
    planning: policy.Planning


def _threshold(value: object) -> maturity.Threshold:
    """`true`, a band letter, or an exact number; which one a fact needs is checked with the fact."""
    text = value if isinstance(value, str) else ""
    if text in ("true", "false"):
        return text == "true"
    if text in policy.Band.__members__:
        return policy.Band(text)
    if re.fullmatch(r"\d+(\.\d+)?(/[1-9]\d*)?", text):
        return Fraction(text)
    words = "{value} is no threshold; write true, a band (N, P, L, F) or a number"
    raise PydanticCustomError("threshold", words, {"value": repr(value)})


class CriterionEntry(FileModel):
    fact: maturity.Fact
    op: maturity.Comparison
    threshold: Annotated[bool | Fraction | policy.Band, BeforeValidator(_threshold)] = Field(union_mode="smart")
    processes: tuple[Key, ...] = ()
    except_: tuple[Key, ...] = Field(default=(), alias="except")
    why: Text


class LevelEntry(FileModel):
    level: int = Field(ge=1, le=5)
    name: Text
    description: Text
    characteristics: Annotated[tuple[maturity.Characteristic, ...], Field(min_length=1)]
    recommendations: tuple[maturity.Recommendation, ...]
    criteria: tuple[CriterionEntry, ...] = ()


class MaturityFile(FileModel):
    key: Key
    name: Text
    version: str
    default: bool = False
    about: Text
    levels: Annotated[tuple[LevelEntry, ...], Field(min_length=5, max_length=5)]
