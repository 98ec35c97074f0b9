"""Snapshot contents to print: three agencies of different letterheads, and the merged report of 24."""

import json
from pathlib import Path
from typing import Any

Content = dict[str, Any]

AREAS = json.loads(Path(__file__).with_name("plan_areas.json").read_text())

PLAN = {
    "number": "96/KH-UBND",
    "issued_on": "2018-05-29",
    "issuer": "UBND tỉnh Lạng Sơn",
    "title": "Triển khai thực hiện Chỉ thị số 21-CT/TW, ngày 20/01/2018 của Ban Bí thư Trung ương Đảng về tiếp tục"
    " đẩy mạnh công tác phụ nữ trong tình hình mới",
    "short_title": "thực hiện Chỉ thị số 21-CT/TW",
}

FOCAL_NAME = "Sở Lao động - Thương binh và Xã hội"
DISTRICTS = (
    "Tràng Định", "Bình Gia", "Văn Lãng", "Cao Lộc", "Văn Quan", "Bắc Sơn", "Hữu Lũng", "Chi Lăng", "Lộc Bình",
    "Đình Lập",
)  # fmt: skip
AGENCIES = (
    FOCAL_NAME, "Sở Nội vụ", "Sở Kế hoạch và Đầu tư", "Sở Tài chính", "Sở Thông tin và Truyền thông", "Sở Tư pháp",
    "Sở Y tế", "Sở Văn hóa, Thể thao và Du lịch", "Công an tỉnh", "Đài Phát thanh và Truyền hình tỉnh",
    "Ban Dân tộc tỉnh", "Ủy ban MTTQ Việt Nam tỉnh", "Hội Liên hiệp Phụ nữ tỉnh", "UBND thành phố Lạng Sơn",
    *(f"UBND huyện {name}" for name in DISTRICTS),
)  # fmt: skip

DIRECTION = """1. Đặc điểm tình hình: tổng số công chức, viên chức 2.315 người, nữ 1.482 người, chiếm 64,0%.
2. Văn bản đã ban hành:
- Kế hoạch số 35/KH-SYT ngày 12/02/2026 về hoạt động bình đẳng giới và vì sự tiến bộ của phụ nữ năm 2026;
- Công văn số 612/SYT-TCCB ngày 04/5/2026 về việc kiện toàn Ban Vì sự tiến bộ của phụ nữ.
3. Ban Vì sự tiến bộ của phụ nữ được kiện toàn gồm 11 thành viên, trong đó nữ 07 người (63,6%)."""
WORK = """Tổ chức 12 hội nghị cho 845 lượt cán bộ (nữ 562 lượt, chiếm 66,5%), tăng 03 hội nghị so với năm 2025.
+ Đăng tải 48 tin, bài trên trang thông tin điện tử của ngành;
+ Phát 3.200 tờ rơi về bình đẳng giới, phòng, chống bạo lực gia đình tại 195/200 trạm y tế (97,5%)."""
RESULT = """Tỷ số giới tính khi sinh ước cả năm 113,2 bé trai/100 bé gái, giảm 0,8 điểm so với năm 2025.
Thanh tra 18 cơ sở siêu âm, xử lý vi phạm 02 cơ sở."""
ASSESSMENT = """Ưu điểm: các nhiệm vụ được triển khai đúng kế hoạch; tỷ lệ nữ lãnh đạo cấp phòng đạt 41,6%.
Tồn tại, hạn chế: kinh phí dành cho công tác bình đẳng giới ở huyện còn ít; số liệu tách theo giới chưa đầy đủ."""
FIGURES_WORDS = "Số liệu tổng hợp từ 11 trung tâm y tế huyện, thành phố."
NEXT_YEAR = "Lồng ghép bình đẳng giới trong chương trình của ngành; phấn đấu tỷ số giới tính khi sinh dưới 113."


