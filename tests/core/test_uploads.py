"""What strangers may try to hand in as a paper or a photograph (DESIGN §6.5)."""

import io
import struct
import zipfile
import zlib

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageFile
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from congress_portal.core import photos, uploads
from congress_portal.core.documents.blocks import Head, OfficialPaper
from congress_portal.core.documents.files import paper_pdf
from congress_portal.desk.imports.forms import FilesField
from suggestions.forms.intake import ManyFilesField
from tests.factories.homes import MaterialFactory
from tests.factories.uploads import PDF, excel, picture, plain_zip, word

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
JPEG = picture("JPEG")


def flood(side=60_000):
    """A PNG of a few bytes whose header promises 3.6 thousand million points."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def noise():
    out = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(out, "PNG")
    return out.getvalue()


def with_part(office, name, data=b"x"):
    out = io.BytesIO(office)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def bomb():
    return with_part(word(), "word/media/zero.bin", b"\0" * 310 * 1024 * 1024)


def pdf(act):
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    act(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scripted(writer):
    """Runs when the paper is opened."""
    action = {"/S": "/JavaScript", "/JS": "app.alert(1)"}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {
            NameObject(name): TextStringObject(value) if name == "/JS" else NameObject(value)
            for name, value in action.items()
        }
    )


def located():
    """A photograph that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "phone of 王秀兰"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"\xec\xa5\xc1\0" + b"\0" * 2000

