import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0003_attempts_of_each"),
        ("teams", "0007_weekly_digest"),
        ("touches", "0008_indexes_with_outcomes"),
    ]
    operations = [
        migrations.CreateModel(
            "Beyond",
            [
                (
                    "touch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="touches.touch",
                    ),
                ),
                ("person", models.BigIntegerField()),
                ("member", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("number", models.IntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="teams.workspace",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["workspace", "at"], name="beyond_by_time")]},
        ),
        migrations.CreateModel(
            "Weeks",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("upto", models.BigIntegerField(default=0)),
                ("counted_as", models.CharField(blank=True, max_length=40)),
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.workspace"
                    ),
                ),
            ],
        ),
    ]
