"""Two people edit the same form: the second one loses nothing and sees what the first one changed."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient

from tests.audits.shop import DAY, Shop

HIDDEN = re.compile(r'<input[^>]*name="(csrf_token|row_version|seen)"[^>]*value="([^"]*)"')
PLAN = {
    "kind": "internal",
    "title": "Resolution and fulfilment",
    "objectives": "Find out whether the processes meet the standard and work.",
    "criteria": "ISO/IEC 20000-1:2018 and our own procedures",
    "method": "on_site",
    "first_on": DAY.isoformat(),
    "last_on": DAY.replace(day=25).isoformat(),
    "clauses": ["8.6.1", "8.6.2"],
}
RESULT = {"conclusion": "Works.", "distribution": "SMS manager", "conformity": "met", "effectiveness": "met"}
PROGRAMME = {"name": "2027", "from_on": "2027-01-01", "to_on": "2027-12-31", "objectives": "All once."}


def _hidden(text: str) -> dict[str, str]:
    """What the form of a page carries unseen."""
    form = text[text.index('<form class="panel"') :]
    return {name: html.unescape(value) for name, value in HIDDEN.findall(form)}


def _open(client: FlaskClient, page: str) -> dict[str, str]:
    return _hidden(client.get(page).text)


def test_a_plan_keeps_what_was_typed_and_takes_over_what_only_the_other_changed(shop: Shop) -> None:
    key = shop.plan("8.6.1", "8.6.2")
    mine, theirs = shop.cast.client("sms_manager"), shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/edit")
    opened, other = _open(mine, page), _open(theirs, page)
    theirs.post(page, data=PLAN | {"criteria": "The standard alone", "clauses": ["8.6.1"]} | other)

    answer = mine.post(page, data=PLAN | {"title": "My title"} | opened)

    assert answer.status_code == 409
    assert "Internal auditor saved this at" in answer.text
    assert 'value="My title"' in answer.text
    assert answer.text.count("The standard alone") == 2  # in the note, and taken over into the form
    again = mine.post(page, data=PLAN | {"title": "My title", "clauses": ["8.6.1"]} | _hidden(answer.text))
    assert again.status_code == 303


def test_a_field_both_changed_holds_mine_and_names_theirs(shop: Shop) -> None:
    key = shop.plan("8.6.1", "8.6.2")
    mine, theirs = shop.cast.client("sms_manager"), shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/edit")
    opened, other = _open(mine, page), _open(theirs, page)
    theirs.post(page, data=PLAN | {"objectives": "Their objectives"} | other)

    answer = mine.post(page, data=PLAN | {"objectives": "My objectives"} | opened)

    assert answer.status_code == 409
    assert re.search(r"<textarea[^>]*name=\"objectives\"[^>]*>\s*My objectives", answer.text)
    assert "Their objectives" in answer.text
    assert "yours, because you changed it too" in answer.text


def test_a_process_ticked_meanwhile_is_not_lost(shop: Shop) -> None:
    key = shop.plan("8.6.1", "8.6.2")
    mine, theirs = shop.cast.client("sms_manager"), shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/edit")
    opened, other = _open(mine, page), _open(theirs, page)
    theirs.post(page, data=PLAN | {"title": "Their title"} | other)

    answer = mine.post(page, data=PLAN | {"processes": ["problem"]} | opened)

    assert answer.status_code == 409
    assert re.search(r'name="clauses" value="8\.6\.3" checked', answer.text)


def test_a_save_that_touched_nothing_here_says_so(shop: Shop) -> None:
    key = shop.running("8.6.1", "8.6.2")
    mine = shop.cast.client("sms_manager")
    page = shop.cast.url(f"/audits/{key}/edit")
    opened = _open(mine, page)
    auditor = shop.cast.client("internal_auditor")
    result = shop.cast.url(f"/audits/{key}/result")
    auditor.post(result, data=RESULT | _open(auditor, result))

    answer = mine.post(page, data=PLAN | {"title": "Mine"} | opened)

    assert answer.status_code == 409
    assert "Nothing you see here was changed by it" in answer.text


def test_a_programme_shows_what_was_changed_meanwhile(shop: Shop) -> None:
    mine, theirs = shop.cast.client("sms_manager"), shop.cast.client("internal_auditor")
    new = shop.cast.url("/audits/programme/new")
    mine.post(new, data=PROGRAMME | _open(mine, new))
    page = shop.cast.url("/audits/programme/AP-01/edit")
    opened, other = _open(mine, page), _open(theirs, page)
    theirs.post(page, data=PROGRAMME | {"risks": "One auditor only"} | other)

    answer = mine.post(page, data=PROGRAMME | {"name": "Year 2027"} | opened)

    assert answer.status_code == 409
    assert "One auditor only" in answer.text
    assert 'value="Year 2027"' in answer.text
    assert mine.post(page, data=PROGRAMME | _hidden(answer.text)).status_code == 303


def test_a_result_stated_meanwhile_does_not_take_away_what_was_written(shop: Shop) -> None:
    key = shop.running("8.6.2")
    mine, theirs = shop.cast.client("internal_auditor"), shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/result")
    opened, other = _open(mine, page), _open(theirs, page)
    theirs.post(page, data=RESULT | {"good_practice": "Handover at shift change"} | other)

    answer = mine.post(page, data=RESULT | {"conclusion": "My conclusion."} | opened)

    assert answer.status_code == 409
    assert "My conclusion." in answer.text
    assert "Handover at shift change" in answer.text
    assert mine.post(page, data=RESULT | _hidden(answer.text)).status_code == 303


def test_digests_lost_on_the_way_show_every_difference_and_keep_what_was_typed(shop: Shop) -> None:
    key = shop.plan("8.6.1", "8.6.2")
    mine = shop.cast.client("sms_manager")
    page = shop.cast.url(f"/audits/{key}/edit")
    opened = _open(mine, page) | {"seen": "[not json", "row_version": "77"}

    answer = mine.post(page, data=PLAN | {"title": "Mine"} | opened)

    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "yours, because you changed it too" in answer.text