REFUSED = {
    "html as jpg": ("a.jpg", lambda: HTML, "对不上"),
    "svg as png": ("a.png", lambda: SVG, "对不上"),
    "svg": ("a.svg", lambda: SVG, "不支持「.svg」"),
    "html": ("a.html", lambda: HTML, "不支持「.html」"),
    "program": ("a.exe", lambda: b"MZ" + b"\0" * 500, "不支持「.exe」"),
    "program behind a second ending": ("报告.pdf.exe", lambda: PDF, "不支持「.exe」"),
    "program as pdf": ("a.pdf", lambda: b"MZ" + b"\0" * 500, "对不上"),
    "no ending": ("paper", lambda: PDF, "没有扩展名"),
    "only an ending": (".pdf", lambda: PDF, "没有扩展名"),
    "empty": ("a.pdf", lambda: b"", "空"),
    "half a picture": ("a.png", lambda: noise()[:5000], "打不开"),
    "magic bytes only": ("a.jpg", lambda: b"\xff\xd8\xff\xe0" + b"\0" * 40, "打不开"),
    "pixel flood": ("a.png", flood, "打不开"),
    "any archive as docx": ("a.docx", plain_zip, "打不开"),
    "excel as docx": ("a.docx", excel, "对不上"),
    "bomb": ("a.docx", bomb, "太大"),
    "word macros": ("a.docx", lambda: with_part(word(), "word/vbaProject.bin"), "宏"),
    "excel macro sheet": ("a.xlsx", lambda: with_part(excel(), "xl/macrosheets/sheet1.xml"), "宏"),
    "embedded program": (
        "a.docx",
        lambda: with_part(word(), "word/embeddings/oleObject1.bin"),
        "嵌入的程序",
    ),
    "old macros": ("a.doc", lambda: OLD_WORD + "_VBA_PROJECT".encode("utf-16-le"), "宏"),
    "half a pdf": ("a.pdf", lambda: PDF[:40], "打不开"),
    "pdf script": ("a.pdf", lambda: pdf(scripted), "脚本"),
    "pdf attachment": ("a.pdf", lambda: pdf(lambda w: w.add_attachment("a.exe", b"MZ")), "附件"),
    "locked pdf": (
        "a.pdf",
        lambda: pdf(lambda w: w.encrypt("secret", algorithm="RC4-128")),
        "密码",
    ),
    "300 characters": (f"{'长' * 300}.pdf", lambda: PDF, "文件名太长"),
    "21 MB": ("a.pdf", lambda: PDF + b"\0" * 21 * 1024 * 1024, "超过 20 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_papers_are_refused_in_words(case):
    name, make, told = REFUSED[case]

    with pytest.raises(forms.ValidationError) as refusal:
        uploads.PaperField().clean(
            SimpleUploadedFile(name[-250:], make()) if len(name) < 250 else _long(name, make())
        )

    assert told in "".join(refusal.value.messages)


def _long(name, data):
    """Django itself cuts names at 255; a storage's file does not."""
    upload = SimpleUploadedFile("a.pdf", data)
    upload._name = name
    return upload


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/报告.pdf", "报告.pdf"),
        ("C:\\fake\\报告.pdf", "报告.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ("报\u200b告\x07.pdf", "报告.pdf"),
    ],
)
def test_names_lose_what_hides_in_them(name, kept):
    upload = SimpleUploadedFile("a.pdf", PDF)
    upload._name = name

    assert uploads.examined(upload).name == kept


@pytest.mark.parametrize("field", [uploads.PaperField, photos.PhotoField])
def test_pictures_forget_place_and_what_follows_them(field):
    sent = located() + b"PK\x03\x04" + HTML

    kept = field().clean(SimpleUploadedFile("a.jpg", sent)).read()

    with Image.open(io.BytesIO(kept)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
    assert b"script" not in kept
    assert "王秀兰".encode() not in kept


def test_half_a_photograph_is_refused_when_papers_are_printed_beside(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it

    with pytest.raises(forms.ValidationError, match="打不开"):
        photos.PhotoField().clean(SimpleUploadedFile("a.png", noise()[:5000]))

    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "CMYK"])
def test_pictures_of_every_mode_are_kept(mode):
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    name = "a.jpg" if mode == "CMYK" else "a.png"

    kept = uploads.examined(SimpleUploadedFile(name, out.getvalue()))

    with Image.open(kept) as image:
        assert image.size == (20, 10)


@pytest.mark.parametrize(
    ("name", "make"),
    [("a.docx", word), ("a.xlsx", excel), ("a.pdf", lambda: PDF), ("a.doc", lambda: OLD_WORD)],
)
def test_honest_papers_are_kept_as_they_are(name, make):
    data = make()

    assert uploads.examined(SimpleUploadedFile(name, data)).read() == data


def test_the_portals_own_papers_are_honest():
    paper = OfficialPaper(Head("安澜县人大常委会", ("通报",), "2026年10月8日"), blocks=())

    content = paper_pdf(paper)

    assert uploads.examined(SimpleUploadedFile("a.pdf", content)).read() == content
    assert len(PdfReader(io.BytesIO(content)).pages) == 1


def _subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def test_every_form_examines_its_files():
    allowed = (uploads.PaperField, photos.PhotoField, FilesField, ManyFilesField)
    bare = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in set(_subclasses(forms.BaseForm))
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField)
        and not isinstance(field, allowed)
        and form.__module__.split(".")[0]
        in {"suggestions", "activities", "stations", "deputies", "congress_portal"}
        and not form.__module__.startswith("congress_portal.core.admin")
    ]

    assert bare == []


def test_the_admin_examines_its_files(rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    bare = []
    for model, shown in admin.site._registry.items():
        for field in model._meta.fields:
            if field.get_internal_type() in ("FileField", "ImageField") and field.editable:
                made = shown.formfield_for_dbfield(field, request)
                if not isinstance(made, (uploads.PaperField, photos.PhotoField)):
                    bare.append(f"{model._meta.label}.{field.name}")

    assert bare == []
    assert apps.get_model("stations.Material") in admin.site._registry


@pytest.mark.django_db
def test_a_wrong_file_is_named_on_the_admin_page(client, admin_user):
    material = MaterialFactory()
    client.force_login(admin_user)
    url = reverse("admin:stations_material_change", args=[material.pk])
    page = client.get(url).context["adminform"].form
    sent = {name: page[name].value() or "" for name in page.fields if name != "file"}

    answer = client.post(url, {**sent, "file": SimpleUploadedFile("a.jpg", HTML)})

    assert "对不上" in answer.text
