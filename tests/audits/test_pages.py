from __future__ import annotations

import re

import pytest

from itsmcomply.audits.kinds import Competence, Conclusion
from itsmcomply.audits.operations import record_competence
from itsmcomply.evidence.operations import withdraw_version
from itsmcomply.web.resources import resources_of
from tests.audits.shop import DAY, RESULT, Shop
from tests.cast import csrf
from tests.evidence.filed import kinds_on_file

PLAN = {
    "kind": "internal",
    "title": "Resolution",
    "objectives": "Find out.",
    "criteria": "The standard.",
    "method": "on_site",
    "first_on": DAY.isoformat(),
    "last_on": DAY.isoformat(),
    "processes": ["service_request"],
}


@pytest.mark.parametrize("view", ["coverage", "calendar", "suggested", "auditors"])
def test_the_programme_page_opens_before_and_after_anything_is_planned(shop: Shop, view: str) -> None:
    client = shop.cast.client("sms_manager")
    page = shop.cast.url(f"/audits/programme?view={view}")
    assert client.get(page).status_code == 200

    shop.signed("8.6.2")

    assert client.get(page).status_code == 200


def test_planning_by_a_process_leads_to_the_page_of_the_audit(shop: Shop) -> None:
    client = shop.cast.client("sms_manager")
    page = shop.cast.url("/audits/new")

    answer = client.post(page, data=PLAN | {"csrf_token": csrf(client, page)}, follow_redirects=True)

    assert answer.status_code == 200
    assert "IA-2026-01 is planned for" in answer.text


def test_a_plan_with_mistakes_comes_back_with_what_was_typed(shop: Shop) -> None:
    client = shop.cast.client("sms_manager")
    page = shop.cast.url("/audits/new")

    answer = client.post(page, data=PLAN | {"title": "", "processes": [], "csrf_token": csrf(client, page)})

    assert answer.status_code == 422
    assert "Choose at least one clause or process." in answer.text
    assert "Find out." in answer.text


