"""What kinds of files are kept, and how they may be shown. Known by content, never by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

LIMIT_BYTES = 20 * 1024 * 1024
PLAIN_TEXT = "text/plain"
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class FileType:
    """`is_inline`: a browser may show it on our own pages."""

    mime: str
    suffix: str
    sign: re.Pattern[bytes]
    is_inline: bool = False


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _sign(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


TYPES = (
    FileType("image/jpeg", ".jpg", _sign(rb"\xff\xd8\xff"), is_inline=True),
    FileType("image/png", ".png", _sign(rb"\x89PNG\r\n\x1a\n"), is_inline=True),
    FileType("image/gif", ".gif", _sign(rb"GIF8[79]a"), is_inline=True),
    FileType("image/webp", ".webp", _sign(rb"RIFF....WEBP"), is_inline=True),
    FileType("image/heic", ".heic", _sign(rb"....ftyp(?:heic|heix|mif1|msf1)")),
    FileType("audio/mp4", ".m4a", _sign(rb"....ftypM4A"), is_inline=True),
    FileType("video/mp4", ".mp4", _sign(rb"....ftyp"), is_inline=True),
    FileType("video/webm", ".webm", _sign(rb"\x1a\x45\xdf\xa3"), is_inline=True),
    FileType("audio/ogg", ".ogg", _sign(rb"OggS"), is_inline=True),
    FileType("audio/mpeg", ".mp3", _sign(rb"ID3|\xff[\xfb\xf3\xf2]"), is_inline=True),
    FileType("audio/wav", ".wav", _sign(rb"RIFF....WAVE"), is_inline=True),
    FileType("application/pdf", ".pdf", _sign(rb"%PDF-")),
    # Office files of today, and archives.
    FileType("application/zip", ".zip", _sign(rb"PK\x03\x04")),
    FileType("application/msword", ".doc", _sign(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    # Animated stickers.
    FileType("application/gzip", ".tgs", _sign(rb"\x1f\x8b")),
)
_SUFFIXES = {known.mime: known.suffix for known in TYPES} | {PLAIN_TEXT: ".txt"}
INLINE = frozenset(known.mime for known in TYPES if known.is_inline)


def type_of(content: bytes) -> str:
    """The media type by the first bytes; plain text if it is readable and no markup or script."""
    for known in TYPES:
        if known.sign.match(content):
            return known.mime
    return PLAIN_TEXT if _is_plain(content) else UNKNOWN


def _is_plain(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(text) and not text.lstrip("\ufeff \t\r\n").startswith(("<", "#!"))


def is_kept(mime: str) -> bool:
    return mime in _SUFFIXES


def suffix_of(mime: str) -> str:
    return _SUFFIXES.get(mime, ".bin")
