"""Forms about a person's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from itsmcomply.web.forms import Form, stripped


class SignInForm(Form):
    email = StringField(_l("E-mail address"), [InputRequired(), Length(max=254)], filters=[stripped])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=1000)])
