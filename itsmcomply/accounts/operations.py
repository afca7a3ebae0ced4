"""What people and administrators do with accounts: create, invite, sign in and out, change passwords, disable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import OneTimeLink, SignInFailure, User, UserSession
from itsmcomply.accounts.queries import recent_failures, require_user, user_by_email
from itsmcomply.accounts.rules import (
    LINK_LIFETIME,
    LOCALES,
    LOCK_WINDOW,
    LinkPurpose,
    Theme,
    chosen_hash,
    email_problem,
    locked_until,
    new_token,
    normal_email,
    token_hash,
)
from itsmcomply.activity.operations import Record, await_turn, record_activity
from itsmcomply.clock import Clock
from itsmcomply.errors import InvalidInput, InvalidTransition, NotFound, NotPermitted
from itsmcomply.permissions import Actor, Permission
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person decides about their own account. `single_keys`: one-letter shortcuts work."""

    name: str
    theme: Theme
    locale: str
    single_keys: bool


@dataclass
class SignInLocked(NotPermitted):
    """Too many failed sign-ins for this account name."""

    until: datetime | None = None


_LAST_ADMINISTRATOR = "This is the last administrator. Appoint another one first."


def _record(user: User) -> Record:
    return Record("person", user.email)


def create_user(session: Session, actor: Actor, clock: Clock, *, email: str, name: str, is_admin: bool = False) -> User:
    """Add a person without a password. Raises InvalidInput when the address is taken or is none."""
    address = normal_email(email)
    problems = {"email": email_problem(address)}
    if user_by_email(session, address) is not None:
        problems["email"] = f"{address} is already a person here."
    if not name.strip():
        problems["name"] = "Give a name or the name of a role, for example Change manager."
    errors = {key: text for key, text in problems.items() if text}
    if errors:
        raise InvalidInput(errors)
    user = User(email=address, name=name.strip(), is_admin=is_admin, created_at=clock.now())
    session.add(user)
    after = {"name": user.name, "email": address, "administrator": is_admin}
    record_activity(session, actor, clock.now(), "person.added", _record(user), after=after, rows=[user])
    return user


def invite_person(
    session: Session, actor: Actor, clock: Clock, *, email: str, name: str, is_admin: bool = False
) -> tuple[User, str]:
    """Add a person; return them with the token of their invitation. Raises InvalidInput as `create_user`."""
    user = create_user(session, actor, clock, email=email, name=name, is_admin=is_admin)
    return user, issue_person_link(session, actor, clock, user=user)


def set_password(session: Session, actor: Actor, clock: Clock, *, user: User, password: str) -> None:
    """Hash and store a password, for commands and scenarios; pages hash before their transaction opens."""
    store_password(session, actor, clock, user=user, password_hash=chosen_hash(password, user.name, user.email))


def store_password(session: Session, actor: Actor, clock: Clock, *, user: User, password_hash: str) -> None:
    """Give a person a new password (see `rules.chosen_hash`); all their sessions and open links end at once."""
    user.password_hash = password_hash
    user.row_version += 1
    end_sessions(session, clock, user_id=user.id, because="password")
    _end_links(session, clock, user)
    record_activity(session, actor, clock.now(), "person.password_changed", _record(user), rows=[user])


def set_disabled(session: Session, actor: Actor, clock: Clock, *, user: User, disabled: bool) -> None:
    """Close or reopen an account; closing ends its sessions and links. The last administrator cannot be closed."""
    _require_administrator(actor)
    await_turn(session)
    session.refresh(user)
    if disabled and _is_last_administrator(session, user):
        raise NotPermitted(_LAST_ADMINISTRATOR)
    if (user.disabled_at is not None) is disabled:
        return
    user.disabled_at = clock.now() if disabled else None
    user.row_version += 1
    if disabled:
        end_sessions(session, clock, user_id=user.id, because="disabled")
        _end_links(session, clock, user)
    action = "person.disabled" if disabled else "person.enabled"
    record_activity(session, actor, clock.now(), action, _record(user), rows=[user])


