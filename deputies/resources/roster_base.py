"""Rosters of deputies: of the county (县代表花名册) and of its towns (镇代表名册).

The identity number says who is who; a person in both rosters is one deputy with two mandates.
Values equal after normalising keep the first text; where rosters really differ the county's
wins and the report says so. A blank cell takes nothing away (DESIGN §3).
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet

from congress_portal.core.crypto import keyed_hash
from congress_portal.core.enums import Dictionary, Level
from congress_portal.core.importing import values as parsed
from congress_portal.core.importing.bulk import insert_rows
from congress_portal.core.importing.directories import Regions, Words
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.layout import Table
from congress_portal.core.importing.report import Fate
from congress_portal.core.importing.resource import BATCH, CellFault, ImportResource
from congress_portal.core.importing.row import Row, Stored
from congress_portal.core.importing.text import fold_name, parsable
from congress_portal.core.models import Region
from congress_portal.core.names import pinyin_of
from congress_portal.core.text import normal
from deputies.enums import BeginKind, Sex
from deputies.models import Deputy, Mandate, Term
from deputies.resources.lookup import Deputies
from deputies.resources.terms import (
    PERSON_FIELDS,
    Districts,
    Person,
    Persons,
    Terms,
    term_name_in,
)

_CONGRESS = re.compile(
    r"([县区市旗镇乡道])(?:第[^届]{1,6}届|本届|新一届)?(?:人民代表大会|人大|代表)"
    r"|(农场|林场)(?:第[^届]{1,6}届|本届|新一届)?(?:人民代表大会|人大)"
)
_ALSO = re.compile(r"[^；;，,。\s]*?人大代表")
_FORMER = re.compile(r"曾|原|上届|历届|前任")
_LOST_NOUGHT = re.compile(r"\d{4}\.1")
_WORDS = {
    "ethnicity": Dictionary.ETHNICITY,
    "education": Dictionary.EDUCATION,
    "party": Dictionary.PARTY,
    "sector": Dictionary.SECTOR,
}
_MANDATE_FIELDS = ("district_id", "delegation", "serial", "is_reelected", "begin_kind")


def level_told_by(table: Table) -> str:
    """County or town: by the titles, then by the columns, then by the sheet's name."""
    for text in table.heading.split("\n"):
        found = _CONGRESS.findall(normal(text))
        if found:
            # 街道 have no congress of their own: their deputies are the county's.
            last = "".join(found[-1])
            return Level.TOWN if last in ("镇", "乡", "农场", "林场") else Level.COUNTY
    if {"delegation", "sector", "town"} & set(table.places):
        return Level.COUNTY
    return Level.TOWN if normal(table.sheet.name).endswith(("镇", "乡")) else Level.COUNTY


def also_deputy_of(notes: str) -> list[str]:
    """The higher congresses that notes such as 兼任市人大代表；兼任省人大代表 tell of."""
    levels = []
    for told in _ALSO.findall(normal(notes)):
        if _FORMER.search(told):
            continue
        if "省" in told:
            levels.append(Level.PROVINCE)
        if "市" in told:
            levels.append(Level.CITY)
    return list(dict.fromkeys(levels))


