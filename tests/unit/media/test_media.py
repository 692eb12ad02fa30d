"""The parts of uploads that need no server: types from content, cleaned pictures, names, signed addresses."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from sodam.media import pictures
from sodam.media.clean import Malformed, clean
from sodam.media.links import Links
from sodam.media.model import Form, MediaError, Upload, file_name, suffix_of
from sodam.media.sniff import UNKNOWN, sniff
from tests.support import media

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}


@pytest.mark.parametrize("kind", KINDS)
def test_types_are_found_in_the_content(kind: str) -> None:
    assert sniff(media.picture(kind, (9, 9))) == KINDS[kind]


def test_more_types() -> None:
    found = {
        media.mp3(): "audio/mpeg",
        b"ID3\x04" + bytes(20): "audio/mpeg",
        media.mp4(): "video/mp4",
        b"\0\0\0\x14ftypqt  ": "video/quicktime",
        b"\0\0\0\x14ftypM4A ": "audio/mp4",
        b"RIFF\0\0\0\0WAVEfmt ": "audio/wav",
        b"#!AMR\n": "audio/amr",
        b"\xff\xf1\x50\x80": "audio/aac",
        media.SVG: UNKNOWN,
        media.HTML: UNKNOWN,
        b"": UNKNOWN,
        b"\xff": UNKNOWN,
        b"%PDF-1.7": UNKNOWN,
        b"\xff\xfe<\0h\0t\0m\0l\0": UNKNOWN,
    }
    assert {head: sniff(head) for head in found} == found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("orientation", [0, 6])
def test_cleaned_pictures_are_the_same_pictures(kind: str, orientation: int) -> None:
    data = media.picture(kind, (60, 80), orientation=orientation) + media.HTML
    assert media.GPS in data
    cleaned = clean(data, KINDS[kind], orientation)
    assert media.GPS not in cleaned
    assert media.HTML not in cleaned
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(cleaned))
    assert after.tobytes() == before.tobytes()
    assert after.size == before.size
    if kind != "GIF":
        assert after.getexif().get(0x0112, 0) == orientation
        assert set(after.getexif()) <= {0x0112}


@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.binary(max_size=8),
)
def test_damaged_pictures_end(kind: str, at: int, cut: int, noise: bytes) -> None:
    data = _SMALL[kind]
    damaged = data[: at % len(data)] + noise + data[at % len(data) + len(noise) : len(data) - cut % len(data)]
    with contextlib.suppress(Malformed):
        assert len(clean(damaged, KINDS[kind], 6)) <= len(damaged) + 100


_SMALL = {kind: media.picture(kind, (20, 30), orientation=6) for kind in KINDS}


def test_forms_are_upright_and_clean(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(media.picture("JPEG", (1600, 900), orientation=6))
    found = pictures.prepare(path, "image/jpeg", cleaned=True)
    assert (found.width, found.height, found.png) == (900, 1600, False)
    sizes = {form: Image.open(file).size for form, file in found.forms.items()}
    assert sizes == {Form.LARGE: (720, 1280), Form.SMALL: (198, 352)}
    for file in (path, *found.forms.values()):
        assert media.GPS not in file.read_bytes()


@pytest.mark.parametrize(("orientation", "size"), [*((turn, (400, 300)) for turn in range(1, 9)), (6, (3200, 1600))])
def test_every_orientation(tmp_path: Path, orientation: int, size: tuple[int, int]) -> None:
    path = tmp_path / "a"
    path.write_bytes(media.picture("JPEG", size, orientation=orientation))
    upright = ImageOps.exif_transpose(Image.open(path)).convert("L")
    found = pictures.prepare(path, "image/jpeg", cleaned=True)
    assert (found.width, found.height) == upright.size
    small = Image.open(found.forms[Form.SMALL])
    difference = ImageChops.difference(small.convert("L"), upright.resize(small.size)).getextrema()
    assert difference[1] < 12


def test_see_through_pictures_stay_so(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(media.picture("PNG", (300, 400), mode="RGBA"))
    found = pictures.prepare(path, "image/png", cleaned=False)
    assert found.png
    assert Image.open(found.forms[Form.SMALL]).mode == "RGBA"
    assert media.GPS in path.read_bytes()
    assert media.GPS not in found.forms[Form.SMALL].read_bytes()


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (media.bomb(), "image/png", 413),
        (media.bomb(70_000, 10), "image/png", 413),
        (media.picture("JPEG", (300, 300))[:400], "image/jpeg", 415),
        (b"GIF89a" + media.HTML, "image/gif", 415),
        (b"\xff\xd8\xff\xe0" + media.HTML, "image/jpeg", 415),
    ],
)
def test_bad_pictures_are_refused(tmp_path: Path, data: bytes, kind: str, status: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(MediaError) as refused:
        pictures.prepare(path, kind, cleaned=True)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie x=1.png"),
        ("..", "file"),
        ("", "file"),
        ("사진.jpg", "사진.jpg"),
        ("x" * 300 + ".jpeg", "x" * 195 + ".jpeg"),
    ],
)
def test_names(given: str, name: str) -> None:
    assert file_name(given) == name


def test_suffixes() -> None:
    assert suffix_of("a.b.JPG") == ".jpg"
    assert suffix_of("a.j pg") == suffix_of("a") == suffix_of("a.тест") == ""


def test_addresses() -> None:
    links, other = Links(b"k" * 32), Links(b"o" * 32)
    upload = Upload(1400000001, "ab" * 16, "amy", 1, "x.jpg", 1000)
    path = links.upload_path(upload)
    assert links.upload(path, 999) == upload
    assert links.upload(path, 1001) is None
    assert other.upload(path, 999) is None
    assert links.upload(path[:-3], 999) is None
    assert links.upload("/media/upload/字", 999) is None
    lasting, ending = links.path(upload), links.path(upload, 1000)
    assert links.reader(lasting, 10**12) is not None
    assert links.reader(ending, 1000) is not None
    assert links.reader(ending, 1001) is None
    assert links.reader(ending, 1001, expired=True) is not None
    assert other.reader(lasting, 0) is None
    for forged in (
        ending.replace("/1000/", "/2000/"),
        ending.replace("/1000/", "/0/"),
        ending.replace("/1000/", "/m1000/"),
        lasting.replace("1400000001", "1400000002"),
        lasting.replace("abab", "baba"),
        lasting + "/x",
        "/media/",
    ):
        assert links.reader(forged, 0) is None, forged
