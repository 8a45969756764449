"""Pages of the rule sets: which judge where, one version with its effect, two compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import require
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.actions import (
    StepRefused,
    begin_draft,
    change_draft,
    preview_version,
    publish_version,
    return_version,
    submit_version,
    withdraw_version,
)
from yimaqing.domains.monitoring.actions.rulesets import OPEN_STATES
from yimaqing.domains.monitoring.models import Effect, RulesetVersion
from yimaqing.domains.monitoring.rulebook import book_on, version_named
from yimaqing.domains.monitoring.rules import Ruleset, read_ruleset
from yimaqing.domains.monitoring.rules.changing import ValuesRefused
from yimaqing.domains.monitoring.rules.differences import Difference, differences
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.rules_form import choices, english, fault_of, read, sections
from yimaqing.domains.monitoring.versions import (
    in_force_today,
    latest_versions,
    line_of,
    named_places,
    regions_named,
    regions_of,
    where_of,
    with_names,
)
from yimaqing.domains.registry.queries import lines_of
from yimaqing.kit.rowscope import set_scope

_SAMPLE = 20


@login_required
@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """The rule sets that judge today, what waits for a second person, and all versions."""
    require(request.user, permissions.READ)
    regions = regions_of(_user(request))
    context = {
        "in_force": in_force_today(timezone.localdate()),
        "versions": latest_versions(set(regions)),
        "regions": regions,
        "english": english(),
    }
    return render(request, "monitoring/versions.html", context)


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A draft for one of the user's regions, equal to the rules of today or to any version."""
    region, identity = request.POST.get("region", ""), request.POST.get("based_on", "")
    based_on = version_named(identity) if identity else _today(region)
    if based_on is None:
        raise Http404
    try:
        version = begin_draft(region=region, based_on=based_on, by=_user(request))
    except StepRefused as error:
        messages.error(request, str(error))
        return redirect("monitoring:versions")
    return redirect("monitoring:version", number=version.pk)