def agency_content(**changes: Any) -> Content:
    """Return the report of Sở Y tế: short, with one area without work."""
    return {
        "schema": 1,
        "kind": "agency_report",
        "year": 2026,
        "plan": PLAN,
        "agency": {
            "slug": "so-y-te",
            "name": "Sở Y tế",
            "letterhead": [
                {"text": "UBND tỉnh Lạng Sơn", "bold": False},
                {"text": "Sở Y tế", "bold": True},
            ],
            "notation": "SYT",
            "place": "Lạng Sơn",
        },
        "addressee": FOCAL_NAME,
        "recipients": ["Như trên", "Lưu: VT"],
        "signer": {"lines": ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "name": "Nguyễn Văn A"},
        "data_to": "2026-10-31",
        "parts": [
            common("chi-dao", "Công tác lãnh đạo, chỉ đạo, triển khai", DIRECTION),
            *(area(number) for number in range(1, 7)),
            responsibility(
                "NV-07.1",
                "Lồng ghép BĐG trong xây dựng và tổ chức thực hiện các chương trình, kế hoạch hoạt động của ngành,"
                " triển khai thực hiện các biện pháp giảm thiểu tình trạng mất cân bằng giới tính khi sinh.",
                difficulties="Thiết bị siêu âm tư nhân phân tán, khó kiểm soát.",
            ),
            common("kinh-phi", "Kinh phí thực hiện", ""),
            common("danh-gia", "Đánh giá chung", ASSESSMENT),
            common("phuong-huong", "Phương hướng, nhiệm vụ năm sau", NEXT_YEAR),
            common("kien-nghi", "Đề xuất, kiến nghị", ""),
        ],
        "letter": None,
        **changes,
    }


def figures_content(**changes: Any) -> Content:
    """Return the report of Sở Y tế with two tables of figures, one of every shape, a plan of its own and files."""
    content = agency_content(schema=2, nothing=None, people=None)
    content["parts"].append({**common("so-lieu", "Biểu số liệu", FIGURES_WORDS), "kind": "figures"})
    for part in content["parts"]:
        for task in part["tasks"]:
            task["evidence"] = []
    content["parts"][7]["tasks"][0]["evidence"] = [
        {"name": "Kế hoạch số 35.pdf", "sha256": "0" * 64, "size": 120_000, "kind": "pdf"},
        {"name": "Ảnh hội nghị.jpg", "sha256": "1" * 64, "size": 80_000, "kind": "jpeg"},
    ]
    return content | {
        "implementation_plan": {"number": "35/KH-SYT", "issued_on": "2026-02-12", "why_not_yet": ""},
        "tables": [
            {
                "code": "B1",
                "title": "Cán bộ nữ lãnh đạo, quản lý",
                "source": "Nghị quyết số 28/NQ-CP",
                "rows": [
                    figure(
                        "B1.1", "Cán bộ được tập huấn kiến thức giới", "lượt người", shape="by_sex",
                        total="1260", included="845", last={"year": 2025, "total": "1200", "included": "750"},
                        target={"year": 2026, "comparison": "at_least", "value": "60"},
                    ),
                    figure(
                        "B1.2", "Cơ quan có lãnh đạo chủ chốt là nữ", "% cơ quan", shape="ratio",
                        total_label="Tổng số cơ quan", included_label="Số cơ quan có lãnh đạo chủ chốt là nữ",
                        total="22", included="11", basis="estimate", explanation="Sắp xếp lại tổ chức bộ máy",
                        last={"year": 2025, "total": "20", "included": "13"},
                        target={"year": 2026, "comparison": "at_least", "value": "60"},
                    ),
                    figure("B1.3", "Cán bộ nữ được luân chuyển", "người", total="0",
                           last={"year": 2025, "total": "4", "included": None}),
                ],
            },
            {
                "code": "B5",
                "title": "Sức khỏe sinh sản",
                "source": "",
                "rows": [
                    figure("B5.1", "Tỷ số giới tính khi sinh", "bé trai/100 bé gái", total="113.2",
                           target={"year": 2026, "comparison": "at_most", "value": "111"}),
                    figure("B5.2", "Tỷ số tử vong mẹ", "/100.000 trẻ đẻ sống", shape="ratio", factor=100_000,
                           total_label="Số trẻ đẻ sống", included_label="Số ca tử vong mẹ",
                           total="0", included="0"),
                    figure("B5.3", "Nạn nhân bạo lực gia đình được tư vấn", "người", shape="by_sex",
                           has_no_data=True, reason="Huyện chưa gửi số liệu"),
                    figure("B5.4", "Có cơ sở y tế thí điểm dịch vụ thân thiện", "có/không", shape="yes_no", total="1",
                           target={"year": 2026, "comparison": "at_least", "value": "1"}),
                    figure("B5.5", "Tỷ suất sinh vị thành niên", "/1.000 phụ nữ", shape="ratio", factor=1000,
                           total_label="Số phụ nữ", included_label="Số trẻ"),
                ],
            },
        ],
        **changes,
    }  # fmt: skip


