"""The rules once more in plain Python, slow and obvious: what the engines are held against.

Written from the rule set's text, not from the expressions: it sorts whole readings where
they compare packed numbers, and walks households one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tests.spec.tables import Judged, Register, Row
from tests.spec.weighing import Weighing, age_on, day_of, latest_of, of_all
from yimaqing.domains.monitoring.rules import Ruleset
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS, WATER_ITEMS


def judge(held: Register, ruleset: Ruleset, day: dt.date) -> Judged:
    """Standings and findings, as an engine gives them."""
    standing: dict[int, Row] = {}
    findings: dict[tuple[int, str], Row] = {}
    for household in held.household:
        if not household["valid"]:
            continue
        one = _Household(household, held, ruleset, day)
        one.look()
        standing[household["id"]] = one.standing()
        for rule in ruleset.rules:
            if rule.code in one.fired:
                findings[household["id"], rule.code] = one.finding(rule.code)
    return Judged(standing, findings)


class _Household(Weighing):
    def look(self) -> None:
        for code in ("food", "clothing", "housing"):
            self._by_word(code)
        self._water()
        self._income()
        self._education()
        self._medical()
        self._health()
        self._facts()

    def standing(self) -> Row:
        unknown = {code for code in INDICATORS if self.state[code] == "unknown"}
        return {
            **{f"{code}_state": self.state[code] for code in INDICATORS},
            "persons": len(self.members),
            "stale_count": len(self.stale),
            "missing_count": len(unknown) - len(self.stale),
            "contradiction_count": self.contradictions,
            "colour": self._colour(),
        }

    def finding(self, code: str) -> Row:
        found = self.fired[code]
        since = min(found.days) if found.days else None
        return {
            "colour": self.ruleset.scheme.colour_of(code) or "",
            "reading_ids": sorted(found.readings),
            "person_ids": sorted(found.persons),
            "value_yuan": found.value,
            "limit_yuan": found.limit,
            "since_day": (since - dt.date(1970, 1, 1)).days if since else None,
        }

    # ── one indicator after another ──

    def _by_word(self, code: str) -> None:
        reading = latest_of(r for r in self.readings if r["indicator"] == code and of_all(r))
        said = self._said(code, reading)
        self.state[code] = {"pass": "pass", "fail": "fail"}.get(said, "unknown")
        if said == "stale":
            self._is_stale(code, reading)
        if said == "fail":
            self._fire_indicator(code, [reading])

    def _water(self) -> None:
        overall = latest_of(r for r in self.readings if r["indicator"] == "water" and of_all(r))
        parts = {
            item: latest_of(r for r in self.readings if r["indicator"] == item)
            for item in WATER_ITEMS
        }
        said = self._said("water", overall)
        of_parts = {item: self._said_of_part(item, parts[item]) for item in WATER_ITEMS}
        failing = [overall] if said == "fail" else []
        failing += [parts[item] for item in WATER_ITEMS if of_parts[item] == "fail"]
        if failing:
            self.state["water"] = "fail"
            self._fire_indicator("water", failing)
        elif said == "pass" or set(of_parts.values()) == {"pass"}:
            self.state["water"] = "pass"
        else:
            self.state["water"] = "unknown"
            if said == "stale" or set(of_parts.values()) <= {"pass", "stale"}:
                late = [overall] if said == "stale" else []
                late += [parts[item] for item in WATER_ITEMS if of_parts[item] == "stale"]
                for reading in late:
                    self._is_stale("water", reading)
        passes = said in {"pass", "stale"} and "fail" in of_parts.values()
        fails = said == "fail" and set(of_parts.values()) <= {"pass", "stale"}
        self.contradictions += passes or fails

    def _income(self) -> None:
        given = [
            r for r in self.readings if r["indicator"] == "income" and r["value_number"] is not None
        ]
        latest = latest_of(given)
        self.state["income"] = "unknown"
        if latest is None:
            return
        line = self._line(self.ruleset.indicator("income").held_to, latest)
        fresh = self._is_fresh("income", latest)
        if line is not None and latest["value_number"] < line:
            self.state["income"] = "fail"
        elif line is not None and fresh:
            self.state["income"] = "pass"
        elif not fresh:
            self._is_stale("income", latest)
        before = latest_of(r for r in given if day_of(r) < self.day - dt.timedelta(days=365))
        for rule in self.ruleset.rules:
            limit = None
            if rule.condition == "indicator_fails" and rule.indicator == "income":
                limit = line if self.state["income"] == "fail" else None
            elif rule.condition == "income_near_line" and self.state["income"] != "fail":
                limit = self._line("monitoring", latest)
                limit = limit if limit is not None and latest["value_number"] < limit else None
            elif rule.condition == "income_cut" and before and before["value_number"] > 0:
                cut = latest["value_number"] <= before["value_number"] * (1 - rule.fall)
                limit = before["value_number"] if cut else None
            if limit is not None:
                found = self._fire(rule.code, [latest])
                found.value, found.limit = latest["value_number"], limit

    def _education(self) -> None:
        rule = self.ruleset.indicator("education")
        pupils = [
            p
            for p in self.members
            if p["born_on"] and rule.age_from <= age_on(p["born_on"], self.day) <= rule.age_to
        ]
        saids = []
        for pupil in pupils:
            reading = latest_of(
                r for r in self.of_members[pupil["id"]] if r["indicator"] == "education"
            )
            said = self._said("education", reading)
            saids.append(said)
            self._member(said, "member_out_of_school", pupil, reading, "education")
            if said == "unknown":
                for one in self.ruleset.rules_with("member_school_unverified"):
                    self._fire(one.code, []).persons.add(pupil["id"])
        self._from_members("education", saids)
        self.contradictions += any(
            (said == "fail" and p["student_status"] in rule.register_passes)
            or (said in {"pass", "stale"} and p["student_status"] in rule.register_fails)
            for said, p in zip(saids, pupils, strict=True)
        )

    def _medical(self) -> None:
        rule = self.ruleset.indicator("medical")
        newest = self.day - dt.timedelta(days=rule.newborn_days)
        saids, contradicts = [], False
        for member in self.members:
            if (member["born_on"] and member["born_on"] > newest) or (
                rule.military_exempt and member["military"]
            ):
                continue
            reading = latest_of(
                r for r in self.of_members[member["id"]] if r["indicator"] == "medical"
            )
            said = self._said("medical", reading)
            saids.append(said)
            self._member(said, "member_uninsured", member, reading, "medical")
            registered = member["resident_medical"] or member["employee_medical"]
            contradicts |= said == "fail" and bool(registered)
        self._from_members("medical", saids)
        self.contradictions += contradicts

    def _member(
        self, said: str, condition: str, member: Row, reading: Row | None, code: str
    ) -> None:
        if said == "fail":
            for rule in self.ruleset.rules_with(condition):
                self._fire(rule.code, [reading]).persons.add(member["id"])
        if said == "stale":
            self._late(code, reading)

    def _from_members(self, code: str, saids: Sequence[str]) -> None:
        if "fail" in saids:
            self.state[code] = "fail"
        elif self.members and all(said == "pass" for said in saids):
            self.state[code] = "pass"
        else:
            self.state[code] = "unknown"
            if "stale" in saids:
                self.stale.add(code)

    # ── facts of the register ──

    def _health(self) -> None:
        unable = self.ruleset.unable_to_work
        somebody_works = any(p["labour_skill"] not in unable for p in self.members)
        for rule in self.ruleset.rules:
            for member in self.members:
                if member["health"] not in rule.health:
                    continue
                uncovered = member["major_illness_insurance"] is False
                if (
                    rule.condition == "member_health"
                    or (rule.condition == "member_ill_without_major_insurance" and uncovered)
                    or (rule.condition == "member_health_without_labour" and not somebody_works)
                ):
                    self._fire(rule.code, []).persons.add(member["id"])

    def _facts(self) -> None:
        counted = len(self.members)
        self.contradictions += counted > 0 and counted != self.row["member_count"]
        for rule in self.ruleset.rules:
            if rule.condition == "household_status" and (
                self.row["poverty_status"] in rule.poverty_status
            ):
                self._fire(rule.code, [])
            if rule.condition == "facts_contradict" and self.contradictions:
                self._fire(rule.code, [])
        # A reading of a member is named as late wherever some reading is; see _late.
        if not self.stale:
            for rule in self.ruleset.rules_with("reading_stale"):
                self.fired.pop(rule.code, None)
