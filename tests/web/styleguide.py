"""A small application that serves the style guide under the product's content policy, to test and to look at."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, Response, flash, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired

from itsmcomply.web.filters import register_filters
from itsmcomply.web.security import CSP
from itsmcomply.web.shell import AsOf, Basis, DayChoice, Person, Shell, SystemLink, Theme, navigation
from tests.web.sample import STAGE_1, TODAY, sample

ROOT = Path(__file__).resolve().parents[2]
THEMES: dict[str, Theme] = {"light": "light", "dark": "dark", "auto": "auto"}


ARTEFACTS = [SelectChoice("a", "Incident records"), SelectChoice("b", "Known errors")]
REASONS = [SelectChoice("show", "Does not show what is asked"), SelectChoice("old", "Wrong period")]


class SampleForm(FlaskForm):
    title = StringField("Title", [InputRequired()], description="Leave it as the artefact is called.")
    effective_on = DateField("In effect from", [InputRequired()])
    artefact = SelectField("Artefact", [InputRequired()], choices=ARTEFACTS)
    size = IntegerField("Interval in days")
    note = TextAreaField("Note to the reviewer")
    restricted = BooleanField("Restricted: bytes only to owner, reviewers and SMS manager")
    kind = RadioField("Why?", [InputRequired()], choices=REASONS)


def shell(day: date, theme: Theme) -> Shell:
    nav = navigation(
        lambda _: True, lambda endpoint: "#" + endpoint, current="readiness.overview", counts={"my_work": 7}
    )
    choices = (
        DayChoice(TODAY, "today", "/", current=day == TODAY),
        DayChoice(STAGE_1, "stage 1", f"/?as-of={STAGE_1}", "forecast", current=day == STAGE_1),
    )
    urls = {
        "home": "/",
        "search": "#search",
        "profile": "#profile",
        "sign_out": "/out",
        "help": "#help",
        "admin": "#in",
    }
    return Shell(
        person=Person("SMS manager", "SMS manager, Evidence reviewer", theme, is_admin=True),
        system=SystemLink("Managed services", "/", current=True),
        systems=(SystemLink("Managed services", "/", current=True), SystemLink("Internal workplace IT", "#other")),
        nav=nav,
        as_of=AsOf(day, TODAY, "/", "/", choices),
        mode="demonstration",
        basis=Basis(day, "5f1c" * 16, "2018-1", "five-stage"),
        urls=urls,
    )


def create_styleguide() -> Flask:
    app = Flask("styleguide", static_folder=str(ROOT / "itsmcomply/static"))
    folders = [ROOT / "templates", ROOT / "tests/web/pages"]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.config.update(SECRET_KEY="style guide", TESTING=True)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    Babel(app)
    CSRFProtect(app)
    register_filters(app)

    _add_pages(app)
    _add_small_pages(app)
    _add_upload(app)

    @app.after_request
    def _policy(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = CSP
        return answer

    return app


def _add_pages(app: Flask) -> None:
    @app.get("/")
    def page() -> str:
        day = date.fromisoformat(request.args.get("as-of", TODAY.isoformat()))
        form = SampleForm(title="Major incident procedure", note="Adds the hourly message.")
        form.title.errors = ["Two items under this artefact would carry this title. Add what tells them apart."]
        form.kind.errors = ["Choose one."]
        theme = THEMES[request.args.get("theme", "light")]
        return render_template("styleguide.html", sample=sample(), form=form, shell=shell(day, theme))

    @app.get("/focus")
    def focus() -> str:
        day = date.fromisoformat(request.args.get("as-of", TODAY.isoformat()))
        return render_template("focus.html", shell=shell(day, THEMES[request.args.get("theme", "light")]))


def _add_small_pages(app: Flask) -> None:
    @app.get("/conflict")
    def conflict() -> str:
        rows = [SimpleNamespace(name="title", label="Title", theirs="Major incidents", yours="Handling")]
        frame = shell(TODAY, THEMES[request.args.get("theme", "light")])
        said = "Quality manager changed this control at 10:41 while you edited."
        return render_template(
            "errors/conflict.html",
            shell=frame,
            message=said,
            action="/",
            rows=rows,
            row_version=4,
            kept=[],
            discard_url="/",
        )

    @app.get("/sided")
    def sided() -> str:
        return render_template("sided.html", shell=shell(TODAY, THEMES[request.args.get("theme", "light")]))

    @app.get("/flashed")
    def flashed() -> str:
        flash("Two files were refused.", "error")
        flash({"text": "Accepted EV-0219", "undo": "/undo"}, "toast")  # type: ignore[arg-type]  # any JSON value travels
        return render_template("plain.html", form=SampleForm(), tokens=[])

    @app.get("/plain")
    def plain() -> str:
        return render_template("plain.html", form=SampleForm(), tokens=[])


def _add_upload(app: Flask) -> None:
    """What `upload.js` talks to; a name in REFUSED is refused once."""

    @app.put("/upload")
    def upload() -> tuple[dict[str, object], int]:
        name = request.args["name"]
        if name in refused:
            refused.discard(name)
            return {"message": f"{name} was refused. Nothing was stored."}, 507
        size = len(request.get_data())
        same = {"item": "EV-0120", "version": 3, "url": "/confirm"} if name == "same.txt" else None
        return {"token": f"t-{name}", "name": name, "size": size, "duplicate_of": same, "suggestions": []}, 201

    @app.get("/confirm")
    def confirm() -> str:
        return render_template("plain.html", form=SampleForm(), tokens=request.args.getlist("token"))

    refused = app.config["REFUSED"] = set[str]()


if __name__ == "__main__":
    create_styleguide().run(port=5099)
