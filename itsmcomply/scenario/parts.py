"""What every section of a scenario file is made of: short texts, days, references, and how a version is reviewed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\r\n\x00]+$")]
Email = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.+-]{1,64}@([a-z0-9-]+\.)*example\.(org|com|net)$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](-?[a-z0-9])*$", max_length=60)]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=80)]
When = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Days = Annotated[int, Field(ge=0, le=1096)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$", max_length=60)]
"""The name of an entry inside its scenario, for other entries to refer to."""
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+( \S+)?(/[1-9]\d{0,2})?$", max_length=120)]
"""A version of evidence: an artefact or the id of an item, then perhaps a period, then perhaps a version number."""

RejectionKind = Literal["not_shown", "not_approved", "wrong_period", "wrong_artefact", "unreadable"]


class Part(BaseModel):
    """Base of all parts: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReviewEntry(Part):
    decision: Literal["accepted", "rejected"]
    by: Email | None = None
    on: When | None = None
    after: Days = 2
    kind: RejectionKind | None = None
    reason: Line | None = None
    opened: bool = True


Reviews = Literal["accepted"] | list[ReviewEntry]
