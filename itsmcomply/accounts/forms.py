"""Forms about people and their accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Length

from itsmcomply.accounts.operations import Preferences
from itsmcomply.accounts.rules import PASSWORD_MIN, Theme
from itsmcomply.web.forms import Form, stripped

THEMES = [
    SelectChoice(Theme.AUTO.value, _l("As the device")),
    SelectChoice(Theme.LIGHT.value, _l("Light")),
    SelectChoice(Theme.DARK.value, _l("Dark")),
]
LANGUAGES = [SelectChoice("en_GB", "English")]


class SignInForm(Form):
    email = StringField(_l("E-mail address"), [InputRequired(), Length(max=254)], filters=[stripped])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=1000)])


class ChoosePasswordForm(Form):
    """A new password, typed twice. Whether it is good enough is the operation's to say."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password.")), Length(max=1000)],
        description=_l(
            "At least %(count)s characters; several words that do not belong together are best.", count=PASSWORD_MIN
        ),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same again"),
        [InputRequired(_l("Type the password a second time.")), Length(max=1000)],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_again(self, field: PasswordField) -> None:
        if self.password.data and field.data and field.data != self.password.data:
            raise ValidationError(_l("The two passwords differ. Type both once more."))


class SetUpForm(ChoosePasswordForm):
    """The first administrator."""

    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Give your name or the name of your role.")), Length(max=200)],
        filters=[stripped],
        description=_l("Stands beside everything you do here."),
        render_kw={"autocomplete": "name"},
    )
    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Give the address you will sign in with.")), Length(max=254)],
        filters=[stripped],
        description=_l("You sign in with it."),
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )


class ChangePasswordForm(ChoosePasswordForm):
    current = PasswordField(
        _l("Password now"),
        [InputRequired(_l("Type the password you sign in with now.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class PreferencesForm(Form):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("Give a name or the name of your role.")), Length(max=200)],
        filters=[stripped],
        description=_l("Shown beside what you file, decide and change from now on."),
        render_kw={"autocomplete": "name"},
    )
    theme = SelectField(_l("Theme"), [InputRequired()], choices=THEMES)
    locale = SelectField(_l("Language"), [InputRequired()], choices=LANGUAGES)
    single_keys = BooleanField(
        _l("Shortcuts of a single key"),
        description=_l("Off: only shortcuts with Ctrl work, which helps with speech input."),
    )

    def preferences(self) -> Preferences:
        return Preferences(
            name=self.name.data or "",
            theme=Theme(self.theme.data),
            locale=self.locale.data or "",
            single_keys=bool(self.single_keys.data),
        )


class AddPersonForm(Form):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("Give a name or the name of a role.")), Length(max=200)],
        filters=[stripped],
        description=_l("A name or a role, for example Change manager."),
    )
    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Give the address this person signs in with.")), Length(max=254)],
        filters=[stripped],
        description=_l("The person signs in with it. No mail is sent from here."),
        render_kw={"inputmode": "email"},
    )
    is_admin = BooleanField(
        _l("Administrator of the installation"),
        description=_l("Adds people and management systems. Sees no evidence without a role in a system."),
    )