def set_administrator(session: Session, actor: Actor, clock: Clock, *, user: User, is_admin: bool) -> None:
    """Appoint or dismiss an installation administrator; the last one cannot be dismissed."""
    _require_administrator(actor)
    await_turn(session)
    session.refresh(user)
    if not is_admin and _is_last_administrator(session, user):
        raise NotPermitted(_LAST_ADMINISTRATOR)
    if user.is_admin is is_admin:
        return
    before = {"administrator": user.is_admin}
    user.is_admin = is_admin
    user.row_version += 1
    end_sessions(session, clock, user_id=user.id, because="role")
    after = {"administrator": is_admin}
    record_activity(
        session, actor, clock.now(), "person.administrator", _record(user), before=before, after=after, rows=[user]
    )


def _require_administrator(actor: Actor) -> None:
    if not actor.may(Permission.ADMINISTER):
        raise NotPermitted(say(N_("Only an administrator of the installation does this.")))


def _is_last_administrator(session: Session, user: User) -> bool:
    """Whether nobody else could administer; of those who can sign in, who never came is not counted on."""
    others = select(User.id).where(User.is_admin.is_(True), User.disabled_at.is_(None), User.id != user.id)
    if user.password_hash is not None:
        others = others.where(User.password_hash.is_not(None))
    return user.is_admin and session.execute(others.limit(1)).first() is None


def issue_link(session: Session, clock: Clock, *, purpose: LinkPurpose, user: User | None = None) -> str:
    """Make a one-time link and return its token, which is stored nowhere. Earlier unused ones for it die."""
    now, token = clock.now(), new_token()
    same = OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
    about = OneTimeLink.user_id.is_(None) if user is None else OneTimeLink.user_id == user.id
    session.execute(update(OneTimeLink).where(*same, about).values(used_at=now))
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user.id if user else None,
            created_at=now,
            expires_at=now + LINK_LIFETIME[purpose],
        )
    )
    return token


def issue_person_link(session: Session, actor: Actor, clock: Clock, *, user: User) -> str:
    """Make and record a link with which a person sets a first or a new password; return its token.

    Raises InvalidTransition for a closed account.
    """
    if user.disabled_at is not None:
        raise InvalidTransition("disabled", "invited", say(N_("This account is closed. Open it again first.")))
    purpose = LinkPurpose.INVITATION if user.password_hash is None else LinkPurpose.PASSWORD
    token = issue_link(session, clock, purpose=purpose, user=user)
    record_activity(session, actor, clock.now(), "person.link_issued", _record(user), after={"purpose": purpose})
    return token


def _end_links(session: Session, clock: Clock, user: User) -> None:
    unused = OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)
    session.execute(update(OneTimeLink).where(*unused).values(used_at=clock.now()))


def find_link(session: Session, clock: Clock, *, token: str) -> OneTimeLink:
    """The link if it can still be used. Raises NotFound for unknown, used and expired ones alike."""
    link = session.execute(select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token))).scalar_one_or_none()
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        raise NotFound("link", "")
    return link


def person_of_link(session: Session, clock: Clock, *, token: str) -> User:
    """The person an invitation or password link belongs to. Raises NotFound as `find_link`, and for closed accounts."""
    link = find_link(session, clock, token=token)
    user = session.get(User, link.user_id) if link.user_id else None
    if user is None or user.disabled_at is not None:
        raise NotFound("link", "")
    return user


def use_link(session: Session, clock: Clock, *, token: str, password_hash: str) -> User:
    """Set the first or a new password through an invitation or password link, which works once."""
    await_turn(session)
    user = person_of_link(session, clock, token=token)
    store_password(session, as_actor(user), clock, user=user, password_hash=password_hash)
    return user


def require_setup_link(session: Session, clock: Clock, *, token: str) -> OneTimeLink:
    """The set-up link while nobody is here yet. Raises NotFound."""
    link = find_link(session, clock, token=token)
    if link.purpose is not LinkPurpose.SETUP or session.execute(select(User.id).limit(1)).first() is not None:
        raise NotFound("link", "")
    return link


