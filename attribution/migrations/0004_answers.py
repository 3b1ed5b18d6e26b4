"""The answers of the private enquiry; they only grow."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from leads.append_only import only_grows


class Migration(migrations.Migration):
    """A table of its own; nothing that runs is touched."""

    dependencies = [
        ("attribution", "0003_append_only"),
        ("leads", "0007_enquiry_limit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.CharField(choices=[("phone", "電話"), ("name", "姓名")], max_length=5),
                ),
                ("digest", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("free", "可登記"),
                            ("yours", "自己的客戶"),
                            ("protected", "受保護"),
                            ("known", "受保護，已知"),
                            ("review", "審理中"),
                            ("refused", "超過上限，未答"),
                        ],
                        max_length=9,
                    ),
                ),
                ("until", models.DateField(null=True)),
                ("near", models.BooleanField(default=False)),
                ("notice", models.UUIDField(null=True)),
                ("key", models.UUIDField(unique=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.lead",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="leads.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "查詢紀錄",
                "verbose_name_plural": "查詢紀錄",
                "indexes": [
                    models.Index(fields=["agent", "project", "day"], name="answer_of_day"),
                    models.Index(fields=["project", "-day"], name="answer_latest"),
                    models.Index(
                        condition=models.Q(("notice__isnull", False)),
                        fields=["at"],
                        name="answer_owes",
                    ),
                ],
            },
        ),
        only_grows("attribution_answer"),
    ]
