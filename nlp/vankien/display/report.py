"""One self-contained HTML page of a run: filter, read the evidence in place, take CSV along.

    vankien report results/ --to report.html

The page needs no network and no other file.  Its data are JSON, packed with gzip and base64,
so nothing of a document is ever markup; a content security policy allows the page's own script
and style by their digests and nothing else.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vankien.display.report_data import TEXTS_A_BLOCK, collect
from vankien.display.wording import LANGUAGES, Language, asset, checked_language, words
from vankien.errors import OutputError
from vankien.results.results import Results, open

__all__ = ["Report", "report"]

SCRIPTS = ("store.js", "app.js", "marks.js", "views.js", "reader.js", "overview.js")
"""The parts of the page's script, in one scope; ``app.js`` starts it when all are read."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was written: where, how large, and how many documents and sentences it shows."""

    to: Path
    n_bytes: int
    documents: int
    sentences: int


def report(
    out: str | Path | Results,
    *,
    to: str | Path,
    lang: Language = "vi",
    title: str | None = None,
    with_text: bool = True,
    overwrite: bool = False,
) -> Report:
    """Write the report of a results folder as one HTML file.

    ``lang`` is the language that it opens in (it can be changed in the page); ``title`` names
    the collection (by default the folder's name).  ``with_text=False`` leaves the full texts
    out, so that only sentences with evidence can be read.  Raises UsageError (V401) for an
    unknown language, OutputError where there is no run (V205), the target exists (V213) or
    cannot be written (V202).
    """
    checked_language(lang)
    target = Path(to)
    if target.exists() and not overwrite:
        raise OutputError("V213", str(target))
    results = out if isinstance(out, Results) else open(out)
    data = collect(results, with_text=with_text)
    name = title if title is not None else Path(str(results.path)).name
    core = {**data.core, "title": name, "words": words()}
    page = _page(core, data.texts, lang=lang, title=name).encode()
    temporary = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(page)
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        detail = error.strerror or str(error)
        raise OutputError("V202", str(target), detail=detail) from error
    return Report(target, len(page), len(core["docs"]["id"]), len(core["sentences"]["doc"]))


def _packed(data: Any) -> str:
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Without a time stamp, so that the same run gives the same page.
    return base64.b64encode(gzip.compress(plain.encode(), mtime=0)).decode()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _page(core: dict[str, Any], texts: list[list[Any]], *, lang: Language, title: str) -> str:
    style = asset("report.css")
    parts = [asset(name).replace('"use strict";\n', "", 1) for name in SCRIPTS]
    script = '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n"
    label = words()["report"][LANGUAGES.index(lang)]
    blocks = "\n".join(
        f'<script type="text/plain" class="texts" data-size="{TEXTS_A_BLOCK}">{_packed(b)}</script>'
        for b in texts
    )
    holes = {
        "@LANG@": lang,
        "@TITLE@": html.escape(f"{label} · {title}"),
        "@SCRIPT_HASH@": _digest(script),
        "@STYLE_HASH@": _digest(style),
        "@STYLE@": style,
        "@CORE@": _packed(core),
        "@TEXTS@": blocks,
        "@SCRIPT@": script,
    }
    page: list[str] = []
    rest = asset("report.html")
    # One pass over the template: what fills a hole is never searched for holes.
    for hole in sorted(holes, key=rest.index):
        before, _, rest = rest.partition(hole)
        page += [before, holes[hole]]
    return "".join([*page, rest])
