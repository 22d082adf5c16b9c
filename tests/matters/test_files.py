"""Files: taken by what they are, kept by their content, refused with a sentence."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from tests.cast import Cast

from bihuan.matters import files
from bihuan.matters.files import FileRefused, keep, open_file, path_of, safe_name
from bihuan.matters.models import Attachment

PDF = b"%PDF-1.7\n1 0 obj"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def _zip(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return made.getvalue()


def _stream(name: str) -> bytes:
    return OLE + name.encode("utf-16-le") + bytes(40)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_FOLDER = tmp_path / "files"
    settings.VIRUS_SCAN_COMMAND = ""
    return tmp_path / "files"


def _keep(cast: Cast, name: str, content: bytes) -> Attachment | FileRefused:
    return keep(SimpleUploadedFile(name, content), cast.congress, cast.contact)


def _left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_keeps_a_file_by_its_content(cast: Cast, folder: Path) -> None:
    kept = _keep(cast, "关于修桥的答复.pdf", PDF)
    assert isinstance(kept, Attachment)
    place = folder / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    assert (place, _left(folder)) == (path_of(kept.sha256), [place])
    assert (kept.name, kept.size, kept.kind) == ("关于修桥的答复.pdf", len(PDF), "application/pdf")
    assert (kept.uploaded_by, kept.act, kept.scanned) == (cast.contact, None, "")
    assert not stat.S_IMODE(place.stat().st_mode) & 0o137
    with open_file(kept) as file:
        assert file.read() == PDF


def test_it_keeps_the_same_content_once(cast: Cast, folder: Path) -> None:
    kept = [_keep(cast, name, PDF) for name in ("甲.pdf", "乙.pdf")]
    assert [one.name for one in kept if isinstance(one, Attachment)] == ["甲.pdf", "乙.pdf"]
    assert len(_left(folder)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.DOCX", _zip("[Content_Types].xml", "word/document.xml")),
        ("a.xlsx", _zip("[Content_Types].xml", "xl/workbook.xml")),
        ("a.doc", _stream("WordDocument")),
        ("a.xls", _stream("Workbook")),
        ("a.xls", _stream("Book")),
        ("a.jpg", b"\xff\xd8\xff\xe0rest"),
        ("a.jpeg", b"\xff\xd8\xff\xe1rest"),
        ("a.png", b"\x89PNG\r\n\x1a\nrest"),
        ("a.txt", "会议记录".encode()),
        ("a.txt", "会议记录".encode("gb18030")),
    ],
)
def test_it_takes_what_offices_send(cast: Cast, name: str, content: bytes) -> None:
    assert isinstance(_keep(cast, name, content), Attachment)


@pytest.mark.parametrize(
    ("name", "content", "say"),
    [
        ("a.zip", _zip("a"), "的类型不能上传，可以上传：pdf、docx"),
        ("a.exe", b"MZ", "的类型不能上传"),
        ("没有后缀", PDF, "的类型不能上传"),
        ("a.pdf", b"MZ" + PDF, "的内容不是 pdf 文件"),
        ("a.docx", _zip("a"), "的内容不是 docx 文件"),
        ("a.docx", _zip("[Content_Types].xml", "xl/workbook.xml"), "不是 docx 文件"),
        ("a.docx", b"PK\x03\x04 cut off", "不是 docx 文件"),
        (
            "a.xlsx",
            _zip("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
            "不是 xlsx 文件",
        ),
        ("a.doc", _stream("Workbook"), "不是 doc 文件"),
        ("a.png", b"\xff\xd8\xff", "不是 png 文件"),
        ("a.txt", b"a\0b", "不是 txt 文件"),
        ("a.txt", b"\xff\xff\xff", "不是 txt 文件"),
        ("a.pdf", b"", "是空文件，请重新选择"),
    ],
)
def test_it_refuses_the_rest_and_leaves_nothing(
    cast: Cast, folder: Path, name: str, content: bytes, say: str
) -> None:
    refused = _keep(cast, name, content)
    assert isinstance(refused, FileRefused)
    assert refused.say.startswith(f"“{name}”")
    assert say in refused.say
    assert (_left(folder), Attachment.objects.count()) == ([], 0)


def test_it_takes_twenty_megabytes_and_no_byte_more(
    cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files.LARGEST == 20 * 1024 * 1024
    monkeypatch.setattr(files, "LARGEST", 100)
    assert isinstance(_keep(cast, "a.txt", b"x" * 100), Attachment)
    refused = _keep(cast, "a.txt", b"x" * 101)
    assert isinstance(refused, FileRefused)
    assert "超过 20 MB" in refused.say


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("关于修桥的答复.pdf", "关于修桥的答复.pdf"),
        ("C:\\文件\\答复.pdf", "答复.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("答复\u202efdp.exe", "答复fdp.exe"),
        ("a\nb\0.txt", "ab.txt"),
        ('问"号?.txt', "问_号_.txt"),
        (" .hidden. ", "hidden"),
        ("", "未命名"),
        ("长" * 200 + ".docx", "长" * 115 + ".docx"),
    ],
)
def test_it_gives_a_name_that_misleads_nobody(given: str, kept: str) -> None:
    assert safe_name(given) == kept
    assert len(safe_name(given)) <= Attachment._meta.get_field("name").max_length


def test_it_asks_the_virus_scanner(cast: Cast, folder: Path, settings: Settings) -> None:
    settings.VIRUS_SCAN_COMMAND = "grep -qv EICAR"
    kept = _keep(cast, "a.txt", b"fine")
    assert isinstance(kept, Attachment)
    assert kept.scanned == "grep"
    refused = _keep(cast, "b.txt", b"EICAR")
    assert refused == FileRefused("“b.txt”没有通过查毒，未保存，请在本机查毒后重新上传")
    assert len(_left(folder)) == 1


def test_it_keeps_nothing_unscanned_when_the_scanner_is_missing(
    cast: Cast, folder: Path, settings: Settings
) -> None:
    settings.VIRUS_SCAN_COMMAND = "no-such-scanner --quiet"
    refused = _keep(cast, "a.txt", b"fine")
    assert isinstance(refused, FileRefused)
    assert "请系统管理员检查" in refused.say
    assert _left(folder) == []