def use_setup_link(session: Session, clock: Clock, *, token: str, email: str, name: str, password_hash: str) -> User:
    """Create the first administrator through the link printed at the first start, while there is no other person."""
    await_turn(session)
    link = require_setup_link(session, clock, token=token)
    someone = Actor(user_id=0, name=name.strip(), email=normal_email(email))
    user = create_user(session, someone, clock, email=email, name=name, is_admin=True)
    store_password(session, as_actor(user), clock, user=user, password_hash=password_hash)
    link.used_at = clock.now()
    return user


def as_actor(user: User) -> Actor:
    """A person acting on their own account, outside any system."""
    return Actor(user_id=user.id, name=user.name, email=user.email, is_admin=user.is_admin)


def refuse_when_locked(session: Session, clock: Clock, *, email: str) -> None:
    """Raises SignInLocked after ten failures in fifteen minutes for this account name, known or not."""
    until = locked_until(recent_failures(session, email, clock.now()), clock.now())
    if until is not None:
        raise SignInLocked(say(N_("Too many failed sign-ins for this address. Try again later.")), until)


def note_failure(session: Session, clock: Clock, *, email: str, address: str) -> None:
    """Count a failed sign-in; older ones than the window are cleared on the way."""
    now = clock.now()
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - LOCK_WINDOW))
    session.add(SignInFailure(email=normal_email(email)[:254], at=now, address=address[:64]))


def open_session(session: Session, clock: Clock, *, user: User, address: str, agent: str) -> str:
    """Start a session for a person whose password was checked; return its token, which is stored nowhere."""
    now, token = clock.now(), new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            address=address[:64],
            agent=agent[:300],
        )
    )
    session.execute(delete(SignInFailure).where(SignInFailure.email == user.email))
    record_activity(session, as_actor(user), now, "person.signed_in", _record(user))
    return token


def close_session(session: Session, actor: Actor, clock: Clock, *, session_id: int) -> None:
    """Sign out one browser of one's own. Raises NotFound for others' and for one that has ended."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != actor.user_id or row.revoked_at is not None:
        raise NotFound("session", str(session_id))
    row.revoked_at, row.revoked_because = clock.now(), "signed out"
    record_activity(session, actor, clock.now(), "person.signed_out", Record("person", actor.email))


def touch_session(session: Session, clock: Clock, *, session_id: int) -> None:
    """Note that a session is in use; not a change the trail records."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now()))


def end_sessions(session: Session, clock: Clock, *, user_id: int, because: str) -> None:
    """End every session of a person at once: after a change of password, role or status."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_because=because)
    )


def close_other_sessions(session: Session, actor: Actor, clock: Clock, *, keep: int) -> int:
    """Sign out every browser of one's own but this; return how many. None left: nothing is recorded."""
    mine = UserSession.user_id == actor.user_id, UserSession.revoked_at.is_(None), UserSession.id != keep
    others = list(session.execute(select(UserSession).where(*mine)).scalars())
    if not others:
        return 0
    for row in others:
        row.revoked_at, row.revoked_because = clock.now(), "signed out elsewhere"
    record = Record("person", actor.email)
    record_activity(session, actor, clock.now(), "person.signed_out_elsewhere", record, after={"count": len(others)})
    return len(others)


def set_preferences(session: Session, actor: Actor, clock: Clock, *, preferences: Preferences) -> None:
    """Change one's own name and what one sees. Raises InvalidInput; the same again changes nothing."""
    user = require_user(session, actor.email)
    values = asdict(preferences) | {"name": preferences.name.strip()}
    if not values["name"]:
        raise InvalidInput({"name": say(N_("Give a name or the name of your role."))})
    if preferences.locale not in LOCALES:
        raise InvalidInput({"locale": say(N_("Choose one of the languages."))})
    changed = {key: value for key, value in values.items() if getattr(user, key) != value}
    if not changed:
        return
    before = {key: getattr(user, key) for key in changed}
    for key, value in changed.items():
        setattr(user, key, value)
    user.row_version += 1
    record_activity(
        session, actor, clock.now(), "person.preferences", _record(user), before=before, after=changed, rows=[user]
    )
