"""Installation pages: the first management system, the list of systems, health."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from itsmcomply.accounts.browser import open_browser_session, remember
from itsmcomply.accounts.queries import require_user
from itsmcomply.accounts.routes_people import link_page
from itsmcomply.clock import day_in_zone
from itsmcomply.db import db, end_read
from itsmcomply.errors import InvalidInput
from itsmcomply.permissions import Permission, Role
from itsmcomply.systems.blueprint import blueprint
from itsmcomply.systems.forms import AddManagerForm, AddSystemForm, FirstSystemForm
from itsmcomply.systems.health import health as health_now
from itsmcomply.systems.health_words import health_lines
from itsmcomply.systems.models import EntryKind, ManagementSystem
from itsmcomply.systems.operations import add_member, create_system, grant_role, set_entry
from itsmcomply.systems.queries import all_systems, grants_of, members, require_system_id, system_ref, system_rows
from itsmcomply.systems.rules import suggested_slug
from itsmcomply.systems.saving import Answer, renewed
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import Write, clock, reader, settings, writing
from itsmcomply.web.page import address
from itsmcomply.web.resources import resources

FIRST_FACTS = (
    EntryKind.ORGANISATION,
    EntryKind.SCOPE_STATEMENT,
    EntryKind.OPERATING_SINCE,
    EntryKind.STAGE_1_ON,
    EntryKind.STAGE_2_ON,
)


@blueprint.get("/setup/system")
@requires(Permission.ADMINISTER)
def first() -> Answer:
    if all_systems(reader()):
        return redirect(url_for("systems.index"))
    return render_template("systems/first.html", form=FirstSystemForm())


@blueprint.post("/setup/system")
@requires(Permission.ADMINISTER)
def first_send() -> Answer:
    form = FirstSystemForm()
    if all_systems(reader()):
        return redirect(url_for("systems.index"))
    if form.validate_on_submit():
        try:
            slug, token = _make_first(form)
        except InvalidInput as error:
            form.show(error)
        else:
            remember(token)
            return redirect(address("readiness.overview", slug=slug) or url_for("systems.settings", slug=slug))
    return render_template("systems/first.html", form=form), 422


def _make_first(form: FirstSystemForm) -> tuple[str, str]:
    """Make the system with its facts, and its maker the SMS manager; return its short name and a new session."""
    with writing(Permission.ADMINISTER) as write:
        name = form.name.data or ""
        slug = suggested_slug(name) or "management-system"
        system = create_system(
            write.session, write.actor, write.clock, slug=slug, name=name, time_zone=form.time_zone.data or ""
        )
        me = require_user(write.session, write.actor.email)
        grant_role(write.session, write.actor, write.clock, system=system, user=me, role=Role.SMS_MANAGER)
        _record_first_facts(write, system, form)
        return slug, open_browser_session(write.session, me)


def _record_first_facts(write: Write, system: ManagementSystem, form: FirstSystemForm) -> None:
    grants = grants_of(write.session, write.actor.user_id, write.clock.now()).grants
    manager = replace(write.actor, grants=grants)
    for kind in FIRST_FACTS:
        value = (form[kind.value].data or "").replace("\r\n", "\n")
        if value:
            set_entry(write.session, manager, write.clock, system=system, kind=kind, value=value)


@blueprint.get("/admin/systems", endpoint="index")
@requires(Permission.ADMINISTER)
def systems_index() -> Answer:
    return render_template("systems/index.html", rows=system_rows(reader()), form=AddSystemForm())


@blueprint.post("/admin/systems")
@requires(Permission.ADMINISTER)
def system_add() -> Answer:
    form = AddSystemForm()
    if form.validate_on_submit():
        name = form.name.data or ""
        slug = form.slug.data or suggested_slug(name)
        try:
            with writing(Permission.ADMINISTER) as write:
                zone = form.time_zone.data or ""
                made = create_system(write.session, write.actor, write.clock, slug=slug, name=name, time_zone=zone).id
        except InvalidInput as error:
            form.show(error)
        else:
            flash(_("%(name)s is added. Now give somebody the role of SMS manager in it.", name=name), "success")
            return redirect(url_for("systems.system_page", number=made))
    return render_template("systems/index.html", rows=system_rows(reader()), form=form), 422


@blueprint.get("/admin/systems/<int:number>")
@requires(Permission.ADMINISTER)
def system_page(number: int) -> Answer:
    return _system_page(number, AddManagerForm(), 200)


def _system_page(number: int, form: AddManagerForm, status: int) -> Answer:
    ref = system_ref(reader(), number)
    today = day_in_zone(clock().now(), ref.zone)
    people = members(reader(), ref, today).people
    page = render_template(
        "systems/system.html", system=ref, people=people, form=form, names=resources().catalogue.processes
    )
    return page, status


@blueprint.post("/admin/systems/<int:number>/manager")
@requires(Permission.ADMINISTER)
def manager_add(number: int) -> Answer:
    form = AddManagerForm()
    if form.validate_on_submit():
        try:
            with writing(Permission.ADMINISTER) as write:
                user, token = add_member(
                    write.session,
                    write.actor,
                    write.clock,
                    system=require_system_id(write.session, number),
                    email=form.email.data or "",
                    name=form.name.data or "",
                    role=Role.SMS_MANAGER,
                )
                own = renewed(write)
        except InvalidInput as error:
            form.show(error)
        else:
            if own:
                remember(own)
            back = url_for("systems.system_page", number=number)
            if token:
                return link_page(user, token, back)
            flash(_("%(name)s is SMS manager from the next sign-in on.", name=user.name), "success")
            return redirect(back)
    return _system_page(number, form, 422)


@blueprint.get("/admin/health")
@requires(Permission.ADMINISTER)
def health() -> Answer:
    end_read()
    found = health_now(db.engine, settings())
    lines = health_lines(found, clock().now())
    sound = all(kind == "ok" for kind, _text in lines)
    return render_template("systems/health.html", h=found, config=settings(), lines=lines, sound=sound)
