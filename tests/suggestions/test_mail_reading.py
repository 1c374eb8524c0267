"""Saved mails of many programs: charsets, HTML, broken heads."""

import datetime as dt
from email.message import EmailMessage

import pytest

from suggestions.services.mail_reading import NotAMailError, plain_of, read_mail


def mail(**heads):
    message = EmailMessage()
    message["From"] = heads.get("sender", "张伟 <zhangwei@example.com>")
    message["Subject"] = heads.get("subject", "白鹤村通村公路破损")
    message["Date"] = "Mon, 02 Mar 2026 08:30:00 +0800"
    message["Message-ID"] = heads.get("message_id", "<1@example.com>")
    message.set_content(heads.get("body", "路坏了，请修。\n"))
    return message


def test_plain_mail_is_read_whole():
    read = read_mail(mail().as_bytes())

    assert (read.sender_name, read.sender_address) == ("张伟", "zhangwei@example.com")
    assert (read.subject, read.body) == ("白鹤村通村公路破损", "路坏了，请修。")
    assert read.message_id == "<1@example.com>"
    assert read.sent_at == dt.datetime(2026, 3, 2, 0, 30, tzinfo=dt.UTC)


def test_charset_named_too_narrow_is_read_with_its_rare_names():
    data = (
        b"From: =?gb2312?B?xdDR8g==?= <a@example.com>\r\nSubject: x\r\n"
        b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "欧阳䶮反映路灯不亮。".encode("gb18030")
    )

    assert read_mail(data).body == "欧阳䶮反映路灯不亮。"


def test_head_without_charset_is_read_as_chinese():
    data = b"From: a@example.com\r\nSubject: " + "修路".encode("gb18030") + b"\r\n\r\nx"

    assert read_mail(data).subject == "修路"


def test_html_alone_becomes_words():
    message = mail()
    message.set_content(
        "<html><head><style>p{color:red}</style></head><body><p>一、路坏了</p>"
        "<div>二、灯&nbsp;不亮</div><script>alert(1)</script></body></html>",
        subtype="html",
    )

    assert read_mail(message.as_bytes()).body == "一、路坏了\n\n二、灯\xa0不亮"


def test_plain_words_go_before_html():
    message = mail(body="只读这一份。\n")
    message.add_alternative("<p>别读这一份</p>", subtype="html")

    assert read_mail(message.as_bytes()).body == "只读这一份。"


def test_attachments_keep_their_chinese_names():
    message = mail()
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="路面.png")

    papers = read_mail(message.as_bytes()).papers

    assert [(paper.name, paper.data) for paper in papers] == [("路面.png", b"\x89PNG")]


def test_without_an_id_the_file_is_its_own():
    data = mail().as_bytes().replace(b"Message-ID: <1@example.com>\n", b"")

    assert len(read_mail(data).message_id) == 64
    assert read_mail(data).message_id == read_mail(data).message_id


@pytest.mark.parametrize("date", ["", "昨天", "Mon, 99 Foo 2026"])
def test_date_that_cannot_be_read_is_left_out(date):
    data = f"From: a@example.com\r\nSubject: x\r\nDate: {date}\r\n\r\nx".encode()

    assert read_mail(data).sent_at is None


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"hello", b"%PDF-1.7\n%abc"])
def test_what_is_no_mail_is_refused(data):
    with pytest.raises(NotAMailError, match="不是邮件文件"):
        read_mail(data)


def test_nothing_of_a_page_stays_markup():
    assert plain_of("<b>a &lt;i&gt;</b><br>b") == "a <i>\nb"
