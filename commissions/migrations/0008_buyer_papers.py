"""What a buyer's papers say: identity number's ending, address, payer; it only grows."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from leads.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0007_closed_periods_never_change"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BuyerPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "identity_ending",
                    models.CharField(blank=True, max_length=4, verbose_name="證件號碼末四碼"),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="證件地址")),
                ("payer", models.CharField(blank=True, max_length=60, verbose_name="付款人")),
                (
                    "payer_phone",
                    models.CharField(blank=True, max_length=32, verbose_name="付款人電話"),
                ),
                ("recorded_at", models.DateTimeField()),
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
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="commissions.reservation",
                    ),
                ),
            ],
            options={
                "verbose_name": "買方證件",
                "verbose_name_plural": "買方證件",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("address", ""),
                            ("identity_ending", ""),
                            ("payer", ""),
                            ("payer_phone", ""),
                            _negated=True,
                        ),
                        name="paper_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("identity_ending", ""),
                            ("identity_ending__regex", "^[0-9A-Z]{4}$"),
                            _connector="OR",
                        ),
                        name="paper_keeps_an_ending_only",
                    ),
                ],
            },
        ),
        only_grows("commissions_buyerpaper"),
    ]
