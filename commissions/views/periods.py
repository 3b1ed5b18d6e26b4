"""Closing a month: checklist, two signatures, and the file of what is paid."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from leads import access
from leads.access import PAYERS, for_roles, reader
from leads.models import Role

from .. import services
from ..exports import neutral
from ..models import Period
from ..queries import months, periods

SHOWN = 24


@for_roles(*PAYERS)
@require_GET
def period_list(request: HttpRequest) -> HttpResponse:
    """The months of the project; of the one chosen, what to look at before it is closed."""
    project, now, by = access.current_project(request), timezone.now(), reader(request)
    found = list(periods.periods_of(project)[:SHOWN])
    still_open = [one for one in reversed(found) if one.state == Period.State.OPEN]
    chosen = next((one for one in found if one.month == request.GET.get("month")), None)
    chosen = chosen or (still_open[0] if still_open else None) or (found[0] if found else None)
    context: dict[str, Any] = {
        "periods": found,
        "chosen": chosen,
        "currency": project.currency,
        "may_sign": by.role in (Role.MANAGER, Role.GENERAL_MANAGER),
        "now": now,
    }
    if chosen is not None:
        _first, end = months.bounds(chosen.month, project.zone)
        context |= {
            "checklist": periods.checklist(project, chosen.month),
            "is_over": now >= end,
            "ends": end,
            "payouts": periods.payouts(chosen) if chosen.digest else [],
        }
    return render(request, "commissions/period_list.html", context)


@for_roles(Role.MANAGER, Role.GENERAL_MANAGER)
@require_POST
def period_sign(request: HttpRequest) -> HttpResponse:
    """Sign a month as it stands; the second signature closes it."""
    project, now, month = (
        access.current_project(request),
        timezone.now(),
        request.POST.get("month", ""),
    )
    try:
        months.first_day(month)
    except ValueError:
        messages.error(request, gettext("沒有這個月份。"))
        return redirect("period_list")
    seen = {"on": True}.get(request.POST.get("seen", ""), False)
    try:
        if not seen:
            raise services.CannotClose(gettext("先看過檢查表並勾選。"))
        period = services.sign_period(
            project=project,
            month=month,
            checked=periods.checklist(project, month).said(),
            by=reader(request),
            now=now,
        )
    except (services.CannotClose, services.SignedAlready) as refused:
        messages.error(request, str(refused.message))
    else:
        if period.state == Period.State.CLOSED:
            messages.success(
                request, gettext("%(month)s 已關帳，付佣檔可以下載。") % {"month": month}
            )
        else:
            messages.success(request, gettext("已簽第一次；由另一個人簽第二次就關帳。"))
    return redirect(f"{reverse('period_list')}?month={month}")


@for_roles(*PAYERS)
@require_GET
def period_payout(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of what is paid with a closed month: CSV with a BOM, its digest in the last row."""
    projects = access.current_projects(request)
    period = get_object_or_404(
        Period.objects.filter(project__in=projects).select_related("project"), pk=pk
    )
    if not period.digest:
        raise Http404
    rows = periods.payouts(period)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"payout-{period.project_id}-{period.month}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    head = ("帳號", "姓名", "成交筆數", "金額", "幣別", "月份")
    writer.writerow([gettext(word) for word in head])
    for row in rows:
        cents = f"{row.cents // 100}.{row.cents % 100:02d}"
        about = (row.deals, cents, period.project.currency, period.month)
        writer.writerow([neutral(row.username), neutral(row.name), *about])
    total = sum(row.cents for row in rows)
    writer.writerow(
        [gettext("合計"), "", "", f"{total // 100}.{total % 100:02d}", "", period.digest]
    )
    services.note_export(
        by=reader(request),
        form="csv",
        query=f"payout={period.pk}",
        rows=len(rows),
        now=timezone.now(),
    )
    return answer
