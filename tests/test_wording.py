"""Sentences that can be shown as they are and translated later."""

from __future__ import annotations

from itsmcomply.wording import N_, say


def test_a_sentence_is_text_and_keeps_its_template_and_values() -> None:
    sentence = say(N_("%(name)s is %(size)s."), name="a%b.pdf", size=3)

    assert sentence == "a%b.pdf is 3."
    assert sentence.template == "%(name)s is %(size)s."
    assert sentence.values == {"name": "a%b.pdf", "size": "3"}


def test_a_sentence_without_places_may_hold_a_percent_sign() -> None:
    assert say("100 % covered.") == "100 % covered."
