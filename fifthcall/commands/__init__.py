"""The commands, one file each; `ALL` is the command line in the order of its help."""

from __future__ import annotations

from fifthcall.commands import cases, doctor, files, queue, serve, simulate

ALL = (
    serve.add_serve,
    files.add_import,
    files.add_export,
    queue.add_today,
    queue.add_log,
    cases.add_decide,
    queue.add_explain,
    simulate.add_simulate,
    doctor.add_doctor,
    serve.add_worker,
    serve.add_set_up_link,
    serve.add_web,
)
