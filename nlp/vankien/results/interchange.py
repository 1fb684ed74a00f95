"""Results in the forms that other communities work with.

* quanteda (R): a table a row a document with its variables, and dictionaries in quanteda's
  YAML, out and in;
* Stata: the labels of variables and of closed codes;
* Hugging Face ``datasets``: Parquet and a dataset card;
* spaCy: a ``DocBin`` of documents with their spans.

``vankien.export`` offers them by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from vankien.codebook import VERSION, load_codebook, load_yaml
from vankien.errors import CodebookError, ReadError
from vankien.normalise import fold, fold_phrase
from vankien.records import TABLES, schema
from vankien.resources import codebook_dir
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    import pandas as pd

    from vankien.results.tables import Tables

__all__ = [
    "closed_columns",
    "column_labels",
    "dictionary_counts",
    "read_dictionary",
    "write_dictionary",
    "write_docbin",
    "write_huggingface",
    "write_quanteda",
]

DOCS_A_FILE = 1_000
"""Documents of one DocBin file."""


@cache
def _columns() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(codebook_dir() / "columns.yaml")
    return data


def column_labels(table: str) -> dict[str, str]:
    """Return what each column of a table means, in at most 80 characters."""
    labels: dict[str, str] = _columns()["tables"][table]
    return labels


def closed_columns(table: str) -> list[str]:
    """Return the columns of a table that hold one of a few codes."""
    closed: list[str] = _columns()["closed"].get(table, [])
    return closed


# --- quanteda -----------------------------------------------------------------------------


def write_quanteda(results: Tables, folder: Path) -> list[str]:
    """Write documents.csv, sentences.csv and dictionary.yml for quanteda.

    In R: ``corpus(read.csv("documents.csv"), docid_field = "doc_id", text_field = "text")``
    and ``dictionary(file = "dictionary.yml")``.  Each has one row a text and flat variables;
    a theme of the codebook that occurs is a variable of 0 and 1.  Vietnamese syllables are
    quanteda's tokens, so the phrases of the dictionary are looked up as sequences.
    """
    themes = [
        code
        for (code,) in results.sql(
            "select distinct theme from themes where not negated order by 1"
        ).fetchall()
    ]
    for unit, key in (("documents", "doc_id"), ("sentences", "doc_id || ':' || sentence")):
        has = "t.sentence is null" if unit == "documents" else "t.sentence = u.sentence"
        flags = "".join(
            f", exists (select 1 from themes t where t.doc_id = u.doc_id and {has} and not "
            f"t.negated and t.theme = '{code}')::integer as \"{_variable(code)}\""
            for code in themes
        )
        own = (
            "u.kind, u.title, u.published, u.doc_type, u.issuer, u.publisher, u.duplicate_of"
            if unit == "documents"
            else "u.doc_id as document, u.part, u.role, d.published, "
            "coalesce(d.publisher, d.issuer) as source"
        )
        join = "" if unit == "documents" else (
            "join (select doc_id, published, publisher, issuer from documents) d using (doc_id)"
        )  # fmt: skip
        frame = results.sql(
            f"select {key.replace('doc_id', 'u.doc_id').replace('sentence', 'u.sentence')} "
            f'as doc_id, {own}{flags}, u."text" from {unit} u {join} order by 1'
        ).df()
        frame.to_csv(folder / f"{unit}.csv", index=False, encoding="utf-8")
    write_dictionary(folder / "dictionary.yml")
    return [f"themes are named {_variable('SUYTHOAI-TT.1')} and so on, as R wants variables"]


def _variable(code: str) -> str:
    return "theme_" + re.sub(r"\W", "_", code)


def write_dictionary(path: Path) -> None:
    """Write the cues of all themes as a dictionary in quanteda's YAML, groups above singles.

    Patterns hold no punctuation: use it on ``tokens(x, remove_punct = TRUE)``.  A cue that
    is spelled in two ways ("kỷ", "kỉ") has a pattern for each.
    """
    nested: dict[str, Any] = {}
    themes = load_codebook().themes
    for theme in themes.values():
        cues = sorted({form for cue in theme.cues for form in _patterns(cue.text)})
        top = theme.parent if theme.parent in themes else None
        if top is None:
            nested.setdefault(theme.code, {})["cues"] = cues
        else:
            nested.setdefault(top, {})[theme.code] = cues
    head = (
        f"# Cues of vankien's themes, codebook {VERSION}; quanteda: "
        'dictionary(file = "dictionary.yml")\n'
    )
    path.write_text(
        head + yaml.safe_dump(nested, allow_unicode=True, sort_keys=False, width=100), "utf-8"
    )


def _patterns(cue: str) -> set[str]:
    written, folded = (re.findall(r"[\w*?]+", form) for form in (cue.lower(), fold_phrase(cue)))
    return {" ".join(written), " ".join(folded)}


def read_dictionary(path: str | Path) -> dict[str, list[str]]:
    """Read a dictionary in quanteda's YAML: keys (levels joined by ".") and their patterns.

    Raises ReadError (V109) where the file cannot be opened, CodebookError (V301) where it is
    no dictionary: a mapping of keys to patterns, lists of them, or mappings again.
    """
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ReadError("V109", str(path), detail=error.strerror or str(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        detail = " ".join(str(error).split())
        raise CodebookError("V301", Path(path).name, detail=detail) from error
    if not isinstance(data, dict) or not data:
        raise CodebookError("V301", Path(path).name, detail="it maps no keys to patterns")
    found: dict[str, list[str]] = {}

    def walk(prefix: str, node: Any) -> None:
        if isinstance(node, dict):
            for key, inner in node.items():
                walk(f"{prefix}.{key}" if prefix else str(key), inner)
        elif isinstance(node, list):
            for item in node:
                walk(prefix, item)
        elif isinstance(node, str | int | float) and re.search(r"\w", str(node)):
            found.setdefault(prefix, []).append(str(node))
        else:
            raise CodebookError("V301", Path(path).name, detail=f"{prefix}: {node!r} is no pattern")

    walk("", data)
    return found


def dictionary_counts(results: Tables, dictionary: Mapping[str, list[str]]) -> TidyTable:
    """Return one row a document and key: how often the key's patterns stand in its text.

    Columns: doc_id, published, source, key, n, n_sentences.  Patterns are quanteda's globs:
    "*" stands for any letters within a syllable, "?" for one; a pattern of several syllables
    is looked up as a phrase within a sentence.  Overlapping matches of one key count once.
    Documents without a match of a key have no row for it; repeated stories are left out.
    """
    results.need_texts("dictionary")
    compiled = {
        key: re.compile("|".join(sorted((_glob(p) for p in patterns), key=len, reverse=True)))
        for key, patterns in dictionary.items()
    }
    counted: dict[tuple[str, str], list[int]] = {}
    for batch in results.batches(
        'select doc_id, "text" from sentences where doc_id in '
        "(select doc_id from stories where first) order by doc_id, sentence"
    ):
        for doc_id, text in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            folded = fold(text).text
            for key, pattern in compiled.items():
                if number := sum(1 for _ in pattern.finditer(folded)):
                    entry = counted.setdefault((doc_id, key), [0, 0])
                    entry[0] += number
                    entry[1] += 1
    about = {
        doc_id: (published, source)
        for doc_id, published, source in results.sql(
            "select doc_id, published, source from stories"
        ).fetchall()
    }
    from datetime import date

    rows = [
        {"doc_id": doc_id, "published": about[doc_id][0], "source": about[doc_id][1],
         "key": key, "n": n, "n_sentences": sentences}
        for (doc_id, key), (n, sentences) in sorted(counted.items())
    ]  # fmt: skip
    return tidy(
        rows,
        {"doc_id": str, "published": date, "source": str, "key": str, "n": int,
         "n_sentences": int},
        title="Keys of a dictionary by document",
        rule="Folded matching of globs on whole syllables, phrases within a sentence; repeated "
        "stories once.",
        n={"documents": len({row["doc_id"] for row in rows}), "keys": len(compiled)},
    )  # fmt: skip


def _glob(pattern: str) -> str:
    pieces = [
        re.escape(fold_phrase(piece)).replace(r"\*", r"\w*").replace(r"\?", r"\w")
        for piece in re.findall(r"[\w*?]+", pattern)
    ]
    return r"(?<!\w)" + r"[^\w]+".join(pieces) + r"(?!\w)"


# --- Stata --------------------------------------------------------------------------------


def labelled(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a frame whose closed columns are categories, which Stata holds as labelled values."""
    import pandas as pd

    for name in closed_columns(table):
        if name in frame and frame[name].notna().any():
            frame[name] = pd.Categorical(frame[name])
    return frame


