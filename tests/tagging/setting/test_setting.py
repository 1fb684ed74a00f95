"""Period and scope of a figure: own words, inheritance, title, issuer; stock and flow."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.documents import Document, Metadata, Part, Sentence
from vankien.errors import GoldError
from vankien.evaluation.evaluate import evaluate
from vankien.evaluation.gold import load_gold
from vankien.evaluation.settings import same_scope
from vankien.tagging.indicators.setting import Setting, SettingReader

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "settings.yaml").read_text(encoding="utf-8")
)
MARK = re.compile(r"\[([^\[\]]+)\]")


def read(case: dict[str, Any]) -> list[Setting]:
    """Pass a case's sentences through a reader; return the settings of its marked figures."""
    published = case.get("published")
    document = Document(
        "case",
        "test",
        "",
        metadata=Metadata(
            title=case.get("title"),
            issuer=case.get("issuer"),
            published=date.fromisoformat(published) if published else None,
        ),
    )
    reader = SettingReader(document)
    found: list[Setting] = []
    for index, entry in enumerate(case["sentences"]):
        marked = entry["text"] if isinstance(entry, dict) else entry
        section = (entry["section"],) if isinstance(entry, dict) else ()
        figures = [m.start() - 2 * i for i, m in enumerate(MARK.finditer(marked))]
        surface = MARK.sub(r"\1", marked)
        reader.enter(Sentence(index, 0, len(surface), section=section), surface)
        found += [reader.read(surface, at, kind=case.get("kind", "flow")) for at in figures]
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_settings(case: dict[str, Any]) -> None:
    def day(raw: str | None) -> date | None:
        return None if raw is None else date.fromisoformat(raw)

    wanted = [Setting(day(a), day(b), words, scope, code) for a, b, words, scope, code in
              case["want"]]  # fmt: skip
    assert read(case) == wanted


def test_a_title_in_the_text_serves_as_the_title() -> None:
    reader = SettingReader(Document("case", "test", ""))
    title = "Lâm Đồng: kết quả năm 2019"
    reader.enter(Sentence(0, 0, len(title), part=Part.TITLE), title)
    text = "Kết nạp 86 đảng viên."
    reader.enter(Sentence(1, 0, len(text), section=("I",)), text)
    assert reader.read(text, 8, kind="flow") == Setting(
        date(2019, 1, 1), date(2019, 12, 31), "năm 2019", "Lâm Đồng", "68"
    )


def test_sentences_are_read_only_when_a_figure_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document without figures costs nothing here."""
    from vankien.tagging.indicators import setting

    def refuse(text: str) -> list[Any]:
        raise AssertionError(text)

    monkeypatch.setattr(setting, "find_periods", refuse)
    monkeypatch.setattr(setting, "find_scopes", refuse)
    reader = SettingReader(Document("case", "test", ""))
    for index in range(3):
        reader.enter(Sentence(index, 0, 9), "Năm 2020.")


@pytest.mark.parametrize(
    ("found", "gold", "same"),
    [
        ("toàn Đảng bộ tỉnh", "Đảng bộ tỉnh", True),
        ("Ban Thường vụ Tỉnh ủy Vĩnh Phúc", "Tỉnh ủy Vĩnh Phúc", True),
        ("UBKT Huyện ủy Vân Canh", "Huyện ủy Vân Canh", True),
        ("Ban Tổ chức Tỉnh ủy", "Tỉnh ủy", False),
        ("tỉnh Lạng Sơn", "tỉnh Cao Bằng", False),
        (None, None, True),
        (None, "tỉnh Lạng Sơn", False),
    ],
)
def test_same_scope(found: str | None, gold: str | None, same: bool) -> None:
    assert same_scope(found, gold) is same


def test_gold_families_never_straddle() -> None:
    families = {
        split: {entry.family for entry in load_gold("settings", split)} for split in ("dev", "test")
    }
    assert not families["dev"] & families["test"]
    assert len(load_gold("settings", "dev")) >= 70
    assert len(load_gold("settings", "test")) >= 80


def test_gold_that_is_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    line = '{"id": "x", "family": "x", "text": "Năm 2020", "figures": [{"surface": "45"}]}\n'
    (tmp_path / "dev" / "settings.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(GoldError, match=r"settings\.jsonl line 1.*does not hold"):
        load_gold("settings", "dev", tmp_path)


def test_scores_hold_the_targets() -> None:
    """Period and scope at least 0.92 (development split)."""
    scores = {s.name: s.f1 for s in evaluate(split="dev", family="settings", resamples=10).summary}
    assert scores.keys() == {"period", "scope", "scope_code"}
    assert min(scores.values()) >= 0.92