def figure(code: str, name: str, unit: str, **answer: Any) -> Content:
    """Return a row of a table of figures, unanswered but for what is given."""
    shape = answer.get("shape", "count")
    return {
        "code": code,
        "name": name,
        "unit": unit,
        "computed_unit": "%" if shape == "by_sex" else unit,
        "shape": "count",
        "factor": 100,
        "total_label": "Tổng số",
        "included_label": "Trong đó nữ" if shape == "by_sex" else "",
        "merge": "sum",
        "better": "",
        "total": None,
        "included": None,
        "has_no_data": False,
        "reason": "",
        "explanation": "",
        "basis": "actual",
        "last": None,
        "target": None,
        **answer,
    }


def focal_content(**changes: Any) -> Content:
    """Return the focal agency's own report: a two-line name, no addressee, two responsibilities."""
    content = agency_content()
    content["parts"].insert(
        8, responsibility("NV-01.2", "Tổ chức tuyên truyền các quan điểm, chủ trương.", difficulties="")
    )
    return content | {
        "agency": FOCAL_AGENCY,
        "addressee": None,
        "recipients": ["Như trên", "UBND tỉnh", "Lưu: VT, BĐG"],
        "signer": {"lines": ["GIÁM ĐỐC"], "name": ""},
        **changes,
    }


def district_content(**changes: Any) -> Content:
    """Return a district's report: two bold letterhead lines, three signing lines."""
    return agency_content() | {
        "agency": {
            "slug": "huyen-trang-dinh",
            "name": "UBND huyện Tràng Định",
            "letterhead": [
                {"text": "Ủy ban nhân dân", "bold": True},
                {"text": "huyện Tràng Định", "bold": True},
            ],
            "notation": "UBND",
            "place": "Tràng Định",
        },
        "signer": {"lines": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "name": "Trần Thị B"},
        **changes,
    }


def consolidated_content(**changes: Any) -> Content:
    """Return the merged report of 24 agencies: two late, one in review, three missing, the focal one unreviewed."""
    missing, waiting, late = list(AGENCIES[21:]), [AGENCIES[20]], list(AGENCIES[18:20])
    merged = AGENCIES[:20]
    absent = [*waiting, *missing]
    return {
        "schema": 1,
        "kind": "consolidated_report",
        "year": 2026,
        "plan": PLAN,
        "agency": FOCAL_AGENCY,
        "addressee": "Ủy ban nhân dân tỉnh Lạng Sơn",
        "recipients": [
            "Như trên",
            "Bộ Lao động - Thương binh và Xã hội",
            "Thường trực Tỉnh ủy",
            "Thường trực HĐND tỉnh",
            "Các sở, ban, ngành, đoàn thể tỉnh",
            "UBND các huyện, thành phố",
            "Lưu: VT, BĐG",
        ],
        "signer": {"lines": ["GIÁM ĐỐC"], "name": "Lê Thị C"},
        "version": 1,
        "data_to": "2026-10-31",
        "reporting": {
            "expected": 24,
            "on_time": list(AGENCIES[:18]),
            "late": [*late, *waiting],
            "waiting": waiting,
            "missing": missing,
            "excused": [],
        },
        "parts": [
            merged_common("chi-dao", "Công tác lãnh đạo, chỉ đạo, triển khai", DIRECTION, merged, absent),
            *(merged_area(number, merged, absent) for number in range(1, 7)),
            {
                "key": "nhiem-vu",
                "kind": "responsibilities",
                "title": "Kết quả thực hiện nhiệm vụ được phân công",
                "agencies": [
                    {
                        "agency": name,
                        "unreviewed": name == FOCAL_NAME,
                        "tasks": [
                            {
                                "code": "NV-07.1",
                                "text": "Lồng ghép BĐG trong xây dựng và tổ chức thực hiện các chương trình, kế hoạch"
                                " hoạt động của ngành, triển khai thực hiện các biện pháp giảm thiểu tình trạng mất"
                                " cân bằng giới tính khi sinh.",
                                "status": "done" if position % 3 else "under_way",
                                "reason": "",
                                "result": RESULT,
                                "difficulties": "" if position % 2 else "Chưa có cán bộ chuyên trách.",
                            }
                        ],
                    }
                    for position, name in enumerate(merged)
                ],
                "missing": absent,
            },
            merged_common(
                "kinh-phi",
                "Kinh phí thực hiện",
                "Được giao 120 triệu đồng, đã sử dụng 96,5 triệu đồng.",
                merged,
                absent,
            ),
            merged_common("danh-gia", "Đánh giá chung", ASSESSMENT, merged, absent),
            merged_common("phuong-huong", "Phương hướng, nhiệm vụ năm sau", NEXT_YEAR, merged, absent),
            merged_common("kien-nghi", "Đề xuất, kiến nghị", "", (), absent),
        ],
        **changes,
    }