# --- Hugging Face -------------------------------------------------------------------------


def write_huggingface(results: Tables, folder: Path) -> list[str]:
    """Write the layout of a dataset: a Parquet file a table, and README.md as its card.

    ``datasets.load_dataset(FOLDER, "indicators")`` loads one table; each is a configuration.
    """
    configs = []
    counts = {}
    for table in TABLES:
        (folder / "data").mkdir(exist_ok=True)
        target = folder / "data" / f"{table}.parquet"
        quoted = str(target).replace("'", "''")
        results.execute(f"copy (select * from \"{table}\") to '{quoted}' (format parquet)")
        configs.append({"config_name": table, "data_files": f"data/{table}.parquet",
                        **({"default": True} if table == "documents" else {})})  # fmt: skip
        counts[table] = results.sql(f'select count(*) from "{table}"').fetchall()[0][0]
    size = counts["documents"]
    bounds = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
    category = next((name for bound, name in bounds if size < bound), "100K<n<1M")
    head = yaml.safe_dump(
        {
            "language": ["vi"],
            "pretty_name": "Vietnamese Party documents, extracted by vankien",
            "size_categories": [category],
            "task_categories": ["text-classification", "token-classification"],
            "tags": ["political-science", "vietnamese", "text-as-data"],
            "configs": configs,
        },
        allow_unicode=True,
        sort_keys=False,
    )
    (folder / "README.md").write_text(f"---\n{head}---\n\n{_card(results, counts)}", "utf-8")
    return ["no licence is stated: the texts are their authors'; add what you may grant"]


