"""Several names, numbers and addresses of a person; who may be whom; facts that only grow."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import leads.fields
from leads.append_only import only_grows


class Migration(migrations.Migration):
    """Columns with a default of the database: processes of the version before go on writing."""

    dependencies = [
        ("leads", "0003_channels"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wechat", "微信"),
                            ("email", "電子郵件"),
                            ("noted", "備註裡的電話"),
                        ],
                        max_length=6,
                    ),
                ),
                ("value", models.CharField(max_length=254)),
                ("typed", models.CharField(max_length=254)),
                ("wrong", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "verbose_name": "聯絡方式",
                "verbose_name_plural": "聯絡方式",
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("weight", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待確認"), ("linked", "已連結"), ("dismissed", "不是")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("relation", models.CharField(blank=True, max_length=10)),
                ("same_need", models.BooleanField(default=True)),
                ("price_testing", models.BooleanField(default=False)),
                ("evidence", models.CharField(blank=True, max_length=500)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
            ],
            options={
                "verbose_name": "可能同一人",
                "verbose_name_plural": "可能同一人",
            },
        ),
        migrations.CreateModel(
            name="PersonFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "加入客人"),
                            ("name", "別名"),
                            ("phone", "電話"),
                            ("wechat", "微信"),
                            ("email", "電子郵件"),
                            ("wrong", "標為有誤"),
                        ],
                        max_length=6,
                    ),
                ),
                ("typed", models.CharField(max_length=254)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField()),
                ("key", models.UUIDField(unique=True)),
            ],
            options={
                "verbose_name": "客人資料",
                "verbose_name_plural": "客人資料",
            },
        ),
        migrations.RemoveConstraint(
            model_name="phone",
            name="phone_is_e164",
        ),
        migrations.AddField(
            model_name="person",
            name="aliases",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                blank=True,
                db_default=[],
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="compared",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="person",
            name="keys",
            field=leads.fields.NameKeysField(
                base_field=models.TextField(),
                db_default=[],
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="phone",
            name="state",
            field=models.CharField(
                choices=[("stands", "有效"), ("shared", "另一位客戶也用"), ("wrong", "有誤")],
                db_default="stands",
                default="stands",
                editable=False,
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="phone",
            name="number",
            field=models.CharField(max_length=32, verbose_name="電話"),
        ),
        migrations.AddConstraint(
            model_name="phone",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^\\+[1-9][0-9]{5,14}(;ext=[0-9]{1,9})?$")),
                name="phone_is_read",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="leads.person",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="leads.project"
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="leads.contactevent",
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="one",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="leads.person"
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="leads.project"
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="likeness",
            name="two",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="leads.person",
            ),
        ),
        migrations.AddField(
            model_name="personfact",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="personfact",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facts",
                to="leads.contact",
            ),
        ),
        migrations.AddField(
            model_name="personfact",
            name="lead",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="leads.lead"
            ),
        ),
        migrations.AddField(
            model_name="personfact",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="leads.person"
            ),
        ),
        migrations.AddField(
            model_name="personfact",
            name="phone",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facts",
                to="leads.phone",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["project", "kind", "value"], name="contact_value"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "value"), name="one_contact_per_person"
            ),
        ),
        migrations.AddIndex(
            model_name="likeness",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["project", "-weight", "id"],
                name="likeness_open",
            ),
        ),
        migrations.AddIndex(
            model_name="likeness",
            index=models.Index(fields=["two"], name="likeness_of_two"),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposed_by", None), ("state", "open")),
                fields=("one", "two"),
                name="one_open_likeness",
            ),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.CheckConstraint(
                condition=models.Q(("two", None), ("one__lt", models.F("two")), _connector="OR"),
                name="likeness_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "open"),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="likeness_closed_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="personfact",
            index=models.Index(fields=["person", "recorded_at"], name="person_fact_of_person"),
        ),
        only_grows("leads_personfact"),
    ]
