"""Suspicions and their ends, which only grow; how far each project has been looked at."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from leads.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0005_files_only_grow"),
        ("leads", "0010_register_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suspicion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "detector",
                    models.CharField(
                        choices=[
                            ("notice", "被告知後成交"),
                            ("tied_buyer", "買方與他人客戶有關"),
                            ("units", "房源輪流保留或轉手"),
                            ("steering", "前台集中派給一人"),
                            ("follow_ups", "期末成批追訪"),
                            ("late_entry", "別人登記後的補登"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "concerns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "affected",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "clients",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("path", models.JSONField(default=list)),
                ("found_at", models.DateTimeField()),
                ("mark", models.UUIDField(unique=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspicions",
                        to="leads.lead",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspicions",
                        to="leads.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "疑點",
                "verbose_name_plural": "疑點",
            },
        ),
        migrations.CreateModel(
            name="SuspicionEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("dismissed", "不成疑"), ("taken_up", "已立案")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspicions",
                        to="disputes.case",
                    ),
                ),
                (
                    "suspicion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="end",
                        to="disputes.suspicion",
                    ),
                ),
            ],
            options={
                "verbose_name": "疑點的結果",
                "verbose_name_plural": "疑點的結果",
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_until", models.DateTimeField()),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watch",
                        to="leads.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "偵測進度",
                "verbose_name_plural": "偵測進度",
            },
        ),
        migrations.AddIndex(
            model_name="suspicion",
            index=models.Index(fields=["project", "-score", "-id"], name="suspicion_of_project"),
        ),
        migrations.AddConstraint(
            model_name="suspicion",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__lte", 100)), name="suspicion_score_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspicionend",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case", None), ("what", "dismissed")),
                    models.Q(("case__isnull", False), ("what", "taken_up")),
                    _connector="OR",
                ),
                name="suspicion_taken_up_is_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspicionend",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="suspicion_ends_for_a_reason",
            ),
        ),
        only_grows("disputes_suspicion"),
        only_grows("disputes_suspicionend"),
    ]
