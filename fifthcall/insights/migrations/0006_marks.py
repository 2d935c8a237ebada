import django.db.models.deletion
from django.db import migrations, models

from fifthcall.insights.marking import CountAnew, MarkChanges

_OPPORTUNITY = "pipeline_opportunity"


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0005_weeks_seen"),
        ("pipeline", "0007_goals"),
        ("touches", "0009_indexes_for_notes"),
    ]
    operations = [
        migrations.DeleteModel("Counted"),
        migrations.CreateModel(
            "Counted",
            [
                ("opportunity", models.BigAutoField(primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
                ("status", models.CharField(max_length=8)),
                ("owner", models.BigIntegerField(default=0)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("parts", models.TextField(blank=True)),
                ("contacts", models.IntegerField(default=0)),
                ("signs", models.IntegerField(default=0)),
                ("attempts", models.IntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.workspace"
                    ),
                ),
            ],
        ),
        migrations.RenameModel("Pieces", "Adding"),
        migrations.RemoveField("adding", "count"),
        migrations.CreateModel(
            "Mark",
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
            options={"indexes": [models.Index(fields=["workspace", "opportunity"], name="mark_by_opportunity")]},
        ),
        MarkChanges("touches_touch", "INSERT", ("NEW.opportunity_id",)),
        MarkChanges(_OPPORTUNITY, "INSERT", ("NEW.id",)),
        MarkChanges(
            _OPPORTUNITY,
            "UPDATE",
            ("NEW.id", "OLD.merged_into_id"),
            of=("status", "owner_id", "source", "merged_into_id"),
        ),
        MarkChanges(_OPPORTUNITY, "DELETE", ("OLD.id", "OLD.merged_into_id")),
        CountAnew(),
    ]
