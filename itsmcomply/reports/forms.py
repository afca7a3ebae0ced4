"""The form that asks for an export."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, ValidationError
from wtforms.fields import DateField
from wtforms.validators import AnyOf, DataRequired

from itsmcomply.reports.rules import ExportKind
from itsmcomply.web.forms import Form
from itsmcomply.web.page import FIRST_DAY, LAST_DAY


class ExportForm(Form):
    """Which file, of which day, by which model. The day is the one the page shows."""

    kind = HiddenField(validators=[AnyOf([kind.value for kind in ExportKind], _l("Choose workbook or report."))])
    day = DateField(_l("As of"), validators=[DataRequired(_l("Write the day as year-month-day."))])
    model = SelectField(_l("Maturity model"))

    def validate_day(self, field: DateField) -> None:
        if not isinstance(field.data, date) or not FIRST_DAY <= field.data <= LAST_DAY:
            raise ValidationError(_l("Choose a day between 2000 and 2100."))