FOCAL_AGENCY = {
    "slug": "so-lao-dong-thuong-binh-va-xa-hoi",
    "name": FOCAL_NAME,
    "letterhead": [
        {"text": "UBND tỉnh Lạng Sơn", "bold": False},
        {"text": "Sở Lao động -", "bold": True},
        {"text": "Thương binh và Xã hội", "bold": True},
    ],
    "notation": "SLĐTBXH",
    "place": "Lạng Sơn",
}


def common(key: str, title: str, text: str) -> Content:
    """Return a common part of an agency's report."""
    return {
        "key": key,
        "kind": "common",
        "title": title,
        "number": None,
        "text": text,
        "difficulties": "",
        "tasks": [],
    }


def area(number: int) -> Content:
    """Return an area's part: area 6 has no work, area 4 one measure that has not begun."""
    measures = AREAS[number - 1]["measures"]
    if number == 6:
        statuses = [("nothing_to_report", "Không có vụ việc thuộc thẩm quyền.")] * len(measures)
    elif number == 4:
        statuses = [("under_way", ""), ("not_started", "Chờ hướng dẫn của Trung ương."), ("done", ""), ("done", "")]
    else:
        statuses = [("done", "")] * len(measures)
    return {
        "key": f"noi-dung-{number}",
        "kind": "area",
        "number": number,
        "title": AREAS[number - 1]["title"],
        "text": "" if number == 6 else WORK,
        "difficulties": "",
        "tasks": [
            {"code": f"ND-{number}.{position}", "text": text, "status": status, "reason": reason}
            for position, (text, (status, reason)) in enumerate(zip(measures, statuses, strict=True), start=1)
        ],
    }


def responsibility(code: str, text: str, *, difficulties: str) -> Content:
    """Return a responsibility's part."""
    return {
        "key": f"nhiem-vu-{code.removeprefix('NV-').replace('.', '-')}",
        "kind": "responsibility",
        "title": f"Nhiệm vụ {code.removeprefix('NV-')}",
        "number": None,
        "text": RESULT,
        "difficulties": difficulties,
        "tasks": [{"code": code, "text": text, "status": "under_way", "reason": ""}],
    }


def merged_common(key: str, title: str, text: str, agencies: tuple[str, ...], missing: list[str]) -> Content:
    """Return a common part of the merged report, with one text from each agency."""
    return {
        "key": key,
        "kind": "common",
        "title": title,
        "paragraphs": [{"agency": name, "text": text, "unreviewed": name == FOCAL_NAME} for name in agencies],
        "nothing": [],
        "missing": missing,
    }


def merged_area(number: int, agencies: tuple[str, ...], missing: list[str]) -> Content:
    """Return an area of the merged report: two agencies had no work in it."""
    counts = {"done": 13, "under_way": 5, "nothing_to_report": 2}
    part = merged_common(f"noi-dung-{number}", AREAS[number - 1]["title"], WORK, agencies[:-2], missing)
    return part | {
        "kind": "area",
        "number": number,
        "measures": [
            {"code": f"ND-{number}.{position}", "text": text, "counts": counts}
            for position, text in enumerate(AREAS[number - 1]["measures"], start=1)
        ],
        "nothing": [
            {"agency": agencies[-2], "reason": "Không có vụ việc thuộc thẩm quyền."},
            {"agency": agencies[-1], "reason": ""},
        ],
    }
