"""Users and their assignments, for administrators within their own place."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yimaqing.domains.accounts import actions
from yimaqing.domains.accounts.forms import AssignmentForm, ReasonForm, UserForm
from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.accounts.queries import (
    holders_of,
    permissions_of,
    require,
    unended_assignments,
    unended_assignments_of,
)
from yimaqing.domains.accounts.views.start import Post, posts_in_words
from yimaqing.domains.places.queries import full_names, valid_places
from yimaqing.kit.rowscope import Scope

MANAGE = "accounts.manage"
PAGE = 50


@login_required
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Users within reach, by log-in name, a page at a time."""
    reach = require(request.user, MANAGE)
    word = request.GET.get("q", "").strip()[:40]
    found = holders_of(reach).order_by("username")
    if word:
        found = found.filter(
            Q(username__contains=word.casefold())
            | Q(display_name__contains=word)
            | Q(office__contains=word)
        )
    page = list(found.filter(username__gt=request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "lines": _with_posts(page[:PAGE]),
        "after": page[PAGE - 1].username if len(page) > PAGE else "",
        "q": word,
    }
    return render(request, "accounts/users.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new user with a first role and a password that is shown once."""
    require(request.user, MANAGE)
    by = _user(request)
    form = UserForm(request.POST or None)
    post = AssignmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and post.is_valid():
        password = actions.temporary_password()
        try:
            with transaction.atomic():
                made = actions.create_user(**form.cleaned_data, password=password, by=by)
                _assign(made, post, by)
        except actions.AccountError as error:
            form.add_error(None, str(error))
        else:
            return _handed_over(request, made, password)
    return render(request, "accounts/add_user.html", {"form": form, "post": post})


@login_required
@require_GET
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user: posts, state, and what may be done."""
    shown = _within_reach(request, user_id)
    return _page(request, shown, AssignmentForm())


@login_required
@require_POST
def give(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a further role."""
    shown = _within_reach(request, user_id)
    form = AssignmentForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                _assign(shown, form, _user(request))
        except actions.AccountError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已授予。"))
            return redirect("accounts:user", user_id)
    return _page(request, shown, form)


@login_required
@require_POST
def end(request: HttpRequest, user_id: int, assignment_id: int) -> HttpResponse:
    """End one assignment from today on."""
    shown = _within_reach(request, user_id)
    held = get_object_or_404(Assignment, pk=assignment_id, user=shown)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明理由。"))
    else:
        try:
            actions.end_assignment(
                assignment=held, by=_user(request), reason=form.cleaned_data["reason"]
            )
        except actions.AccountError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("这项任职已结束。"))
    return redirect("accounts:user", user_id)


@login_required
@require_POST
def act(request: HttpRequest, user_id: int) -> HttpResponse:
    """Unlock, reset the password, switch off or on."""
    shown, by = _within_reach(request, user_id), _user(request)
    deed = request.POST.get("deed", "")
    reason = request.POST.get("reason", "").strip()[:200]
    if deed in {"deactivate", "activate"} and not reason:
        messages.error(request, _("请写明理由。"))
        return redirect("accounts:user", user_id)
    try:
        if deed == "reset":
            password = actions.temporary_password()
            actions.set_password(user=shown, password=password, by=by)
            return _handed_over(request, shown, password)
        if deed == "unlock":
            actions.unlock(user=shown, by=by)
        elif deed == "deactivate":
            actions.deactivate(user=shown, reason=reason, by=by)
        elif deed == "activate":
            actions.activate(user=shown, reason=reason, by=by)
    except actions.AccountError as error:
        messages.error(request, str(error))
    return redirect("accounts:user", user_id)


@login_required
@require_GET
def place_options(request: HttpRequest) -> HttpResponse:
    """Places whose name holds the typed text, within reach: options for a list."""
    wanted = MANAGE if MANAGE in permissions_of(request.user) else "audit.view"
    reach = require(request.user, wanted)
    word = (request.GET.get("place_code") or request.GET.get("place", "")).strip()[:20]
    found = valid_places().filter(_inside(reach), name__contains=word).order_by("level", "code")
    codes = list(found.values_list("code", flat=True)[:20]) if word else []
    options = list(full_names(codes, from_level=2).items())
    return render(request, "accounts/_place_options.html", {"options": options})


def _with_posts(shown: list[User]) -> list[tuple[User, list[Post]]]:
    held = unended_assignments(shown)
    posts = posts_in_words([assignment for one in shown for assignment in held[one.pk]])
    of: dict[int, list[Post]] = {one.pk: [] for one in shown}
    for post in posts:
        of[post.assignment.user_id].append(post)
    return [(one, of[one.pk]) for one in shown]


def _inside(reach: Scope) -> Q:
    inside = Q(pk__in=[])
    for low, high in reach.ranges:
        inside |= Q(code__gte=low, code__lt=high)
    return inside


def _assign(to: User, form: AssignmentForm, by: User) -> None:
    data = form.cleaned_data
    actions.assign(
        user=to,
        role=data["role"],
        place_code=data["place_code"].strip(),
        department=data["department"],
        household_ids=_household_ids(data["households"]),
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        reason=data["reason"],
        by=by,
    )


def _household_ids(numbers: list[str]) -> list[int]:
    """Numbers of the register into ids; raise BadAssignment for those not within scope."""
    if not numbers:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_household_ids(%s)", [numbers])
        found = dict(cursor.fetchall())
    missing = [number for number in numbers if number not in found]
    if missing:
        raise actions.BadAssignment(
            _("没有这些户，或者不在你的管辖范围内：%(numbers)s")
            % {"numbers": "、".join(missing[:5])}
        )
    return list(found.values())


def _page(request: HttpRequest, shown: User, form: AssignmentForm) -> HttpResponse:
    held = list(unended_assignments_of(shown).order_by("pk"))
    context = {
        "shown": shown,
        "posts": posts_in_words(held),
        "form": form,
        "reason": ReasonForm(),
        "is_self": shown.pk == _user(request).pk,
    }
    return render(request, "accounts/user.html", context)


def _handed_over(request: HttpRequest, shown: User, password: str) -> HttpResponse:
    context = {"shown": shown, "one_time": password}
    response = render(request, "accounts/handed_over.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _within_reach(request: HttpRequest, user_id: int) -> User:
    return get_object_or_404(holders_of(require(request.user, MANAGE)), pk=user_id)


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
