"""Import in the browser: drop the files, correct the columns, see the dry run, confirm, watch, undo."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.imports import planning, undoing, uploads
from fifthcall.imports.fields import KINDS
from fifthcall.imports.models import Import
from fifthcall.imports.unreadable import UnreadableFile
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.web.access import MemberRequest

PAGE = 50
ACTIONS = {
    "created": "New",
    "updated": "Changed",
    "unchanged": "As it is",
    "skipped": "Skipped",
    "failed": "Can't be read",
}
_STEPS = {
    Import.State.UPLOADED: "import_columns",
    Import.State.MAPPED: "import_check",
    Import.State.RUNNING: "import_progress",
}


def _one(request: MemberRequest, pk: int) -> Import:
    found = Import.objects.filter(workspace=request.member.workspace, pk=pk).first()
    if found is None:
        raise Http404("There is no such import.")
    return found


def _head(batch: Import, request: MemberRequest) -> dict[str, Any]:
    names = [file.name for file in batch.files.order_by("position")]
    return {
        "pk": batch.pk,
        "name": names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more" if names else "Import",
        "files_words": f"{len(names)} file{'s' if len(names) != 1 else ''}",
        "when": moment(wall(batch.created_at, request.member.zone)),
        "who": batch.member.name if batch.member else "the command line",
        "state": batch.state,
        "state_words": batch.get_state_display(),
    }


def _counts(batch: Import) -> dict[str, int]:
    return {
        "created": batch.created_rows,
        "updated": batch.updated_rows,
        "unchanged": batch.unchanged_rows,
        "skipped": batch.skipped_rows,
        "failed": batch.failed_rows,
        "rows": batch.total,
    }


@require_GET
def imports(request: MemberRequest) -> HttpResponse:
    batches = Import.objects.filter(workspace=request.member.workspace).select_related("member").order_by("-id")[:50]
    rows = [
        _head(batch, request)
        | {
            "url": reverse(_STEPS.get(Import.State(batch.state), "import_done"), args=[batch.pk]),
            "counts": _counts(batch) if batch.done_rows else None,
        }
        for batch in batches
    ]
    return render(request, "fifthcall/imports.html", {"imports": rows})


def upload(request: MemberRequest) -> HttpResponse:
    context: dict[str, Any] = {"max_mb": settings.IMPORT_MAX_MB}
    if request.method == "POST":
        files = [(file.name or "file", file) for file in request.FILES.getlist("files")]
        try:
            if not files:
                raise UnreadableFile("No file", "Nothing was chosen.", "Choose the file your old system exported.")
            batch = uploads.keep(request.member.workspace, request.member, files, clock.now())
            return redirect("import_columns", batch.pk)
        except UnreadableFile as problem:
            context["errors"] = [str(problem)]
    return render(request, "fifthcall/import_upload.html", context, status=422 if "errors" in context else 200)


def _select(name: str, label: str, chosen: str, options: list[tuple[str, str]]) -> forms.BoundField:
    """A select as the templates expect it: a bound field."""
    field = forms.ChoiceField(choices=options, required=False, label=label)
    form = forms.Form(initial={name: chosen})
    form.fields[name] = field
    return form[name]


def columns(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _one(request, pk)
    if batch.state not in (Import.State.UPLOADED, Import.State.MAPPED):
        return redirect("import_done", pk)
    errors: list[str] = []
    if request.method == "POST":
        uploads.answer(batch, request.POST.dict())
        errors = uploads.questions(batch)
        if not errors:
            return redirect("import_check", pk)
    files = [_file(sheet) for sheet in uploads.sheets(batch)]
    context = {"batch": _head(batch, request), "files": files, "errors": errors}
    return render(request, "fifthcall/import_columns.html", context, status=422 if errors else 200)


def _kind_words(kind: str) -> str:
    return "Finished histories, counted" if kind == "histories" else kind.title()


def _file(sheet: Any) -> dict[str, Any]:
    kind = KINDS.get(sheet.kind)
    kinds = [("", "Leave this file out"), *((code, _kind_words(code)) for code in KINDS)]
    fields = [("", "Leave out"), *((f.key, f.label) for f in kind.values())] if kind else []
    meaning = {column: field for field, column in sheet.fields.items()}
    return {
        "name": sheet.name,
        "kind_words": _kind_words(sheet.kind) if kind else "Left out",
        "kind_field": _select(f"kind{sheet.position}", "What this file holds", sheet.kind, kinds),
        "rows": sheet.rows,
        "read_as": sheet.read_as,
        "ignored_words": "" if kind else "Nothing in it was recognised.",
        "columns": [
            {
                "name": column.name,
                "samples": column.samples,
                "field": _select(
                    f"column{sheet.position}_{index}", "What it means", meaning.get(column.name, ""), fields
                ),
                "question": column.question,
            }
            for index, column in enumerate(sheet.columns)
            if kind
        ],
    }


@require_GET
def check(request: MemberRequest, pk: int) -> HttpResponse:
    """The dry run: what would happen to each row."""
    batch = _one(request, pk)
    if batch.state not in (Import.State.UPLOADED, Import.State.MAPPED):
        return redirect("import_done", pk)
    if uploads.questions(batch):
        return redirect("import_columns", pk)
    plan, only = planning.check(batch), request.GET.get("only", "")
    rows = [row for row in plan.rows if not only or row.action == only]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown: list[Any] = [
        {
            "number": row.line,
            "file": row.file,
            "action": row.action,
            "action_words": ACTIONS[row.action],
            "name": row.name,
            "organisation": row.organisation,
            "words": row.words,
        }
        for row in page.object_list
    ]
    page.object_list = shown
    filters = [{"code": "", "label": "All", "count": plan.total, "current": not only}] + [
        {"code": code, "label": label, "count": plan.counts[code], "current": only == code}
        for code, label in ACTIONS.items()
    ]
    context = {
        "batch": _head(batch, request),
        "counts": plan.counts | {"rows": plan.total},
        "notes": plan.notes,
        "filters": filters,
        "page_obj": page,
        "query": f"only={only}" if only else "",
    }
    partial = "#rows" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"fifthcall/import_check.html{partial}", context)


@require_POST
def run(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _one(request, pk)
    if batch.state in (Import.State.UPLOADED, Import.State.MAPPED):
        uploads.start(batch)
    return redirect("import_progress", pk)


@require_GET
def progress(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _one(request, pk)
    finished = batch.state not in (Import.State.RUNNING, Import.State.MAPPED)
    if finished:
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("import_done", pk)
        return HttpResponse(headers={"HX-Redirect": reverse("import_done", args=[pk])})
    context = {
        "batch": _head(batch, request),
        "done": batch.done_rows,
        "total": batch.total,
        "phase_words": "Planning next steps" if batch.done_rows >= batch.total > 0 else "Reading rows",
        "finished": False,
    }
    partial = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"fifthcall/import_progress.html{partial}", context)


@require_GET
def done(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _one(request, pk)
    context = {
        "batch": _head(batch, request)
        | {
            "undone": batch.state == Import.State.UNDONE,
            "can_undo": batch.state == Import.State.DONE,
            "failed_words": batch.problem,
        },
        "counts": _counts(batch),
        "notes": batch.notes,
    }
    return render(request, "fifthcall/import_done.html", context)


@require_GET
def rejects(request: MemberRequest, pk: int) -> HttpResponse:
    """The skipped and failed rows as they came, each with its reason."""
    batch = _one(request, pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{pk}-left-out.csv"'
    writer = csv.writer(response)
    writer.writerow(["file", "line", "what", "reason", "row"])
    for row in batch.rejects.select_related("file").order_by("file__position", "line").iterator(2000):
        writer.writerow([row.file.name, row.line, "failed" if row.failed else "skipped", row.reason, *row.values])
    return response


@require_POST
def undo(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _one(request, pk)
    if batch.state == Import.State.DONE:
        for words in undoing.undo(batch, request.member, clock.now()):
            messages.info(request, words)
    elif batch.state in (Import.State.UPLOADED, Import.State.MAPPED):
        uploads.discard(batch)
        return redirect("imports")
    return redirect("import_done", pk)
