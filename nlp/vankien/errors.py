"""Every error vankien raises, with its code and its message.

Messages are one sentence that names the file or option and says what to do.  Users
quote the code (``V101``); the catalogue below is the only place where texts live.
"""

from __future__ import annotations

__all__ = [
    "CATALOGUE",
    "AnnotationError",
    "CodebookError",
    "GoldError",
    "ModelError",
    "OutputError",
    "ReadError",
    "UsageError",
    "VankienError",
]

CATALOGUE: dict[str, str] = {
    # reading: one input cannot become a Document
    "V101": "{source} is empty (0 bytes of text); remove it or replace it with the full file.",
    "V102": "{source} has a format vankien does not read ({detail}); convert it to PDF, DOCX, "
    "HTML, TXT, JSONL, CSV or Parquet.",
    "V103": "{source} is not a readable PDF ({detail}); download or export it again.",
    "V104": "{source} is protected by a password; save a copy without the password.",
    "V105": "{source} is not a readable Word document ({detail}); open it in a word processor "
    "and save it again as DOCX.",
    "V106": "{source} is not readable as HTML ({detail}); save the page again.",
    "V107": "{source} is not valid JSON ({detail}); every line must hold one JSON object.",
    "V108": "{source} has no text in field {field!r}; name the field with --text-field.",
    "V109": "{source} could not be opened ({detail}); check that it exists and may be read.",
    "V110": "{source} is not readable as text ({detail}); save it in UTF-8 or UTF-16.",
    "V111": "{source} is larger than the limit ({detail}); split it or raise the limit.",
    "V112": "{source} has pages without a text layer ({detail}); install the 'ocr' extra and "
    "tesseract with the language 'vie'.",
    "V113": "{source} is not a readable table of rows ({detail}); check the file or its format.",
    "V114": "{source} disappeared or changed while the run was reading it ({detail}); run the "
    "same command again.",
    "V115": "{source} repeats the document id {detail!r} of another input; give every row its "
    "own id.",
    "V116": "{source} could not be analysed ({detail}); report the document to the project.",
    "V117": "{source} took longer than the time limit of a document ({detail}); raise it with "
    "--time-limit, or split the document.",
    "V118": "{source} needs more memory than the limit of a document ({detail}); raise it with "
    "--memory-limit, or split the document.",
    "V119": "{source} ended its worker process twice ({detail}); report the document to the "
    "project.",
    "V120": "{source} is an old Word or RTF file and no converter for it is installed; install "
    "LibreOffice, antiword or catdoc, or save the file as DOCX.",
    "V121": "{source} is not a readable archive ({detail}); unpack it and give the folder.",
    # running: the batch as a whole cannot go on
    "V201": "No documents were found in {source}; give files or folders that hold PDF, DOCX, "
    "HTML, TXT, JSONL, CSV or Parquet.",
    "V202": "The output folder {source} cannot be written ({detail}); choose another with --out.",
    "V203": "The output folder {source} holds other files and is no vankien run; choose an "
    "empty or new folder with --out.",
    "V204": "The output folder {source} was made with other options ({detail}); use the same "
    "options, choose another folder, or start afresh with --force.",
    "V205": "The output folder {source} holds no finished run ({detail}); run 'vankien extract' "
    "first.",
    "V206": "The input {source} does not exist; check the path.",
    "V207": "The output folder {source} is inside an input folder; choose one outside it.",
    "V208": "{source} could not be used as a worker process ({detail}); check the memory and the "
    "limits of this machine, then run the same command again.",
    "V209": "The output folder {source} is in use by another run ({detail}); wait until it ends, "
    "or choose another folder with --out.",
    "V210": "The output folder {source} was written by a version of vankien with other tables "
    "({detail}); run 'vankien extract' again with --force.",
    "V211": "The cluster {source} cannot be used ({detail}); check its address, and install the "
    "'cluster' extra here and on its workers.",
    "V213": "The target {source} exists already; choose another, or add --force to replace it.",
    # data written by people: codebook, gold
    "V301": "The codebook file {source} is not valid: {detail}.",
    "V302": "The gold file {source} is not valid: {detail}.",
    "V303": "The labelled data {source} cannot be used: {detail}.",
    "V304": "The resource {source} is missing from this installation; install vankien again.",
    # models
    "V501": "The model {source} cannot be used ({detail}); install vankien again or train it "
    "with 'vankien train'.",
    # calls
    "V401": "{source}: {detail}.",
}


class VankienError(Exception):
    """Base of all errors of vankien.

    ``code`` is a key of :data:`CATALOGUE`; ``source`` names the file, row or option.
    """

    def __init__(self, code: str, source: str = "", *, detail: str = "", field: str = "") -> None:
        self.code = code
        self.source = source
        self.detail = detail
        self.field = field
        text = CATALOGUE[code].format(source=source, detail=detail, field=field)
        super().__init__(f"[{code}] {text}")

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process boundaries in the batch; keyword arguments need this.
        return (_rebuild, (type(self), self.code, self.source, self.detail, self.field))


def _rebuild(
    kind: type[VankienError], code: str, source: str, detail: str, field: str
) -> VankienError:
    return kind(code, source, detail=detail, field=field)


class ReadError(VankienError):
    """One input cannot be read; the batch records it and goes on."""


class OutputError(VankienError):
    """The output folder cannot be used."""


class CodebookError(VankienError):
    """A codebook file is malformed."""


class GoldError(VankienError):
    """A gold annotation file is malformed."""


class AnnotationError(VankienError):
    """What an annotation tool returned, or a labelled table, is malformed."""


class ModelError(VankienError):
    """A model is missing, damaged, or made for something else."""


class UsageError(VankienError):
    """A call or a command line makes no sense."""