def test_a_row_is_saved_by_script_with_a_line_that_says_when(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/rows/8.6.2-a")
    data = {"row_version": "1", "conclusion": "conforms", "answer": "Seen.", "csrf_token": csrf(client, page)}

    answer = client.post(page, data=data, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert 'id="saved"' in answer.text
    assert re.search(r'id="row-version"[^>]*value="2"', answer.text)


def test_a_row_is_saved_without_script_and_the_next_one_opens(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/rows/8.6.2-a")
    data = {"row_version": "1", "conclusion": "conforms", "answer": "Seen.", "csrf_token": csrf(client, page)}

    answer = client.post(page, data=data)

    assert answer.headers["Location"].endswith("/rows/8.6.2-b")


def test_a_newer_change_of_somebody_else_leads_to_the_merge_page(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key)
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/rows/8.6.2-a")
    data = {"row_version": "1", "conclusion": "not_sampled", "csrf_token": csrf(client, page)}

    answer = client.post(page, data=data)

    assert answer.status_code == 409
    assert "conforms" in answer.text


def test_a_nonconformity_without_finding_opens_the_form_that_raises_one(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/rows/8.6.2-a")
    data = {"row_version": "1", "conclusion": "nonconformity", "csrf_token": csrf(client, page)}

    answer = client.post(page, data=data)

    assert answer.status_code == 422
    assert '<details class="more" id="raise" data-key="f" open>' in answer.text


def test_the_owner_of_the_process_reads_the_row_and_why_they_cannot_write(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("process_owner")

    page = client.get(shop.cast.url(f"/audits/{key}/rows/8.6.2-a"))

    assert "Auditors write here" in page.text
    assert "Save and next" not in page.text


def test_an_audit_is_signed_off_on_its_result_page(shop: Shop) -> None:
    key = shop.running("8.6.2")
    shop.conclude(key, Conclusion.CONFORMS)
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/result")
    version = re.search(r'name="row_version" value="(\d+)"', client.get(page).text)
    assert version is not None
    texts = {name: getattr(RESULT, name) for name in ("conclusion", "uncovered", "distribution")}
    data = texts | {"conformity": "met", "effectiveness": "met", "row_version": version.group(1)}

    client.post(page, data=data | {"csrf_token": csrf(client, page)})
    token = csrf(client, page)
    answer = client.post(shop.cast.url(f"/audits/{key}/sign-off"), data={"csrf_token": token}, follow_redirects=True)

    assert f"{key} is closed" in answer.text
    assert kinds_on_file(shop.cast.app) == {("aud_rep", "docx")}
    first = client.get(shop.cast.url(f"/audits/{key}/report.docx")).data
    shop.later(minutes=20)
    assert first[:2] == b"PK"
    assert client.get(shop.cast.url(f"/audits/{key}/report.docx")).data == first


def test_a_refused_signature_leaves_nothing_in_the_store(shop: Shop) -> None:
    key = shop.running("8.6.2")
    store = resources_of(shop.cast.app).store
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/result")

    token = csrf(client, page)
    answer = client.post(shop.cast.url(f"/audits/{key}/sign-off"), data={"csrf_token": token}, follow_redirects=True)

    assert "4 of 4 rows have no conclusion" in answer.text
    assert list(store.digests()) == []


def test_a_programme_is_approved_by_somebody_else_on_its_page(shop: Shop) -> None:
    mine, theirs = shop.cast.client("internal_auditor"), shop.cast.client("sms_manager")
    new = shop.cast.url("/audits/programme/new")
    data = {"name": "2027", "from_on": "2027-01-01", "to_on": "2027-12-31", "objectives": "All once."}
    mine.post(new, data=data | {"csrf_token": csrf(mine, new)})
    plan = shop.cast.url("/audits/new?programme=AP-01")
    mine.post(plan, data=PLAN | {"csrf_token": csrf(mine, plan)})
    page, approve = shop.cast.url("/audits/programme"), shop.cast.url("/audits/programme/AP-01/approve")

    refused = mine.post(approve, data={"csrf_token": csrf(mine, page)})
    answer = theirs.post(approve, data={"csrf_token": csrf(theirs, page)}, follow_redirects=True)

    assert refused.status_code == 403
    assert "Approved by SMS manager" in answer.text
    assert kinds_on_file(shop.cast.app) == {("aud_prog", "docx")}


def test_a_finding_raised_from_a_row_changed_meanwhile_comes_back_ready_to_be_raised(shop: Shop) -> None:
    key = shop.running("8.6.2")
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{key}/rows/8.6.2-a")
    told = {"grade": "minor", "title": "Not logged", "statement": "Two are not logged.", "objective": "Requests 4, 7."}
    data = told | {"row_version": "1", "csrf_token": csrf(client, page)}
    shop.conclude(key)

    answer = client.post(f"{page}/finding", data=data)

    assert answer.status_code == 409
    assert "Internal auditor changed this row while you wrote." in answer.text
    assert "Two are not logged." in answer.text
    version = re.search(r'id="raise-version"[^>]*value="(\d+)"', answer.text)
    assert version is not None
    assert client.post(f"{page}/finding", data=data | {"row_version": version.group(1)}).status_code == 303


def test_a_plan_suggested_again_ticks_only_what_is_not_planned_yet(shop: Shop) -> None:
    client = shop.cast.client("sms_manager")
    new = shop.cast.url("/audits/programme/new")
    data = {"name": "2027", "from_on": "2027-01-01", "to_on": "2027-12-31", "objectives": "All once."}
    client.post(new, data=data | {"csrf_token": csrf(client, new)})
    page = shop.cast.url("/audits/programme?view=suggested&start=2027-03-01")
    offered = re.findall(r'name="keep" value="([^"]+)" checked', client.get(page).text)
    shop.plan("8.6.1", "8.6.2", "8.6.3")

    again = re.findall(r'name="keep" value="([^"]+)" checked', client.get(page).text)

    assert 'name="start" value="2027-03-01"' in client.get(page).text
    assert set(offered) - set(again) == {"Resolution and fulfilment"}


def test_competence_that_nothing_shows_is_named(shop: Shop) -> None:
    page = shop.cast.client("sms_manager").get(shop.cast.url("/audits/programme?view=auditors")).text

    assert page.count("not shown") == 4


def test_a_closed_audit_offers_no_form_to_change_it(shop: Shop) -> None:
    page = shop.cast.url(f"/audits/{shop.signed('8.6.2')}")
    for who, form in (("internal_auditor", "result"), ("sms_manager", "edit")):
        answer = shop.cast.client(who).get(f"{page}/{form}")

        assert (answer.status_code, answer.location) == (303, page)


def test_audits_planned_for_years_do_not_push_this_years_out_of_the_coverage(shop: Shop) -> None:
    key = shop.signed("8.6.2")
    for _ in range(13):
        shop.plan("8.6.2")

    shop.later(days=300)
    page = shop.cast.client("sms_manager").get(shop.cast.url("/audits/programme")).text
    shop.later(days=300)
    later = shop.cast.client("sms_manager").get(shop.cast.url("/audits/programme")).text

    assert f'/audits/{key}" title=' in page
    assert f'/audits/{key}" title=' not in later
    assert "14 earlier audits are not shown here." in later


def test_evidence_that_was_withdrawn_shows_no_competence(shop: Shop) -> None:
    filed = shop.file("other_owner", "comp_rec")
    with shop.desk("other_owner") as desk:
        withdraw_version(desk, version_id=filed.version.id, reason="Another person's record.")
    client, page = shop.cast.client("sms_manager"), shop.cast.url("/audits/programme")
    told = {"user_id": str(shop.cast.ids["internal_auditor"]), "subject": "auditing", "text": "Course", "item": "EV-1"}

    answer = client.post(f"{page}/auditors", data=told | {"csrf_token": csrf(client, page)})

    assert answer.status_code == 422
    assert "so it shows nothing" in answer.text


def test_competence_ends_with_the_evidence_that_showed_it(shop: Shop) -> None:
    filed = shop.file("other_owner", "comp_rec")
    person = shop.cast.ids["internal_auditor"]
    with shop.desk("sms_manager") as desk:
        record_competence(
            desk, user_id=person, subject=Competence.AUDITING, text="Course", item_key="EV-1", valid_until=None
        )
    client, page = shop.cast.client("sms_manager"), shop.cast.url("/audits/programme?view=auditors")
    assert client.get(page).text.count("not shown") == 3

    with shop.desk("other_owner") as desk:
        withdraw_version(desk, version_id=filed.version.id, reason="Another person's record.")

    assert client.get(page).text.count("not shown") == 4


def test_a_plan_is_suggested_from_the_day_its_programme_begins(shop: Shop) -> None:
    client = shop.cast.client("sms_manager")
    new = shop.cast.url("/audits/programme/new")
    data = {"name": "Year 2028", "from_on": "2028-01-03", "to_on": "2028-12-31", "objectives": "All."}
    client.post(new, data=data | {"csrf_token": csrf(client, new)})

    page = client.get(shop.cast.url("/audits/programme?view=suggested")).text

    assert 'name="start" value="2028-01-03"' in page


def test_an_older_programme_can_still_be_read(shop: Shop) -> None:
    client = shop.cast.client("sms_manager")
    new = shop.cast.url("/audits/programme/new")
    for year in ("2026", "2027"):
        data = {"name": f"Year {year}", "from_on": f"{year}-01-01", "to_on": f"{year}-12-31", "objectives": "All."}
        client.post(new, data=data | {"csrf_token": csrf(client, new)})

    text = client.get(shop.cast.url("/audits/programme?programme=AP-01&view=calendar")).text

    assert "AP-01 Year 2026, " in text
