"""Writes of suggestions. Pages, admin, commands and imports use these names only."""

from suggestions.services.answering import appraise_reply, conclude_appraisals, order_redo
from suggestions.services.calls import open_call
from suggestions.services.clock_keeping import (
    correct_hand_over,
    recompute_deadlines,
    resume_clock,
    suspend_clock,
)
from suggestions.services.drafting import (
    DraftInput,
    answer_invitation,
    congress_of,
    discard_draft,
    draft_from_voice,
    enter_paper_cosigner,
    invite_cosigners,
    link_voice,
    remove_cosigner,
    save_draft,
    submission_faults,
    submit_suggestion,
)
from suggestions.services.followup import (
    reclassify,
    record_look_back,
    report_promise,
    settle_promise,
)
from suggestions.services.halls import remind_of_hall_tasks
from suggestions.services.hand_over import (
    Assignment,
    decide_return,
    hand_back,
    hand_over,
    hand_over_batch,
    pass_to_government,
    reassign,
    release_unit,
)
from suggestions.services.hearing import ConsentError, log_voice
from suggestions.services.imported import settle_imported
from suggestions.services.intake import (
    draft_from_intake,
    import_mail,
    log_intake,
    set_aside_intake,
    voice_from_intake,
)
from suggestions.services.letter_numbers import set_letterhead
from suggestions.services.papers import attach_file, remove_attachment
from suggestions.services.reminding import send_reminders
from suggestions.services.review import (
    accept_suggestion,
    add_internal_note,
    convert_kind,
    merge_suggestion,
    refuse_suggestion,
    return_suggestion,
    withdraw_suggestion,
)
from suggestions.services.steps import ChangedMeanwhileError, RefusedError
from suggestions.services.supervising import (
    decide_nomination,
    mark_key,
    nominate_suggestion,
    publish_suggestion,
    record_consent,
    record_group_follow_up,
    record_supervision,
)
from suggestions.services.topics import decide_topic, propose_topic
from suggestions.services.unit_work import (
    ReplyInput,
    approve_reply,
    ask_extension,
    ask_return,
    decide_extension,
    draft_reply,
    give_opinion,
    log_contact,
    reply_faults,
    send_back_reply,
    sign_receipt,
)
from suggestions.services.voices.reminding import remind_of_voices
from suggestions.services.wishes import remind_of_wishes

__all__ = [
    "Assignment",
    "ChangedMeanwhileError",
    "ConsentError",
    "DraftInput",
    "RefusedError",
    "ReplyInput",
    "accept_suggestion",
    "add_internal_note",
    "answer_invitation",
    "appraise_reply",
    "approve_reply",
    "ask_extension",
    "ask_return",
    "attach_file",
    "conclude_appraisals",
    "congress_of",
    "convert_kind",
    "correct_hand_over",
    "decide_extension",
    "decide_nomination",
    "decide_return",
    "decide_topic",
    "discard_draft",
    "draft_from_intake",
    "draft_from_voice",
    "draft_reply",
    "enter_paper_cosigner",
    "give_opinion",
    "hand_back",
    "hand_over",
    "hand_over_batch",
    "import_mail",
    "invite_cosigners",
    "link_voice",
    "log_contact",
    "log_intake",
    "log_voice",
    "mark_key",
    "merge_suggestion",
    "nominate_suggestion",
    "open_call",
    "order_redo",
    "pass_to_government",
    "propose_topic",
    "publish_suggestion",
    "reassign",
    "reclassify",
    "recompute_deadlines",
    "record_consent",
    "record_group_follow_up",
    "record_look_back",
    "record_supervision",
    "refuse_suggestion",
    "release_unit",
    "remind_of_hall_tasks",
    "remind_of_voices",
    "remind_of_wishes",
    "remove_attachment",
    "remove_cosigner",
    "reply_faults",
    "report_promise",
    "resume_clock",
    "return_suggestion",
    "save_draft",
    "send_back_reply",
    "send_reminders",
    "set_aside_intake",
    "set_letterhead",
    "settle_imported",
    "settle_promise",
    "sign_receipt",
    "submission_faults",
    "submit_suggestion",
    "suspend_clock",
    "voice_from_intake",
    "withdraw_suggestion",
]
