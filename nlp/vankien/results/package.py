"""A replication package: results, codebook, versions, checksums, and a README.

    vankien package results/ --to replication/            (or --to replication.zip)
    vankien package replication/ --check                  (every file against its checksum)

The README has the headings that the data editors of APSR, AJPS and PS: Political Science &
Politics ask for (the template of the Social Science Data Editors, version 1.1).  Texts are
their authors': without ``with_text`` the package holds their SHA-256 and lengths, with all
offsets, so that whoever has the documents can extract them again and compare.  The folder
``results`` is opened by ``vankien.open``; ``code/verify.py`` needs Python alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import vankien
from vankien.batch.store import MANIFEST, RUN_FILE, Manifest
from vankien.codebook import VERSION, load_codebook
from vankien.errors import OutputError, ReadError, UsageError
from vankien.records import TABLES, schema
from vankien.resources import codebook_dir, corpus_dir
from vankien.results.interchange import column_labels
from vankien.results.readme import PackageFacts, readme
from vankien.results.results import Results, open

__all__ = ["Packaged", "Verified", "check_texts", "package", "verify"]

SUMS = "SHA256SUMS"
RESULTS = "results"
REDACTED: dict[str, tuple[str, ...]] = {
    "documents": ("text",),
    "sentences": ("text",),
    "tables": ("text", "row_header", "column_header"),
}
"""Columns whose contents stay out without the texts: ``""``, or an empty list."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of all files in an archive: the same results give the same bytes."""

VERIFY = '''"""Compare every file of this package with SHA256SUMS; needs nothing but Python."""

import hashlib
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
bad = 0
for line in (root / "SHA256SUMS").read_text("utf-8").splitlines():
    digest, name = line.split("  ", 1)
    path = root / name
    if not path.is_file():
        print(f"missing: {name}")
        bad += 1
    elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        print(f"changed: {name}")
        bad += 1
print("all files are as packaged" if not bad else f"{bad} files are not as packaged")
sys.exit(1 if bad else 0)
'''


@dataclass(frozen=True, slots=True)
class Packaged:
    """What was packaged: where, how many files, and whether with texts."""

    to: str
    files: int
    with_text: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found: files as packaged, and those changed, missing or added since."""

    same: int
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every file is as packaged."""
        return not (self.changed or self.missing)


