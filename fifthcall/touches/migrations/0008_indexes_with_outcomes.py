import django.db.models.deletion
from django.db import migrations, models

#: The names that Django gave to the indexes of these columns; the ones of the model begin with the same.
_OF_COLUMNS = ("member_id_197599a7", "opportunity_id_d7e2fa07", "person_id_1bc06811")


def _without_index(name, to, **more):
    field = models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to, **more)
    return migrations.AlterField("touch", name, field)


class Migration(migrations.Migration):
    dependencies = [("touches", "0007_by_outcome")]
    operations = [
        migrations.RemoveIndex("touch", "touch_history"),
        migrations.RemoveIndex("touch", "touch_by_member"),
        migrations.AddIndex(
            "touch", models.Index(fields=["opportunity", "at", "id", "outcome"], name="touch_history")
        ),
        migrations.AddIndex("touch", models.Index(fields=["person", "at", "outcome", "workspace"], name="touch_by_person")),
        migrations.AddIndex("touch", models.Index(fields=["member", "at", "outcome"], name="touch_by_member")),
        migrations.AddIndex(
            "touch",
            models.Index(
                condition=models.Q(agreed_until__isnull=False), fields=["workspace", "agreed_until"], name="touch_agreed"
            ),
        ),
        # By hand: SQLite would make the whole table anew, and drop its triggers with the old one.
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(f"DROP INDEX IF EXISTS touches_touch_{name}", migrations.RunSQL.noop) for name in _OF_COLUMNS],
            [
                _without_index("opportunity", "pipeline.opportunity", related_name="touches"),
                _without_index("person", "people.person", null=True, related_name="touches"),
                _without_index("member", "teams.membership", null=True, related_name="touches"),
            ],
        ),
    ]
