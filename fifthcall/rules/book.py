"""The rule book. Proposers stand in order of precedence (the first that proposes wins); guards in order of asking."""

from __future__ import annotations

from fifthcall.rules import (
    a1_check_in,
    a2_check_in_delay,
    a3_first_meeting,
    a4_ball_stays,
    a5_silence,
    a7_commitment,
    a7_no_show,
    b4_contacts_a_day,
    b4_windows,
    c1_five_attempts,
    c1_playbook,
    c1_wrong_number,
    c2_paired_text,
    c3_daily_pursuit,
    c4_fatigue,
    c5_promise,
    c6_why_email,
    c7_after_it_lands,
    c7_variety,
    c8_note_after_meeting,
    d1_why_not_yet,
    d2_yeses,
    d5_stop,
    e2_signal,
    e3_reply,
    honesty,
    situations,
)
from fifthcall.rules.rule import Rule

BOOK: tuple[Rule, ...] = (
    e3_reply.RULE,
    a7_commitment.MEETING,
    c2_paired_text.RULE,
    a7_no_show.RULE,
    a3_first_meeting.RULE,
    c8_note_after_meeting.RULE,
    c5_promise.RULE,
    a2_check_in_delay.NOTED,
    e2_signal.RULE,
    a5_silence.RULE,
    d1_why_not_yet.RULE,
    c1_wrong_number.RULE,
    c7_after_it_lands.RULE,
    a7_commitment.RULE,
    a4_ball_stays.RULE,
    c1_five_attempts.RULE,
    a2_check_in_delay.RULE,
    a1_check_in.RULE,
    *situations.RULES,
    c1_playbook.RULE,
    c4_fatigue.STRATEGY,
    c7_variety.RULE,
    d5_stop.RULE,
    c4_fatigue.RULE,
    c3_daily_pursuit.RULE,
    c6_why_email.RULE,
    d2_yeses.RULE,
    b4_contacts_a_day.RULE,
    b4_windows.RULE,
    honesty.RULE,
)

PROPOSERS = tuple(rule for rule in BOOK if rule.propose)
SHAPERS = tuple(rule for rule in BOOK if rule.shape)
GUARDS = tuple(rule for rule in BOOK if rule.guard)

#: (rule id, code) → the sentence that says it.
WORDS = {(rule.id, code): words for rule in BOOK for code, words in rule.words.items()}

#: rule id → its title.
TITLES = {rule.id: rule.title for rule in reversed(BOOK)}
