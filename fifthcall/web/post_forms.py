"""The forms around post: a note or parcel, an idea of the shelf, what is given, and how a workspace posts."""

from __future__ import annotations

from typing import Any

from django import forms

from fifthcall.people.models import Organization
from fifthcall.pipeline.models import Opportunity
from fifthcall.posting.labels import PAGES, SHEETS
from fifthcall.posting.models import Habits, Idea, Piece
from fifthcall.posting.own_words import LONGEST
from fifthcall.posting.shelf import GIFTS, given_to
from fifthcall.rules.windows import wall
from fifthcall.rules.words import day

_LINES = forms.Textarea(attrs={"rows": 4})


def ideas_for(opportunity: Opportunity, *kinds: str) -> Any:
    """The shelf for a form: what this person has not had yet, by name."""
    rows = Idea.objects.on_the_shelf().filter(workspace_id=opportunity.workspace_id).order_by("name")
    rows = rows.filter(kind__in=kinds) if kinds else rows
    return rows.exclude(pk__in=given_to(opportunity.person)) if opportunity.person else rows


class PieceForm(forms.Form):
    kind = forms.ChoiceField(label="What", choices=Piece.Kind.choices)
    about = forms.CharField(
        label="One thing from your meeting",
        max_length=200,
        required=False,
        help_text="Something only you two know. It takes the place of the words in brackets.",
    )
    text = forms.CharField(
        label="The note", max_length=LONGEST * 4, required=False, widget=forms.Textarea(attrs={"rows": 7})
    )
    idea = forms.ModelChoiceField(Idea.objects.none(), required=False, label="From the shelf", empty_label="Nothing")
    to = forms.CharField(label="To, as on the label", max_length=500, widget=_LINES)
    carrier = forms.CharField(label="Carrier", max_length=60, required=False)
    tracking = forms.CharField(label="Tracking number", max_length=80, required=False)
    cost = forms.DecimalField(label="What it costs", min_value=0, max_digits=8, decimal_places=2, required=False)
    words = forms.RegexField(r"^\w{1,40}:\d{1,6}$", required=False, widget=forms.HiddenInput)

    def __init__(self, opportunity: Opportunity, met: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["idea"].queryset = ideas_for(opportunity)  # type: ignore[attr-defined]
        self.fields["cost"].label = f"What it costs ({opportunity.workspace.currency})"
        if not met:
            del self.fields["about"]


class IdeaForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    link = forms.URLField(label="Link", required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Idea
        fields = ("kind", "name", "words", "tags", "link", "on")
        labels = {
            "kind": "What",
            "name": "Name",
            "words": "What it is, and for whom",
            "tags": "Interests it goes with, with commas between",
            "on": "On, if it is an event",
        }
        widgets = {"on": forms.DateInput(attrs={"type": "date"}), "words": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Idea.Kind.EVENT and not data.get("on"):
            self.add_error("on", "Say on which day the event is.")
        return data


class GiveForm(forms.Form):
    what = forms.ChoiceField(label="What they got", choices=list(GIFTS.items()))
    idea = forms.ModelChoiceField(Idea.objects.none(), required=False, label="From the shelf", empty_label="Nothing")
    note = forms.CharField(label="In your words", max_length=1000, required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, opportunity: Opportunity, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kinds = (Idea.Kind.ARTICLE, Idea.Kind.EVENT, Idea.Kind.GIFT)
        self.fields["idea"].queryset = ideas_for(opportunity, *kinds)  # type: ignore[attr-defined]


class HabitsForm(forms.ModelForm):  # type: ignore[type-arg]
    paper = forms.ChoiceField(
        required=False, choices=[("", "As is usual in your country"), *((size, size.title()) for size in PAGES)]
    )
    labels = forms.ChoiceField(
        required=False, choices=[("", "The usual for the paper"), *((code, one.name) for code, one in SHEETS.items())]
    )

    class Meta:
        model = Habits
        fields = ("paper", "labels", "note_cost", "parcel_cost", "courier_cost")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("note_cost", "parcel_cost", "courier_cost"):
            if data.get(name) is not None and data[name] < 0:
                self.add_error(name, "A cost is not below zero.")
        return data


class AddressForm(forms.Form):
    address = forms.CharField(
        label="Postal address", max_length=300, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Street, town and code, as on an envelope; without the name.",
    )  # fmt: skip

    @classmethod
    def of(cls, company: Organization, zone: str) -> AddressForm:
        """To read and change the company's; where post to it came back, that is said (the day in `zone`)."""
        form = cls(initial={"address": company.address})
        if since := company.address_wrong_since:
            form.fields["address"].help_text = (
                f"Post to it came back on {day(wall(since, zone).date())}, and nothing is sent there. "
                "Put in where they are now; if it is right after all, keep it again."
            )
        return form