def package(
    out: str | Path,
    *,
    to: str | Path,
    with_text: bool = False,
    panels: Sequence[str] = (),
    title: str | None = None,
    overwrite: bool = False,
) -> Packaged:
    """Write the replication package of a run to a folder, or to an archive (``.zip``).

    ``panels`` names indicators whose panel by province and year goes with it as CSV.
    Raises OutputError where there is no finished run (V205), the target exists (V213) or
    cannot be written (V202), UsageError (V401) for an unknown indicator.
    """
    results, target = open(out), Path(to)
    if not results.run.get("finished"):
        raise OutputError("V205", str(out), detail="the run is not finished")
    if target.exists() and not overwrite:
        raise OutputError("V213", str(target))
    place = target.with_name(f".{target.name}.new")
    shutil.rmtree(place, ignore_errors=True)
    try:
        place.mkdir(parents=True)
        files = _fill(results, place, with_text, panels, title)
        made = place
        if target.suffix == ".zip":
            made = place.with_suffix(".archive")
            _zip(place, made)
            shutil.rmtree(place)
        if target.is_dir():
            shutil.rmtree(target)
        made.replace(target)
    except OSError as error:
        raise OutputError("V202", str(target), detail=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
        place.with_suffix(".archive").unlink(missing_ok=True)
    return Packaged(str(target), files, with_text)


def _fill(
    results: Results, place: Path, with_text: bool, panels: Sequence[str], title: str | None
) -> int:
    counts = _write_results(results, place / RESULTS, with_text)
    _write_texts(results, place / "texts.csv")
    (place / "csv").mkdir()
    packaged = open(place / RESULTS)
    for table in TABLES:
        packaged.table(table).csv(place / "csv" / f"{table}.csv")
    listed = []
    for indicator in panels:
        found = results.panel(indicator)
        (place / "panels").mkdir(exist_ok=True)
        found.csv(place / "panels" / f"{indicator}.csv")
        listed.append((indicator, len(found), found.caption()))
    for name, source in (("codebook", codebook_dir()), ("gazetteer", corpus_dir() / "gazetteer")):
        shutil.copytree(source, place / "codebook" / name)
    (place / "codebook" / "codes.csv").write_text(_codes(), "utf-8-sig")
    (place / "codebook" / "columns.csv").write_text(_columns(), "utf-8-sig")
    packages = _environment()
    (place / "environment").mkdir()
    (place / "environment" / "requirements.txt").write_text(
        "".join(f"{name}=={version}\n" for name, version in packages.items()), "utf-8"
    )
    versions = {
        "vankien": vankien.__version__,
        "codebook": VERSION,
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "run": results.run.get("versions", {}),
    }
    _json(place / "environment" / "versions.json", versions)
    (place / "code").mkdir()
    (place / "code" / "verify.py").write_text(VERIFY, "utf-8")
    first, last = results.sql("select min(published), max(published) from documents").fetchall()[0]
    facts = PackageFacts(
        title=title or "Replication data: documents extracted by vankien",
        with_text=with_text,
        counts=counts,
        first=first,
        last=last,
        sources=results.sql(
            "select coalesce(publisher, issuer, 'not named'), count(*) from documents "
            "group by 1 order by 2 desc, 1 limit 40"
        ).fetchall(),
        run=results.run,
        versions={"vankien": vankien.__version__, "codebook": VERSION,
                  "Python": platform.python_version()},
        panels=tuple(listed),
        n_bytes=sum(path.stat().st_size for path in place.rglob("*") if path.is_file()),
    )  # fmt: skip
    (place / "README.md").write_text(readme(facts), "utf-8")
    names = sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file())
    sums = [f"{hashlib.sha256((place / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (place / SUMS).write_text("".join(sums), "utf-8")
    return len(names) + 1


def _write_results(results: Results, folder: Path, with_text: bool) -> dict[str, int]:
    """Write the tables as a results folder that ``vankien.open`` reads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts: dict[str, list[tuple[str, int]]] = {}
    counts: dict[str, int] = {}
    for table in TABLES:
        declared = schema(table)
        name = f"{table}/part-00000.parquet"
        path = folder / name
        path.parent.mkdir(parents=True)
        counts[table] = 0
        with pq.ParquetWriter(path, declared, compression="zstd") as writer:
            for batch in results.batches(f'select * from "{table}"'):
                data = pa.Table.from_batches([batch]).cast(declared)
                if not with_text:
                    for column in REDACTED.get(table, ()):
                        place = declared.get_field_index(column)
                        field = declared.field(column)
                        empty: Any = [] if pa.types.is_list(field.type) else ""
                        gone = pa.array([empty] * data.num_rows, field.type)
                        data = data.set_column(place, field, gone)
                writer.write_table(data)
                counts[table] += data.num_rows
        parts[table] = [(name, path.stat().st_size)]
    run = {**results.run, "package": {"with_text": with_text}}
    manifest = Manifest(
        settings=run["options"], digest="", parts=parts, chunks=[], counts=counts,
        errors=run.get("errors", {}), repeated=run.get("repeated", 0),
        duplicates=run.get("duplicates", 0),
    )  # fmt: skip
    (folder / MANIFEST).parent.mkdir()
    _json(folder / MANIFEST, manifest.to_json())
    _json(folder / RUN_FILE, run)
    return counts


def _write_texts(results: Results, path: Path) -> None:
    """Write identity, length and SHA-256 of every text."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["doc_id", "source", "sha256_of_file", "sha256_of_text", "n_chars"])
        for batch in results.batches(
            'select doc_id, source, sha256, "text" from documents order by doc_id'
        ):
            for row in batch.to_pylist():
                digest = _text_digest(row["text"])
                writer.writerow(
                    [row["doc_id"], row["source"], row["sha256"], digest, len(row["text"])]
                )


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _codes() -> str:
    book = load_codebook()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["kind", "code", "name_vi", "name_en", "definition_vi", "definition_en"])
    for kind, entries in (
        ("theme", book.themes), ("role", book.roles), ("indicator", book.indicators),
    ):  # fmt: skip
        for code, entry in entries.items():
            writer.writerow(
                [kind, code, entry.name_vi, entry.name_en, entry.definition_vi,
                 entry.definition_en]
            )  # fmt: skip
    return stream.getvalue()