def _card(results: Tables, counts: Mapping[str, int]) -> str:
    first, last = results.sql("select min(published), max(published) from documents").fetchall()[0]
    kinds = results.sql("select kind, count(*) from documents group by 1 order by 2 desc, 1")
    versions = ", ".join(f"{name} {v}" for name, v in results.run.get("versions", {}).items())
    lines = [
        "# Vietnamese Party documents, extracted by vankien",
        "",
        "## Dataset description",
        "",
        f"{counts['documents']:,} documents"
        + (f", published {first} to {last}" if first else "")
        + f", with sentences, themes, numeric indicators and references ({versions}; codebook "
        f"{VERSION}).",
        "",
        "| kind | documents |",
        "|---|---:|",
        *(f"| {kind} | {number:,} |" for kind, number in kinds.fetchall()),
        "",
        "## Dataset structure",
        "",
    ]
    for table in TABLES:
        labels = column_labels(table)
        lines += [
            f"### {table} ({counts[table]:,} rows)", "", "| column | type | meaning |",
            "|---|---|---|",
            *(f"| {f.name} | {f.type} | {labels[f.name]} |" for f in schema(table)), "",
        ]  # fmt: skip
    lines += [
        "## Dataset creation",
        "",
        "Texts were read and coded by program; `score` columns are calibrated probabilities. "
        "Codes describe what a document says, never a person. Values are as reported by the "
        "documents, and documents may err.",
        "",
        "## Considerations for using the data",
        "",
        "State the scores of vankien's own evaluation with any use, and check a sample by hand. "
        "Column `duplicate_of` marks copies of one story.",
        "",
    ]
    return "\n".join(lines)


# --- spaCy --------------------------------------------------------------------------------


def write_docbin(results: Tables, folder: Path) -> list[str]:
    """Write documents with their spans as spaCy ``DocBin`` files of 1,000 each.

    Span groups: "sentences" (label: role), "themes", "indicators" (code or "other"),
    "references" (type).  ``doc.user_data["doc_id"]`` is the document's id.  Read them with
    ``DocBin().from_disk(path).get_docs(vankien.blank().vocab)``.
    """
    from spacy.tokens import DocBin, Span

    from vankien.pipeline import blank

    nlp = blank()
    ids = [r[0] for r in results.sql("select doc_id from documents order by doc_id").fetchall()]
    for number, place in enumerate(range(0, len(ids), DOCS_A_FILE)):
        bundle = DocBin(store_user_data=True)
        chosen = ids[place : place + DOCS_A_FILE]
        spans = _spans(results, chosen)
        for doc_id, text in results.sql(
            'select doc_id, "text" from documents where list_contains(?::varchar[], doc_id) '
            "order by doc_id",
            [chosen],
        ).fetchall():
            doc = nlp.make_doc(text)
            # Only what spaCy can write: the analysis that hangs on a doc is no part of it.
            doc.user_data = {"doc_id": doc_id}
            for group in ("sentences", "themes", "indicators", "references"):
                found: list[Span] = []
                for start, end, label in spans.get((doc_id, group), []):
                    span = doc.char_span(start, end, label=label, alignment_mode="expand")
                    if span is not None:
                        found.append(span)
                doc.spans[group] = found
            bundle.add(doc)
        bundle.to_disk(folder / f"documents-{number:04d}.spacy")
    return []


def _spans(results: Tables, ids: list[str]) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    found: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for row in _span_rows(results, ids):
        doc_id, group, start, end, label = row
        found.setdefault((doc_id, group), []).append((start, end, label))
    return found


def _span_rows(results: Tables, ids: list[str]) -> Iterator[tuple[str, str, int, int, str]]:
    chosen = "list_contains(?::varchar[], doc_id)"
    yield from results.sql(
        f"""
        select doc_id, 'sentences', start, "end", role from sentences where {chosen}
        union all select doc_id, 'themes', start, "end", theme from themes
            where start is not null and not negated and {chosen}
        union all select doc_id, 'indicators', start, "end", coalesce(indicator, 'other')
            from indicators where {chosen}
        union all select doc_id, 'references', start, "end", type from refs where {chosen}
        order by all
        """,
        [ids] * 4,
    ).fetchall()
