"""Traps that leading tools fall into, each by its name (what a careless reader would link)."""

from __future__ import annotations

from datetime import date

from vankien.tagging.references import find_references


def _found(text: str, published: date | None = None) -> list[tuple[str, str | None]]:
    return [(r.surface, r.canonical) for r in find_references(text, published=published)]


def test_trap_directive_05_of_1951_is_not_that_of_2016() -> None:
    new = "05-CT/TW@2016-05-15"
    assert _found("Chỉ thị số 05-CT/TW ngày 05/3/1951 của Trung ương") == [
        ("Chỉ thị số 05-CT/TW ngày 05/3/1951", None)
    ]
    assert _found("Chỉ thị 05 năm 1951 về chi bộ") == [("Chỉ thị 05 năm 1951", None)]
    assert _found("Chi bộ học Chỉ thị 05.", date(1951, 6, 1)) == [("Chỉ thị 05", None)]
    assert _found("Chi bộ học Chỉ thị 05.", date(2016, 5, 14)) == [("Chỉ thị 05", None)]
    assert _found("Chi bộ học Chỉ thị 05.", date(2016, 5, 15)) == [("Chỉ thị 05", new)]
    text = "Bên cạnh Chỉ thị 05 năm 1951 là Chỉ thị 05-CT/TW ngày 15/5/2016."
    assert [canonical for _, canonical in _found(text)] == [None, new]


def test_trap_government_resolution_35_is_not_the_politburo_s() -> None:
    party, state = "35-NQ/TW@2018-10-22", "35/NQ-CP@2016-05-16"
    assert _found("Nghị quyết 35 của Bộ Chính trị")[0][1] == party
    assert _found("Nghị quyết 35 của Chính phủ về hỗ trợ doanh nghiệp")[0][1] == state
    assert _found("Nghị quyết số 35/NQ-CP")[0][1] == state
    assert _found("Nghị quyết số 35-NQ/TW")[0][1] == party
    assert _found("Nghị quyết 35 về phát triển doanh nghiệp")[0][1] == state
    assert _found("Nghị quyết 35 về bảo vệ nền tảng tư tưởng")[0][1] == party
    assert _found("Nghị quyết 35 vừa được nhắc tới.")[0][1] is None
    assert _found("Nghị quyết 35 của Hội đồng nhân dân tỉnh")[0][1] is None
    assert _found("Đảng ủy xã ra Nghị quyết 35 về đường thôn.")[0][1] is None
    assert _found("Các chi bộ học Nghị quyết 35.", date(2017, 1, 1))[0][1] is None


def test_trap_directive_05_of_the_prime_minister() -> None:
    text = "Thủ tướng Chính phủ ban hành Chỉ thị 05 về thi hành án dân sự."
    assert _found(text) == [("Chỉ thị 05", None)]


def test_trap_two_resolutions_04() -> None:
    assert _found("Nghị quyết số 04-NQ/TW") == [("Nghị quyết số 04-NQ/TW", None)]
    assert _found("Nghị quyết 04-NQ/TW về phòng, chống tham nhũng, lãng phí")[0][1] == (
        "04-NQ/TW@2006-08-21"
    )
    assert _found("Nghị quyết 04-NQ/TW chỉ ra 27 biểu hiện suy thoái")[0][1] == (
        "04-NQ/TW@2016-10-30"
    )


def test_trap_security_council_resolutions_are_no_party_s() -> None:
    for text in (
        "Nghị quyết 2231 của Hội đồng Bảo an Liên Hợp Quốc",
        "Nghị quyết số 1929 của LHQ",
        "Nghị quyết 18 của Liên Hợp Quốc về tinh gọn bộ máy",
    ):
        (reference,) = find_references(text)
        assert (reference.type, reference.issuer) == ("nghị quyết", "Liên Hợp Quốc")
        assert reference.canonical is None


def test_trap_congresses_of_other_parties_and_unions() -> None:
    for text in (
        "Nghị quyết Đại hội Đảng Cộng sản Trung Quốc lần thứ XIII",
        "Nghị quyết Đại hội lần thứ XIII Đảng Cộng sản Trung Quốc",
        "Nghị quyết Đại hội Đoàn toàn quốc lần thứ XIII",
        "Nghị quyết Đại hội Công đoàn Việt Nam lần thứ XIII",
        "Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XIII",
    ):
        assert _found(text) == [(text, None)]


def test_trap_numbers_that_are_no_documents() -> None:
    for text in (
        "Họ quyết định 5 việc, quy định 8 giờ làm, kết luận 3 nội dung.",
        "Kế hoạch 5 năm 2016 - 2020, chương trình 60 phút, báo cáo 6 tháng.",
        "Đoàn kiểm tra 469, Ban Chỉ đạo 35, Cuộc vận động 50, Chương trình 135.",
        "Điện thoại 0205-3812345, xe 12A-01234, nhà 15/4, phòng 22-B3, tỷ lệ 18/19.",
        "Nghị quyết 2 nhiệm kỳ gần đây; nghị quyết tháng 9 của chi bộ.",
    ):
        assert _found(text) == [], text


def test_trap_nghi_quyet_without_a_number() -> None:
    for text in (
        "Nghị quyết của Đảng đi vào cuộc sống.",
        "Đưa nghị quyết đại hội các cấp vào cuộc sống.",
        "Nghị quyết này có hiệu lực từ ngày ký.",
        "Học nghị quyết, chỉ thị phải đi đôi với làm.",
    ):
        assert _found(text) == [], text


def test_trap_the_year_of_the_result_is_not_the_document_s() -> None:
    text = "Kết quả thực hiện Chỉ thị 05 năm 2021 của Đảng bộ."
    assert _found(text) == [("Chỉ thị 05", "05-CT/TW@2016-05-15")]


def test_trap_a_superseded_document_stays_itself() -> None:
    (reference,) = find_references("Vi phạm Quy định 47 của Ban Chấp hành Trung ương.")
    assert reference.canonical == "47-QĐ/TW@2011-11-01"


def test_trap_nothing_cites_a_later_document() -> None:
    text = "Quán triệt Quy định 37 về những điều đảng viên không được làm."
    assert _found(text, date(2020, 1, 1)) == [("Quy định 37", None)]
    assert _found(text, date(2022, 1, 1)) == [("Quy định 37", "37-QĐ/TW@2021-10-25")]


def test_trap_two_antecedents() -> None:
    text = "Học Chỉ thị 03 và Chỉ thị 05 về làm theo Bác. Chỉ thị này rất thiết thực."
    assert _found(text)[-1] == ("Chỉ thị này", None)
    assert find_references(text)[-1].note