def _columns() -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["table", "column", "type", "meaning"])
    for table in TABLES:
        labels = column_labels(table)
        for field in schema(table):
            writer.writerow([table, field.name, field.type, labels[field.name]])
    return stream.getvalue()


def _environment() -> dict[str, str]:
    """Return the packages that vankien needs and their installed versions."""
    found: dict[str, str] = {}
    waiting = ["vankien"]
    while waiting:
        name = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        key = distribution.metadata["Name"]
        if key in found:
            continue
        found[key] = distribution.version
        for requirement in distribution.requires or ():
            if "extra ==" not in requirement:
                waiting.append(_name_of(requirement))
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _name_of(requirement: str) -> str:
    import re

    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]


def _json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())


# --- checking -----------------------------------------------------------------------------


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file():
                yield inner.relative_to(path).as_posix(), inner.read_bytes()
    else:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield entry.filename, archive.read(entry)


def verify(path: str | Path) -> Verified:
    """Compare every file of a package, folder or archive, with its checksum.

    Raises ReadError (V109) where there is no package.
    """
    place = Path(path)
    try:
        digests = {
            name: hashlib.sha256(content).hexdigest() for name, content in _files(place)
            if name != SUMS
        }  # fmt: skip
        sums = next(content for name, content in _files(place) if name == SUMS)
    except (OSError, zipfile.BadZipFile) as error:
        raise ReadError("V109", str(path), detail=str(error)) from error
    except StopIteration:
        raise ReadError("V109", str(path), detail=f"it holds no {SUMS}") from None
    wanted = {}
    for line in sums.decode("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        wanted[name] = digest
    return Verified(
        same=sum(digests.get(name) == digest for name, digest in wanted.items()),
        changed=tuple(n for n, d in wanted.items() if n in digests and digests[n] != d),
        missing=tuple(name for name in wanted if name not in digests),
        added=tuple(name for name in digests if name not in wanted),
    )


def check_texts(path: str | Path, results: Results) -> dict[str, int]:
    """Compare the texts of other results with the hashes of a package (a folder).

    Returns how many are "same", "different" and "absent": by this, whoever has the
    documents knows that every offset of the package indexes the texts extracted anew.
    Raises ReadError (V109) where there is no package, UsageError (V401) where the other
    results hold no texts.
    """
    if results.run.get("package", {}).get("with_text") is False:
        raise UsageError("V401", "against", detail="these results hold no texts themselves")
    try:
        with (Path(path) / "texts.csv").open(encoding="utf-8-sig", newline="") as stream:
            wanted = {row["doc_id"]: row["sha256_of_text"] for row in csv.DictReader(stream)}
    except OSError as error:
        raise ReadError("V109", str(path), detail=error.strerror or str(error)) from error
    found = {"same": 0, "different": 0, "absent": len(wanted)}
    for batch in results.batches('select doc_id, "text" from documents'):
        for row in batch.to_pylist():
            if row["doc_id"] in wanted:
                found["absent"] -= 1
                same = wanted[row["doc_id"]] == _text_digest(row["text"])
                found["same" if same else "different"] += 1
    return found
