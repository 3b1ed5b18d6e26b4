"""The counter: rosters, arrivals and what happened to each group; all four only grow."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from leads.append_only import only_grows


class Migration(migrations.Migration):
    """New tables only: nothing that runs is held up."""

    dependencies = [
        ("leads", "0007_enquiry_limit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("people", models.PositiveSmallIntegerField()),
                (
                    "before",
                    models.CharField(
                        choices=[("first", "第一次"), ("returning", "來過"), ("unsure", "不確定")],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=100)),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("reception_key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "asked_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="greeted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="leads.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "到訪",
                "verbose_name_plural": "到訪",
            },
        ),
        migrations.CreateModel(
            name="BoardFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("begun", "開始接待"),
                            ("skipped", "跳過"),
                            ("directed", "不依輪序"),
                            ("objected", "不同意併接"),
                            ("finished", "接待結束"),
                            ("gone", "未接待就離開"),
                            ("away", "暫離"),
                            ("back", "回來"),
                            ("made_up", "補輪"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("steered", models.BooleanField(default=False)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("absent", "沒有到前台"),
                            ("declined", "自己放棄這一輪"),
                            ("office", "正辦公司交代的事"),
                            ("own_client", "正接待自己的客戶"),
                            ("unwell", "身體不適"),
                            ("showing", "帶看"),
                            ("meeting", "開會"),
                            ("meal", "用餐"),
                            ("private", "私事"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_facts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "arrival",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="leads.arrival",
                    ),
                ),
                (
                    "beside",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.arrival",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_facts",
                        to="leads.project",
                    ),
                ),
                (
                    "turn_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "輪序紀錄",
                "verbose_name_plural": "輪序紀錄",
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=200)),
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rosters",
                        to="leads.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "排班",
                "verbose_name_plural": "排班",
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(null=True)),
                (
                    "absence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("leave", "請假"),
                            ("sick", "病假"),
                            ("errand", "外出公務"),
                            ("training", "受訓"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="leads.roster",
                    ),
                ),
            ],
            options={
                "verbose_name": "輪值",
                "verbose_name_plural": "輪值",
            },
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                fields=("project", "day", "number"), name="one_group_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("people__gte", 1), ("people__lte", 9)),
                name="arrival_of_some_people",
            ),
        ),
        migrations.AddIndex(
            model_name="boardfact",
            index=models.Index(fields=["project", "day", "id"], name="board_fact_of_day"),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arrival", None), ("kind__in", ["away", "back", "made_up"])),
                    models.Q(
                        models.Q(("kind__in", ["away", "back", "made_up"]), _negated=True),
                        ("arrival__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="board_fact_of_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agent__isnull", False), ("kind__in", ["finished", "gone"]), _connector="OR"
                ),
                name="board_fact_of_an_agent",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["skipped", "away"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="skip_and_absence_say_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["directed", "made_up"]), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="exception_from_the_order_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.CheckConstraint(
                condition=models.Q(("steered", False), ("kind", "directed"), _connector="OR"),
                name="steering_is_directing",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("beside", None),
                    models.Q(("beside", models.F("arrival")), _negated=True),
                    _connector="OR",
                ),
                name="not_beside_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "begun")), fields=("arrival",), name="received_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "finished")), fields=("arrival",), name="finished_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "gone")), fields=("arrival",), name="gone_once"
            ),
        ),
        migrations.AddIndex(
            model_name="roster",
            index=models.Index(fields=["project", "day", "-id"], name="roster_of_day"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("roster", "staff"), name="one_duty_a_day"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                fields=("roster", "place"), name="one_agent_in_a_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("absence", ""), ("place__gte", 1), ("place__isnull", False)),
                    models.Q(("place", None), models.Q(("absence", ""), _negated=True)),
                    _connector="OR",
                ),
                name="duty_has_a_place_or_an_absence",
            ),
        ),
        only_grows("leads_roster"),
        only_grows("leads_duty"),
        only_grows("leads_arrival"),
        only_grows("leads_boardfact"),
    ]