class RosterResource(ImportResource):
    """What both rosters share."""

    level: ClassVar[str] = ""
    depends: tuple[str, ...] = ("行政区划",)
    needs = (("name",), ("identity_number", "sex", "birth"))
    hints = ("花名册", "名册", "代表名单", "代表基本情况", "代表信息")
    scope_column = "name"
    key_column = "identity_number"
    stand_ins = ("name",)

    class Meta:
        model = Mandate

    @classmethod
    def likelihood(cls, table: Table) -> float:
        fits = level_told_by(table) == cls.level
        return super().likelihood(table) + (3 if fits else -3)

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        queryset = queryset.filter(level=self.level).order_by("term", "region", "serial", "pk")
        return queryset.select_related("deputy__town", "deputy__village", "district", "region")

    # Resolving

    def prepare(self, rows: list[Row]) -> None:
        self.regions = self.session.cache(Regions)
        self.words = self.session.cache(Words)
        self.heading_town = self.regions.town_named_in(self.heading.split("\n")[0])
        for text in self.heading.split("\n"):
            self.heading_town = self.heading_town or self.regions.find(text)
            self.heading_town = self.heading_town or self.regions.town_named_in(text)
        if self.heading_town and not self.heading_town.is_town:
            self.heading_town = None
        self.term_name = term_name_in(self.heading)
        self._terms_by_region: dict[int | None, Term] = {}

    def resolve(self, row: Row) -> None:
        values = row.values
        self._check_identity(row)
        town = self._town(row)
        village = self._village(row, town)
        for name, dictionary in _WORDS.items():
            if values.get(name):
                self.words.find_or_add(dictionary, values[name], self.notes)
        identity = values["identity_number"]
        birth = values["birth"]
        notes = values.get("remarks", "")
        person = {
            "name": values["name"],
            "sex": values["sex"],
            "ethnicity": values["ethnicity"],
            "birth_month": dt.date(birth.year, birth.month, 1) if birth else None,
            "education": values["education"],
            "party": values["party"],
            "employer": values["employer"],
            "sector": values["sector"],
            "town_id": town.pk,
            "village_id": village.pk if village else None,
            "phone": values["phone"],
            "notes": notes,
            "identity_hash": keyed_hash(identity) if identity else None,
        }
        row.key = person["identity_hash"] or (fold_name(values["name"]), town.pk)
        term = self._term(self._congress(town))
        row.extra = (person, term, town)
        row.attrs = {
            "term_id": term.pk,
            "level": self.level,
            "region_id": term.region_id,
            "delegation": values["delegation"],
            "serial": values["serial"],
            "is_reelected": "连任" in normal(notes),
            "begin_kind": BeginKind.BY_ELECTION if "补选" in normal(notes) else BeginKind.GENERAL,
        }

    def _check_identity(self, row: Row) -> None:
        """Sex and month of birth against the identity number; a blank one is taken from it."""
        values, identity = row.values, row.values["identity_number"]
        if not identity:
            return
        sex = Sex.MALE if parsed.identity_sex(identity) == "男" else Sex.FEMALE
        if values["sex"] and values["sex"] != sex:
            self.fault(row, "sex", "性别与身份证号不符")
        values["sex"] = sex
        born, told = parsed.identity_birthday(identity), values["birth"]
        if told and not self._is_birth(row, told, born):
            self.fault(row, "birth", "出生年月与身份证号不符")
        values["birth"] = parsed.WrittenDate(born.year, born.month, born.day)

    def _is_birth(self, row: Row, told: parsed.WrittenDate, born: dt.date) -> bool:
        if told.year != born.year:
            return False
        if told.month == born.month:
            return True
        # 1975.1 is January, or an October whose nought Excel dropped.
        clipped = _LOST_NOUGHT.fullmatch(parsable(self.raw(row, "birth")))
        return bool(clipped) and born.month in (1, 10)

    def _town(self, row: Row) -> Region:
        """The row's town: its own column, else what district, delegation or title name."""
        if text := row.values.get("town", ""):
            try:
                return self.regions.town(text)
            except ValueFault as fault:
                raise CellFault("town", fault.reason) from None
        told = (row.values[name] for name in ("district", "delegation", "village_name"))
        named = (self.regions.town_named_in(text) for text in told if text)
        town = self._preferred_town(next((found for found in named if found), None))
        if town is None:
            column = "town" if "town" in self.columns() else "district"
            raise CellFault(column, "看不出是哪个镇", "请在标题或“所在镇（街道）”一列写明镇名。")
        return town

    def _preferred_town(self, named: Region | None) -> Region | None:
        return named or self.heading_town

    def _village(self, row: Row, town: Region) -> Region | None:
        text = row.values["village_name"]
        if not text:
            return None
        try:
            return self.regions.village(text, town)
        except ValueFault as fault:
            raise CellFault("village_name", fault.reason, fault.advice) from None

    def _congress(self, town: Region) -> Region | None:
        raise NotImplementedError

    def _term(self, region: Region | None) -> Term:
        key = region.pk if region else None
        if key not in self._terms_by_region:
            terms = self.session.cache(Terms)
            self._terms_by_region[key] = terms.find_or_add(
                self.level, region, self.term_name, self.notes
            )
        return self._terms_by_region[key]

    def scope_codes(self, row: Row) -> Iterable[str]:
        region = self.regions.by_pk.get(row.attrs["region_id"])
        return (region.code,) if region else ()

    # Matching

    def match(self, rows: list[Row]) -> None:
        districts = self.session.cache(Districts)
        named = [row for row in rows if row.values["district"]]
        districts.add([(row.extra[1], row.extra[2], row.values["district"]) for row in named])
        for row in rows:
            _, term, town = row.extra
            text = row.values["district"]
            row.attrs["district_id"] = districts.find(term, town, text) if text else None
        first: dict[Any, Row] = {}
        for row in rows:
            twin = first.setdefault(row.key, row)
            if twin is not row:
                self.fault(row, self.key_column, f"与第{twin.number}行重复")
        self._compare_all([row for row in rows if row.is_good])

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        """Mandates of the sheet's terms by person; persons come from the run's own index."""
        terms = {row.attrs["term_id"] for row in rows}
        found = Mandate.objects.filter(term__in=terms, ends_on__isnull=True)
        return {
            (values.pop("deputy_id"), values["term_id"]): Stored(values.pop("pk"), values)
            for values in found.values("pk", "deputy_id", "term_id", *_MANDATE_FIELDS)
        }

    def _compare_all(self, rows: list[Row]) -> None:
        stored = self.stored(rows)
        persons = self.session.cache(Persons)
        for row in rows:
            values, term, _ = row.extra
            person = persons.find(
                values["identity_hash"], values["name"], values["town_id"], values["birth_month"]
            )
            mandate = stored.get((person.pk, term.pk)) if person else None
            if person is not None:
                self._compare_person(row, person, values)
            row.extra = (values, term, person)
            if mandate is None:
                row.fate = Fate.NEW
            else:
                self._compare_mandate(row, mandate)
                row.fate = Fate.CHANGED if row.changes else Fate.SAME

    def _compare_person(self, row: Row, person: Person, values: dict[str, Any]) -> None:
        county_speaks = self.level == Level.COUNTY or Level.COUNTY not in person.levels
        differing = []
        for name, new in values.items():
            old = person.values[name]
            if name == "notes":
                self._compare_notes(row, person, old, new)
                continue
            if new in (None, "") or self.same(name, old, new):
                continue
            known = old not in (None, "")
            if known and name != "identity_hash":
                differing.append(self._header_of(name))
            if county_speaks or not known:
                row.changes[name] = (old, new)
        others = person.levels & {Level.COUNTY, Level.TOWN} - {self.level}
        if differing and others:
            self.note(
                f"{values['name']}：{'、'.join(differing)}与另一名册不同，以县代表花名册为准。"
            )

    def _compare_notes(self, row: Row, person: Person, old: str, new: str) -> None:
        """Notes speak of one mandate: a town's never stand where the county's belong."""
        in_county = Level.COUNTY in person.levels
        if (self.level == Level.TOWN and in_county) or not self.has("remarks"):
            return
        first_told = self.level == Level.COUNTY and not in_county
        if (new or first_told) and not self.same("notes", old, new):
            row.changes["notes"] = (old, new)

    def _compare_mandate(self, row: Row, found: Stored) -> None:
        row.pk = found.pk
        untouched = set() if self.has("remarks") else {"is_reelected", "begin_kind"}
        for name in _MANDATE_FIELDS:
            old, new = found.attrs[name], row.attrs[name]
            blank = new is None or new == ""
            if not blank and name not in untouched and not self.same(name, old, new):
                row.changes[name] = (old, new)

    def same(self, attname: str, old: Any, new: Any) -> bool:
        if attname in _WORDS and old and new:
            words, dictionary = self.words, _WORDS[attname]
            return words.canonical(dictionary, old) == words.canonical(dictionary, new)
        if attname == "name":
            return fold_name(old) == fold_name(new)
        return super().same(attname, old, new)

    def _header_of(self, attname: str) -> str:
        return next(
            (c.header for n, c in self.columns().items() if attname in (c.sets or (n,))), attname
        )

    # Saving

    def save(self, rows: list[Row]) -> None:
        changed = [row for row in rows if row.fate is not Fate.SAME]
        self._save_persons(changed)
        new = [row for row in changed if row.fate is Fate.NEW]
        for row in new:
            row.attrs["serial"] = row.attrs["serial"] or None
        made = insert_rows(Mandate, [{**row.attrs, "deputy_id": row.extra[2].pk} for row in new])
        for row, pk in zip(new, made, strict=True):
            row.pk = pk
            row.extra[2].levels.add(self.level)
        fields = sorted({name for row in changed for name in row.changes if name in row.attrs})
        old = [row for row in changed if row.fate is Fate.CHANGED]
        if fields and old:
            self._bulk_update(old, fields)
        self._add_higher_mandates(rows)
        if changed:
            self.session.forget(Deputies)

    def _save_persons(self, rows: list[Row]) -> None:
        persons = self.session.cache(Persons)
        new = [row for row in rows if row.extra[2] is None]
        made = insert_rows(Deputy, [self._deputy(row) for row in new])
        for row, pk in zip(new, made, strict=True):
            person = Person(pk, dict(row.extra[0]))
            self._tell_namesakes(person, persons)
            persons.add(person)
            row.extra = (*row.extra[:2], person)
        touched = [row for row in rows if set(row.changes) & set(PERSON_FIELDS)]
        if touched:
            self._update_persons(touched)

    def _tell_namesakes(self, person: Person, persons: Persons) -> None:
        name, town = person.values["name"], person.values["town_id"]
        others = len(persons.named(name, town))
        if others:
            place = self.regions.by_pk[town].name
            self.note(
                f"{place}有 {others + 1} 位代表叫“{name}”，按不同的人登记；"
                f"统计结果里后登记的写作“{name}@{place}#{others + 1}”。"
            )

    def _deputy(self, row: Row) -> dict[str, Any]:
        """The values of a new deputy; what Deputy.fill_derived would derive is among them."""
        pinyin, initials = pinyin_of(row.values["name"])
        return {
            **row.extra[0],
            "identity_number": row.values["identity_number"],
            "pinyin": pinyin,
            "initials": initials,
        }

    def _update_persons(self, rows: list[Row]) -> None:
        deputies = Deputy.objects.in_bulk([row.extra[2].pk for row in rows])
        names = {name for row in rows for name in row.changes if name in PERSON_FIELDS}
        for row in rows:
            person, deputy = row.extra[2], deputies[row.extra[2].pk]
            for name in names & set(row.changes):
                setattr(deputy, name, row.changes[name][1])
                person.values[name] = row.changes[name][1]
            if "identity_hash" in row.changes:
                deputy.identity_number = row.values["identity_number"]
            deputy.fill_derived()
        fields = {Deputy._meta.get_field(name).name for name in names}
        fields |= {"pinyin", "initials"} if "name" in names else set()
        fields |= {"identity_number"} if "identity_hash" in names else set()
        Deputy.objects.bulk_update(deputies.values(), sorted(fields), batch_size=100)

    def _add_higher_mandates(self, rows: list[Row]) -> None:
        """兼任市人大代表 in the notes adds a mandate; it is never taken away again by a file."""
        wanted = [
            (row.extra[2], level)
            for row in rows
            for level in also_deputy_of(row.values.get("remarks", ""))
            if level not in row.extra[2].levels
        ]
        terms = self.session.cache(Terms)
        made = []
        for person, level in wanted:
            term = terms.find_or_add(level, None, "", self.notes)
            made.append(Mandate(deputy_id=person.pk, term=term, level=level))
            person.levels.add(level)
        Mandate.objects.bulk_create(made, batch_size=BATCH)

    def show(self, attname: str, value: Any) -> str:
        if attname in ("town_id", "village_id"):
            region = self.regions.by_pk.get(value)
            return region.name if region else ""
        if attname == "district_id":
            return self.session.cache(Districts).name_of(value)
        if attname in ("sex", "begin_kind"):
            labels = dict([*Sex.choices, *BeginKind.choices])
            return labels.get(value, "")
        if attname == "birth_month":
            return f"{value:%Y-%m}" if value else ""
        if attname == "identity_hash":
            return "（已隐去）" if value else ""
        return super().show(attname, value)
