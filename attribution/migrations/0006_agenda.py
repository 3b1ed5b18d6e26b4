"""An agent's next steps and the calendar that he subscribes to."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """New tables only."""

    dependencies = [
        ("attribution", "0005_policy_key"),
        ("leads", "0009_noted_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.PositiveIntegerField(default=1)),
                (
                    "shows",
                    models.CharField(
                        choices=[
                            ("number", "編號 L-00042"),
                            ("initials", "縮寫 S.G.L."),
                        ],
                        default="number",
                        max_length=10,
                        verbose_name="行事曆上怎麼稱呼客戶",
                    ),
                ),
                ("renewed_at", models.DateTimeField()),
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "行事曆訂閱",
                "verbose_name_plural": "行事曆訂閱",
            },
        ),
        migrations.CreateModel(
            name="NextStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=120, verbose_name="要做什麼")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="哪一天")),
                ("created_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="next_steps",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="leads.lead",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="leads.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "待辦",
                "verbose_name_plural": "待辦",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["agent", "project", "due_on"],
                        name="step_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="step_says_what"
                    )
                ],
            },
        ),
    ]