@login_required
@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: what differs, what it would change; a draft with its form."""
    set_scope(require(request.user, permissions.READ))
    held = RulesetVersion.objects.filter(pk=number).first()
    if held is None or not (held.state == "published" or held.region in regions_of(_user(request))):
        raise Http404
    if request.method == "POST":
        return _change(request, held)
    return render(request, "monitoring/version.html", _context(request, held))


def _change(request: HttpRequest, held: RulesetVersion) -> HttpResponse:
    """Keep what the form sent and judge the current data by it."""
    user = _user(request)
    set_scope(require(user, permissions.RULES))
    try:
        sent = read(request.POST.dict(), held.region)
        change_draft(
            number=held.pk,
            values=sent.values,
            citation=sent.citation,
            effective_from=sent.effective_from,
            by=user,
            line=sent.line,
            scheme=sent.scheme,
        )
        preview_version(number=held.pk, by=user)
    except ValuesRefused as error:
        context = _context(request, held, request.POST.dict(), error)
        return render(request, "monitoring/version.html", context, status=422)
    except StepRefused as error:
        messages.error(request, str(error))
    return redirect("monitoring:version", number=held.pk)


@login_required
@require_POST
def step(request: HttpRequest, number: int) -> HttpResponse:
    """Preview, submit, publish, return or withdraw a version."""
    user, words = _user(request), request.POST.get("reason", "")
    set_scope(require(user, permissions.RULES))
    steps: Mapping[str, tuple[Callable[[], Any], str]] = {
        "preview": (lambda: preview_version(number=number, by=user), _("已按现有数据试算。")),
        "submit": (
            lambda: submit_version(number=number, reason=words, by=user),
            _("已提交，等另一人确认。"),
        ),
        "publish": (
            lambda: publish_version(number=number, by=user),
            _("已发布；到生效日起按新规则评判。"),
        ),
        "return": (
            lambda: return_version(number=number, answer=words, by=user),
            _("已退回。"),
        ),
        "withdraw": (lambda: withdraw_version(number=number, by=user), _("已撤回。")),
    }
    if request.POST.get("step") not in steps:
        raise Http404
    act, done = steps[request.POST["step"]]
    try:
        act()
    except StepRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("monitoring:version", number=number)


@login_required
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """A version as PDF."""
    from yimaqing.domains.monitoring.rules_paper import rulebook_pdf  # noqa: PLC0415 - Skia

    require(request.user, permissions.READ)
    ruleset = version_named(request.GET.get("version", ""))
    if ruleset is None:
        raise Http404
    where = where_of({ruleset.region})[ruleset.region]
    response = HttpResponse(rulebook_pdf(ruleset, where), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="rules.pdf"'
    return response


@login_required
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """What differs between two versions, in words."""
    require(request.user, permissions.READ)
    pair = [version_named(request.GET.get(side, "")) for side in ("before", "after")]
    if pair[0] is None or pair[1] is None:
        raise Http404
    context = {
        "before": pair[0],
        "after": pair[1],
        "differences": _told(differences(pair[0], pair[1]), pair[0], pair[1]),
        "english": english(),
    }
    return render(request, "monitoring/compare.html", context)


def _context(
    request: HttpRequest,
    held: RulesetVersion,
    sent: Mapping[str, str] | None = None,
    refused: ValuesRefused | None = None,
) -> dict[str, Any]:
    user = _user(request)
    ruleset = read_ruleset(held.document, held.identity)
    is_open = held.state in OPEN_STATES
    base = _today(held.region) if is_open else version_named(held.based_on)
    is_mine = held.region in regions_of(user)
    faults = refused.faults if refused else {}
    return {
        "line": line_of(held),
        "version": held,
        "ruleset": ruleset,
        "base": base,
        "differences": _told(differences(base, ruleset), base, ruleset) if base else [],
        "effect": _effect(held, ruleset, base) if is_mine else None,
        "sample": _sample(held, user) if is_mine else [],
        "may_change": is_mine and held.state == "draft" and held.made_by_id == user.pk,
        "may_decide": is_mine and held.state == "submitted" and held.made_by_id != user.pk,
        "may_withdraw": is_mine and is_open,
        "may_restore": is_mine and held.state == "published",
        "waits": held.state == "submitted" and held.made_by_id == user.pk,
        "sections": sections(ruleset, sent or {}, faults),
        "choices": choices(ruleset),
        "sent": _asked(sent or {}),
        "day_fault": fault_of("effective_from", faults) and _("请填日期，例如 2026-12-01。"),
        "line_faults": {k[4:]: fault_of(k, faults) for k in faults if k.startswith("new.")},
        "refused": bool(faults),
        "english": english(),
    }


def _today(region: str) -> Ruleset:
    """The rules that a version of a region would follow."""
    return book_on(timezone.localdate()).at(region)


def _asked(sent: Mapping[str, str]) -> dict[str, str]:
    """What was sent beside the values, by names that a template can say."""
    return {name.replace("new.", "new_"): sent.get(name, "") for name in _BESIDE}


_BESIDE = ("source", "sureness", "effective_from", "new.kind", "new.year", "new.value")


def _told(
    found: list[Difference], *compared: Ruleset
) -> list[tuple[str, str, str, Citation | None]]:
    """What, before, after, in the reader's language; empty: was not there."""
    at = 1 if english() else 0
    where = {code: name for one in compared for code, name in regions_named(one).items()}
    return [
        (
            with_names(one.en if at else one.zh, where),
            one.before[at] if one.before else "",
            one.after[at] if one.after else "",
            one.citation,
        )
        for one in found
    ]


def _effect(held: RulesetVersion, after: Ruleset, base: Ruleset | None) -> dict[str, Any] | None:
    """What the preview counted, with the names of places, groups and situations."""
    if held.effect is None:
        return None
    counted = dict(held.effect)
    rules = {**(base.by_code if base else {}), **after.by_code}
    groups = {one.code: (one.en if english() else one.zh) for one in after.groups}
    colours = {one.code: (one.en if english() else one.zh) for one in after.scheme.colours}
    counted["places"] = named_places(counted["places"])
    counted["groups"] = [
        {**row, "name": groups.get(row["code"], _("其他户"))} for row in counted["groups"]
    ]
    counted["rules"] = [
        {**row, "name": (rules[row["code"]].en if english() else rules[row["code"]].zh)}
        for row in counted["rules"]
        if row["code"] in rules
    ]
    counted["colours"] = [(code, colours[code], *counted["colours"][code]) for code in colours]
    counted["taken_at"] = parse_datetime(counted["taken_at"])
    counted["day"] = parse_date(counted["day"])
    return counted


def _sample(held: RulesetVersion, user: User) -> list[tuple[Any, Effect]]:
    """The first households that move, masked."""
    found = list(Effect.objects.filter(version_id=held.pk).order_by("place_code", "pk")[:_SAMPLE])
    lines = {
        line.household_id: line
        for line in lines_of({one.household_id for one in found}, viewer=user)
    }
    return [(lines[one.household_id], one) for one in found if one.household_id in lines]


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
