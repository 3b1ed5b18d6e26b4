"""The doors of saved views: kept, changed, put first, thrown away; each by its owner alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from ..access import DECIDERS
from ..journal import door
from ..models import Project, Staff
from .addresses import canonical, is_open_to, searches
from .models import SavedView

MOST = 30
"""So many views may somebody keep of one list: a menu that nobody can read helps nobody."""


class NotKept(ValueError):
    """A view that is not kept as asked, with a message for whoever asked."""

    message: Any = _("沒有存下。")


class NoSuchList(NotKept):
    """There is no such list, or it is not open to this role."""

    message = _("這個清單不能存檢視。請回到清單再按一次「存下這個檢視」。")


class NothingToKeep(NotKept):
    """The list is shown whole, in its usual order."""

    message = _("清單沒有條件，也沒有排序，不必存。先篩選，再存下。")


class NameTaken(NotKept):
    """Its owner has a view of that name on that page."""

    message = _("你在這個清單已有同名的檢視。換一個名稱，例如加上月份。")


class TooManyViews(NotKept):
    """The menu is full."""

    message = _("這個清單已存滿三十個檢視。先刪掉不用的。")


class NotForSharing(NotKept):
    """A shared view must not tell colleagues for whom somebody is looking."""

    message = _("條件裡有姓名或電話，只能自己用：拿掉搜尋再分享。")


class MayNotShare(NotKept):
    """Supervisors and managers share views."""

    message = _("只有主管和經理能分享檢視。")


@door
def save_view(
    *,
    page: str,
    query: str,
    name: str,
    shared_with: Project | None,
    by: Staff,
    now: datetime,
    key: UUID,
) -> SavedView:
    """Keep the address of a list under a name; the same `key` keeps one.

    Raises NoSuchList, NothingToKeep, NameTaken, TooManyViews, NotForSharing, MayNotShare.
    """
    kept = SavedView.objects.filter(key=key, owner=by).first()
    if kept is not None:
        return kept
    if not is_open_to(by, page):
        raise NoSuchList
    address = canonical(query)
    if not address:
        raise NothingToKeep
    _may_be_shared(shared_with, address, by)
    own = SavedView.objects.filter(owner=by, page=page)
    if own.count() >= MOST:
        raise TooManyViews
    last = own.aggregate(last=Max("position"))["last"]
    view = SavedView(
        page=page,
        query=address,
        name=name,
        owner=by,
        shared_with=shared_with,
        position=0 if last is None else last + 1,
        saved_at=now,
        key=key,
    )
    return _kept(view)


@door
def change_view(
    *,
    view: SavedView,
    name: str,
    shared_with: Project | None,
    by: Staff,
    now: datetime,
    query: str | None = None,
) -> SavedView:
    """Rename a view, share it or keep it to oneself, give it the conditions of `query`.

    Raises SavedView.DoesNotExist (not his own), and as `save_view`.
    """
    held = SavedView.objects.select_for_update().get(pk=view.pk, owner=by)
    if query is not None and canonical(query):
        held.query, held.saved_at = canonical(query), now
    if shared_with is not None:
        _may_be_shared(shared_with, held.query, by)
    held.name, held.shared_with = name, shared_with
    return _kept(held)


@door
def put_first(*, view: SavedView, by: Staff, now: datetime) -> None:
    """Let a view stand above its owner's other ones. Raises SavedView.DoesNotExist."""
    held = SavedView.objects.select_for_update().get(pk=view.pk, owner=by)
    own = SavedView.objects.filter(owner=by, page=held.page).exclude(pk=held.pk)
    first = own.aggregate(first=Min("position"))["first"]
    if first is not None and held.position >= first:
        held.position = first - 1
        held.save(update_fields=["position"])


@door
def delete_view(*, view: SavedView, by: Staff, now: datetime) -> None:
    """Throw a view away; a second time changes nothing."""
    SavedView.objects.filter(pk=view.pk, owner=by).delete()


def _may_be_shared(project: Project | None, query: str, by: Staff) -> None:
    if project is None:
        return
    if by.role not in DECIDERS:
        raise MayNotShare
    if searches(query):
        raise NotForSharing


def _kept(view: SavedView) -> SavedView:
    """Save it; two tabs at once cannot both have the name."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        same = SavedView.objects.filter(key=view.key, owner=view.owner).first()
        if same is not None and same.pk != view.pk:
            return same
        raise NameTaken from error
    return view
