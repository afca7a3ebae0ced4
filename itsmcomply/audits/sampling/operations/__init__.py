"""What people do with populations and samples. Every function takes an evidence `Desk`."""

from itsmcomply.audits.sampling.drawing import STRATA, Drawing
from itsmcomply.audits.sampling.operations.exceptions import (
    Picked,
    examine_exception,
    raise_from_exception,
    raise_from_record,
)
from itsmcomply.audits.sampling.operations.papers import examine_paper, file_paper
from itsmcomply.audits.sampling.operations.populations import (
    Arrived,
    begin_import,
    cancel_import,
    end_import,
    finish_import,
    is_wanted,
    save_mapping,
)
from itsmcomply.audits.sampling.operations.samples import MOST_SAMPLED, draw_sample, set_attributes
from itsmcomply.audits.sampling.operations.testing import save_record

__all__ = [
    "MOST_SAMPLED",
    "STRATA",
    "Arrived",
    "Drawing",
    "Picked",
    "begin_import",
    "cancel_import",
    "draw_sample",
    "end_import",
    "examine_exception",
    "examine_paper",
    "file_paper",
    "finish_import",
    "is_wanted",
    "raise_from_exception",
    "raise_from_record",
    "save_mapping",
    "save_record",
    "set_attributes",
]
