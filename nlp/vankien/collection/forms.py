"""Generated documents as files: plain text in the official layout, pages, rows."""

from __future__ import annotations

import html
import json
import textwrap
from dataclasses import dataclass, field
from datetime import date

from vankien.collection.sentences import Coded
from vankien.collection.statements import Stated

__all__ = ["MARK", "Composed", "Heading", "as_page", "as_row", "as_text"]

MARK = "Composed for the vankien project; its figures are invented"
WIDTH = 78


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document; ``level`` 1 is "I.", level 2 "1."."""

    text: str
    level: int


@dataclass(slots=True)
class Composed:
    """A document before it has a form.

    ``issuer`` (in capitals), ``owner`` (the same as written in a sentence) and ``number`` are
    those of a document of office, ``publisher`` and ``host`` those of an article.
    """

    name: str
    title: str
    published: date
    body: list[Heading | str]
    stated: list[Stated] = field(default_factory=list)
    coded: list[Coded] = field(default_factory=list)
    issuer: str | None = None
    owner: str | None = None
    number: str | None = None
    place_line: str | None = None
    signer: str = ""
    publisher: str | None = None
    host: str = "tin.example"
    lead: str | None = None

    @property
    def day(self) -> str:
        """The date as Vietnamese writes it at the head of a document."""
        day = self.published
        return f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"


def _numbered(body: list[Heading | str]) -> list[tuple[str, str]]:
    """Return kind ("1", "2" or "p") and text of every block, headings numbered."""
    romans = ("I", "II", "III", "IV", "V", "VI", "VII")
    blocks: list[tuple[str, str]] = []
    outer = inner = 0
    for block in body:
        if isinstance(block, str):
            blocks.append(("p", block))
        elif block.level == 1:
            inner = 0
            blocks.append(("1", f"{romans[outer]}. {block.text}"))
            outer += 1
        else:
            inner += 1
            blocks.append(("2", f"{inner}. {block.text}"))
    return blocks


def as_text(document: Composed) -> str:
    """Return a document of office as plain text, lines wrapped, header in two columns."""
    left, right = document.issuer or "", "ĐẢNG CỘNG SẢN VIỆT NAM"
    head = [
        f"{left:<40}{right}",
        f"{'*':^{max(len(left), 1)}}",
        f"{'Số ' + (document.number or ''):<40}{document.place_line}, {document.day}",
        "",
        f"{'BÁO CÁO':^{WIDTH}}".rstrip(),
    ]
    title = [f"{line:^{WIDTH}}".rstrip() for line in textwrap.wrap(document.title, 56)]
    lines = [*head, *title, f"{'-----':^{WIDTH}}".rstrip(), ""]
    for _, text in _numbered(document.body):
        lines += [*textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False), ""]
    lines += [
        f"{'Nơi nhận:':<40}T/M BAN THƯỜNG VỤ",
        f"{'- Các cấp ủy trực thuộc,':<43}PHÓ BÍ THƯ",
        f"{'- Lưu Văn phòng.':<40}",
        f"{'':<43}(Đã ký)",
        f"{'':<40}{document.signer}",
    ]
    return "\n".join(lines) + "\n"


def as_page(document: Composed) -> str:
    """Return an article, or a document on a portal, as an HTML page with its furniture."""
    day = document.published
    # A report on a portal: its page says whose it is.
    written = f"Báo cáo {document.title} của {document.owner}" if document.owner else document.title
    title = html.escape(written)
    publisher = html.escape(document.publisher or f"Cổng thông tin {document.owner}")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="vi"><head><meta charset="utf-8">',
        f'<meta name="composed" content="{MARK}">',
        f"<title>{title} - {publisher}</title>",
        '<meta property="og:type" content="article">',
        f'<meta property="og:title" content="{title}">',
        f'<meta property="og:site_name" content="{publisher}">',
        f'<meta property="og:url" content="https://{document.host}/{document.name}.html">',
        f'<meta property="article:published_time" content="{day.isoformat()}T08:00:00+07:00">',
        "</head><body>",
        f'<header><a href="/">{publisher}</a></header>',
        '<nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/xay-dung-dang">Xây dựng Đảng'
        '</a></li><li><a href="/van-hoa">Văn hóa</a></li></ul></nav>',
        f'<article><h1>{title}</h1><div class="date">{day:%d/%m/%Y}</div>',
    ]
    if document.lead:
        parts.append(f'<p class="sapo"><strong>{html.escape(document.lead)}</strong></p>')
    parts.append('<div class="content">')
    for kind, text in _numbered(document.body):
        tag = {"1": "h2", "2": "h3", "p": "p"}[kind]
        parts.append(f"<{tag}>{html.escape(text)}</{tag}>")
    parts += [
        f'<p class="author">{html.escape(document.signer)}</p>' if document.signer else "",
        "</div></article>",
        "<footer>Ghi rõ nguồn khi đăng lại.</footer></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def as_row(document: Composed) -> str:
    """Return an article as one line of JSON."""
    paragraphs = [document.lead] if document.lead else []
    paragraphs += [text for _, text in _numbered(document.body)]
    row = {
        "id": document.name,
        "title": document.title,
        "published": document.published.isoformat(),
        "publisher": document.publisher,
        "url": f"https://{document.host}/{document.name}",
        "kind": "news_article",
        "text": "\n\n".join(paragraphs),
        "note": MARK,
    }
    return json.dumps(row, ensure_ascii=False) + "\n"
