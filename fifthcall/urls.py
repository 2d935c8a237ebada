"""Every URL and who may use it."""

from __future__ import annotations

from importlib import import_module

from django.urls import include, path

from fifthcall.web.access import Who, declared, route
from fifthcall.web.views import (
    consents,
    editing,
    hits,
    hooks,
    imports,
    law,
    mail,
    mailbox,
    news,
    note_quality,
    opportunities,
    playbooks,
    setup,
    team,
    today,
    wording,
    writing,
)

MEMBER, MANAGER, OWNER, ANYONE = Who.MEMBER, Who.MANAGER, Who.OWNER, Who.ANYONE

urlpatterns = [
    route("", today.home, who=MEMBER, name="home"),
    route("today/", today.today, who=MEMBER, name="today"),
    route("today/news/", news.news, who=MEMBER, name="today_news"),
    route("o/<str:token>.gif", hits.picture, who=ANYONE, name="mail_picture"),
    route("l/<str:token>", hits.link, who=ANYONE, name="mail_link"),
    route("opportunities/<int:pk>/card/", today.today_card, who=MEMBER, name="today_card"),
    route("opportunities/<int:pk>/outcomes/<str:code>/", today.outcome_panel, who=MEMBER, name="outcome_panel"),
    route(
        "opportunities/<int:pk>/outcomes/<str:code>/preview/", today.outcome_preview, who=MEMBER, name="outcome_preview"
    ),
    route("opportunities/<int:pk>/touches/<str:code>/", today.outcome_save, who=MEMBER, name="outcome_save"),
    route("opportunities/<int:pk>/snooze/panel/", today.snooze_panel, who=MEMBER, name="snooze_panel"),
    route("opportunities/<int:pk>/snooze/", today.snooze, who=MEMBER, name="snooze"),
    route("touches/<int:pk>/retraction/", today.touch_retraction, who=MEMBER, name="touch_retraction"),
    route("opportunities/", opportunities.opportunities, who=MEMBER, name="opportunities"),
    route("opportunities/new/", editing.opportunity_new, who=MEMBER, name="opportunity_new"),
    route("opportunities/<int:pk>/edit/", editing.opportunity_edit, who=MEMBER, name="opportunity_edit"),
    route("opportunities/<int:pk>/merge/", editing.opportunity_merge, who=MEMBER, name="opportunity_merge"),
    route("people/<int:pk>/merge/", editing.person_merge, who=MEMBER, name="person_merge"),
    route("opportunities/<int:pk>/", opportunities.opportunity, who=MEMBER, name="opportunity"),
    route("opportunities/<int:pk>/notes/", opportunities.note_add, who=MEMBER, name="note_add"),
    route("opportunities/<int:pk>/facts/", opportunities.fact_add, who=MEMBER, name="fact_add"),
    route("opportunities/<int:pk>/why-not/", note_quality.why_not_add, who=MEMBER, name="why_not_add"),
    route("notes/", note_quality.note_quality, who=MEMBER, name="note_quality"),
    route("opportunities/<int:pk>/people/", opportunities.person_add, who=MEMBER, name="person_add"),
    route("opportunities/<int:pk>/closure/", opportunities.closure, who=MEMBER, name="closure"),
    route("opportunities/<int:pk>/situation/", opportunities.situation, who=MEMBER, name="opportunity_situation"),
    route("opportunities/<int:pk>/thanks/", opportunities.thanks, who=MEMBER, name="thanks"),
    route("opportunities/<int:pk>/mail/", mail.mail_write, who=MEMBER, name="mail_write"),
    route("mails/<int:pk>/<str:act>/", mail.mail_state, who=MEMBER, name="mail_state"),
    route("mails/", mail.mails_to_look_at, who=MEMBER, name="mails_to_look_at"),
    route("received/<int:pk>/html/", mail.received_html, who=MEMBER, name="received_html"),
    route("received/<int:pk>/looked-at/", mail.mail_looked_at, who=MEMBER, name="mail_looked_at"),
    route("mailbox/", mailbox.mailbox, who=MEMBER, name="mailbox"),
    route("mailbox/<str:act>/", mailbox.mailbox_state, who=MEMBER, name="mailbox_state"),
    route("hooks/mail/<int:pk>/<str:secret>/<str:act>/", hooks.mail_hook, who=ANYONE, name="mail_hook"),
    route("stop/<str:token>/", mail.stop, who=ANYONE, name="stop"),
    route("playbooks/", playbooks.playbooks, who=MEMBER, name="playbooks"),
    route("playbooks/<str:code>/", playbooks.playbook, who=MEMBER, name="playbook"),
    route("playbooks/<str:code>/edit/", playbooks.playbook_edit, who=MANAGER, name="playbook_edit"),
    route("opportunities/<int:pk>/words/", wording.words, who=MEMBER, name="words"),
    route("wording/", wording.wording, who=MEMBER, name="wording"),
    route("wording/hint/", wording.words_hint, who=MEMBER, name="words_hint"),
    route("wording/new/", writing.template_new, who=MANAGER, name="template_new"),
    route("wording/preview/", writing.template_preview, who=MEMBER, name="template_preview"),
    route("wording/snippets/", writing.snippets, who=MEMBER, name="snippets"),
    route("wording/<str:code>/", wording.template, who=MEMBER, name="template"),
    route("wording/<str:code>/edit/", writing.template_edit, who=MANAGER, name="template_edit"),
    route("wording/<str:code>/use/", wording.template_use, who=MANAGER, name="template_use"),
    route("wording/<str:code>/trial/", wording.template_trial, who=MANAGER, name="template_trial"),
    route("opportunities/<int:pk>/rest/", opportunities.rest, who=MEMBER, name="rest"),
    route("people/<int:pk>/consents/", consents.consent_add, who=MEMBER, name="consent_add"),
    route("people/<int:pk>/erasure/", opportunities.person_erase, who=MANAGER, name="person_erase"),
    route("people/<int:pk>/known/", opportunities.person_known, who=MEMBER, name="person_known"),
    route("people/<int:pk>/ways/", opportunities.way_add, who=MEMBER, name="way_add"),
    route("imports/", imports.imports, who=MANAGER, name="imports"),
    route("imports/new/", imports.upload, who=MANAGER, name="import_upload"),
    route("imports/<int:pk>/columns/", imports.columns, who=MANAGER, name="import_columns"),
    route("imports/<int:pk>/check/", imports.check, who=MANAGER, name="import_check"),
    route("imports/<int:pk>/run/", imports.run, who=MANAGER, name="import_run"),
    route("imports/<int:pk>/progress/", imports.progress, who=MANAGER, name="import_progress"),
    route("imports/<int:pk>/done/", imports.done, who=MANAGER, name="import_done"),
    route("imports/<int:pk>/rejects/", imports.rejects, who=MANAGER, name="import_rejects"),
    route("imports/<int:pk>/undo/", imports.undo, who=MANAGER, name="import_undo"),
    route("team/", team.team, who=MEMBER, name="team"),
    route("team/<int:pk>/invitation/", team.member_invite, who=MANAGER, name="member_invite"),
    route("settings/", team.settings_page, who=MEMBER, name="settings"),
    route("law/", law.law_hours, who=MEMBER, name="law"),
    route("law/own/", law.own_hours, who=MEMBER, name="law_own"),
    route("law/<str:region>/", law.override, who=OWNER, name="law_override"),
    route("law/<str:region>/retraction/", law.retraction, who=OWNER, name="law_retraction"),
    route("blocks/<int:pk>/move/", team.block_move, who=MEMBER, name="block_move"),
    route("set-up/<str:token>/", setup.setup, who=ANYONE, name="setup"),
    route("join/<str:token>/", setup.invitation, who=ANYONE, name="invitation"),
    route("welcome/", setup.welcome, who=MEMBER, name="welcome"),
    route("sample-data/", setup.sample_data, who=MANAGER, name="sample_data"),
    path("accounts/", include(declared(import_module("allauth.account.urls").urlpatterns, ANYONE))),
]

handler403 = "fifthcall.web.errors.forbidden"
handler404 = "fifthcall.web.errors.not_found"
handler500 = "fifthcall.web.errors.failed"
