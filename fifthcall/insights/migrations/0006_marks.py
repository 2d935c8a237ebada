import django.db.models.deletion
from django.db import migrations, models

from fifthcall.insights.marking import ACTS, MarkChanges


def count_anew(apps, schema_editor):
    """What changed before there were marks isn't known: the worker adds everything again."""
    for name in ("Kept", "Counted", "Pieces"):
        apps.get_model("insights", name).objects.all().delete()
    schema_editor.execute(
        "INSERT INTO insights_changed (workspace_id, opportunity) SELECT workspace_id, id FROM pipeline_opportunity"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0005_weeks_seen"),
        ("pipeline", "0007_goals"),
        ("touches", "0009_history_with_channel"),
    ]
    operations = [
        migrations.CreateModel(
            "Changed",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opportunity", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="teams.workspace",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "opportunity"], name="changed_by_opportunity")],
            },
        ),
        *map(MarkChanges, ACTS),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
