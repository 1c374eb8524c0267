"""Cases for the papers: named people, a voter's voice and an internal note to be kept out."""

import datetime as dt
import io

import docx
from django.core.management import call_command

from deputies.models import Deputy
from suggestions import services
from suggestions.enums import SupervisionForm
from suggestions.models import Appraisal, Handling, Suggestion
from tests.factories.suggestions import VoiceFactory
from tests.factories.workflow import answered, handed_over, make_cast, part_of

VOTER, VOTER_PHONE, NOTE = "欧阳选民", "13911112222", "内部意见不外传"
DEPUTY_PHONE = "13700001111"


def paper_cast():
    """张三 leads, 李四 co-signs; the first unit is 县交通运输局."""
    made = make_cast()
    call_command("load_reference", verbosity=0)
    made.county.name = "安澜县"
    made.county.save()
    Deputy.objects.filter(pk=made.lead.pk).update(phone=DEPUTY_PHONE, name="张三")
    Deputy.objects.filter(pk=made.mate.pk).update(name="李四")
    made.lead.refresh_from_db()
    made.units[0].name = "县交通运输局"
    made.units[0].save()
    return made


def paper_case(cast):
    """Answered with two proposers; a voter's voice and an internal note hang on it."""
    item = answered(cast, "B", cosigned=True, consents_to_publication=True)
    VoiceFactory(suggestion=item, visitor_name=VOTER, visitor_phone=VOTER_PHONE)
    services.add_internal_note(pk=item.pk, actor=cast.office, text=NOTE)
    Suggestion.objects.filter(pk=item.pk).update(session="plenary", meeting="第六次会议")
    return Suggestion.objects.get(pk=item.pk)


def word_text(data):
    document = docx.Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def sheet_of(item, deputy):
    return Appraisal.objects.get(suggestion=item, deputy=deputy)


def opinion_given(cast):
    item = handed_over(cast, assisting=1)
    part = part_of(item, cast.units[1])
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer(1))
    services.give_opinion(handling_pk=part.pk, actor=cast.officer(1), opinion="同意安装限高架")
    return Handling.objects.get(pk=part.pk)


def supervised(cast, item):
    return services.record_supervision(
        pk=item.pk,
        actor=cast.office,
        form=SupervisionForm.MEETING,
        content="大修资金没有落实。",
        place="县交通运输局",
        chair="王副主任",
        demand="年内开工。",
        demand_due_on=dt.date(2026, 12, 31),
    )
