"""The rota: a week's rosters."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ... import access
from ...access import DECIDERS, for_roles, reader
from ...models import Project
from .. import queries, services
from ..forms import CopyForm, GiveTurnForm, SwapForm, WeekForm
from ..queries import Week
from .answers import REFUSALS


@for_roles(*DECIDERS)
@require_http_methods(["GET", "POST"])
@never_cache
def rota(request: HttpRequest) -> HttpResponse:
    """A week's rosters: days by agents; save, copy last week, swap two, give a turn."""
    now, project = timezone.now(), access.current_project(request)
    today = now.astimezone(project.zone).date()
    monday = queries.monday_of(_day(request.GET.get("week", "")) or today)
    week = queries.week_of(project, monday)
    editing = _Rota(request, project, week, today, now)
    if request.method == "GET":
        return editing.page()
    act = request.POST.get("act", "save")
    deeds = {"save": editing.save, "copy": editing.copy, "swap": editing.swap,
             "give": editing.give}  # fmt: skip
    return deeds.get(act, editing.save)()


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@dataclass(slots=True)
class _Rota:
    """Editing a week."""

    request: HttpRequest
    project: Project
    week: Week
    today: date
    now: datetime

    def page(self, *, status: int = 200, opened: str = "", **forms: Any) -> HttpResponse:
        start = {"seen": self.week.newest, "key": uuid4()}
        given: dict[str, Any] = {"week": self.week, "today": self.today}
        forms.setdefault("form", WeekForm(**given, initial=start))
        forms.setdefault("copy_form", CopyForm(initial=start, auto_id="id_copy_%s"))
        forms.setdefault(
            "swap_form",
            SwapForm(project=self.project, **given, initial=start, auto_id="id_swap_%s"),
        )
        forms.setdefault(
            "give_form",
            GiveTurnForm(project=self.project, initial=start, auto_id="id_give_%s"),
        )
        last_week = self.week.days[0] - timedelta(days=7)
        context = {
            "week": self.week,
            "days": [(day, day < self.today, day in self.week.planned) for day in self.week.days],
            "today": self.today,
            "earlier": last_week,
            "later": self.week.days[0] + timedelta(days=7),
            "this_week": queries.monday_of(self.today),
            "project": self.project,
            "opened": opened,
            "over": self.week.days[-1] < self.today,
            "now": self.now,
        }
        return render(self.request, "leads/rota.html", context | forms, status=status)

    def save(self) -> HttpResponse:
        form = WeekForm(self.request.POST, week=self.week, today=self.today)
        if not form.is_valid():
            return self.page(form=form, status=422)
        return self._set(form.days(), form, "form")

    def copy(self) -> HttpResponse:
        form = CopyForm(self.request.POST, auto_id="id_copy_%s")
        if not form.is_valid():
            return self.page(copy_form=form, opened="copy", status=422)
        before = queries.week_of(self.project, self.week.days[0] - timedelta(days=7))
        days = {
            day: _taken_over(before, day - timedelta(days=7), turn=form.cleaned_data["turn"])
            for day in self.week.days
            if day >= self.today and day - timedelta(days=7) in before.planned
        }
        if not days:
            form.add_error(None, _("上週這幾天沒有排班，沒有可以照抄的。"))
            return self.page(copy_form=form, opened="copy", status=422)
        return self._set(days, form, "copy_form", opened="copy")

    def swap(self) -> HttpResponse:
        form = SwapForm(
            self.request.POST, project=self.project, week=self.week, today=self.today,
            auto_id="id_swap_%s",
        )  # fmt: skip
        if not form.is_valid():
            return self.page(swap_form=form, opened="swap", status=422)
        day, one, two = (form.cleaned_data[name] for name in ("day", "one", "two"))
        cells = {agent.pk: self.week.cells.get((day, agent.pk), "") for agent in self.week.agents}
        cells[one.pk], cells[two.pk] = cells[two.pk], cells[one.pk]
        return self._set({day: cells}, form, "swap_form", opened="swap")

    def give(self) -> HttpResponse:
        form = GiveTurnForm(self.request.POST, project=self.project, auto_id="id_give_%s")
        if not form.is_valid():
            return self.page(give_form=form, opened="give", status=422)
        given = form.cleaned_data
        services.give_turn(
            project=self.project,
            agent=given["agent"],
            reason=given["reason"],
            by=reader(self.request),
            now=self.now,
            key=given["key"],
        )
        messages.success(self.request, _("%(name)s 可補一輪。") % {"name": given["agent"]})
        return self._back()

    def _set(
        self, days: dict[date, dict[int, str]], form: Any, name: str, opened: str = ""
    ) -> HttpResponse:
        try:
            made = services.set_rosters(
                project=self.project,
                days=days,
                seen=form.cleaned_data["seen"],
                by=reader(self.request),
                now=self.now,
                key=form.cleaned_data["key"],
            )
        except services.ChangedMeanwhile as refused:
            form.add_error(None, refused.message)
            # The next press is made in knowledge of what is shown now.
            form.data = form.data.copy()
            form.data["seen"] = str(queries.week_of(self.project, self.week.days[0]).newest)
            return self.page(**{name: form}, opened=opened, status=409)
        except REFUSALS as refused:
            form.add_error(None, refused.message)
            return self.page(**{name: form}, opened=opened, status=422)
        if made:
            said = ngettext("已存下 %(count)d 天的排班。", "已存下 %(count)d 天的排班。", len(made))
            messages.success(self.request, said % {"count": len(made)})
        else:
            messages.success(self.request, _("排班沒有變動。"))
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect(f"{reverse('rota')}?week={self.week.days[0].isoformat()}")


def _taken_over(before: Week, day: date, *, turn: bool) -> dict[int, str]:
    """A day's places a week later, moved on by one if so wanted; absences are not repeated."""
    places = sorted(
        (int(cell), agent.pk)
        for agent in before.agents
        if (cell := before.cells.get((day, agent.pk), "")).isdecimal()
    )
    order = [agent for _place, agent in places]
    if turn:
        order = order[1:] + order[:1]
    return {agent: str(place) for place, agent in enumerate(order, 1)}
