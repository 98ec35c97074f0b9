"""Snapshot contents to print: three agencies of different letterheads, and merged reports, old and new.

`merged_content` is the merged report of a whole province, of 24 agencies (about 100 pages) or 80 (about 300).
Everything is invented and the same at every call.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import assignments
from assignments.indicator_file import IndicatorData, read_indicators
from assignments.plan_file import ParticipantData, read_plan

DATA = Path(assignments.__file__).parent / "data"

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
    """Return a merged report of the first schema, in which every agency's whole text stood under its name.

    24 agencies: two late, one in review, three missing, the focal one unreviewed.
    """
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


# The merged report of schema 3


COMMUNES = (
    "Thất Khê", "Đoàn Kết", "Tân Tiến", "Quốc Khánh", "Kháng Chiến", "Quốc Việt", "Tân Văn", "Hồng Phong", "Hoa Thám",
    "Quý Hòa", "Thiện Hòa", "Thiện Thuật", "Thiện Long", "Hưng Vũ", "Vũ Lăng", "Nhất Hòa", "Vũ Lễ", "Tân Tri",
    "Điềm He", "Yên Phúc", "Tri Lễ", "Tân Đoàn", "Khánh Khê", "Na Sầm", "Hoàng Văn Thụ", "Thụy Hùng", "Hội Hoan",
    "Mẫu Sơn", "Na Dương", "Lợi Bác", "Thống Nhất", "Xuân Dương", "Khuất Xá", "Thái Bình", "Châu Sơn", "Kiên Mộc",
    "Tuấn Sơn", "Tân Thành", "Vân Nham", "Thiện Tân", "Yên Bình", "Hữu Liên", "Cai Kinh", "Quan Sơn", "Chiến Thắng",
    "Nhân Lý", "Bằng Mạc", "Vạn Linh", "Đồng Đăng", "Công Sơn", "Ba Sơn", "Đông Kinh", "Kỳ Lừa", "Tam Thanh",
    "Lương Văn Tri", "Hoàng Đồng",
)  # fmt: skip

SENTENCES = (
    "Tổ chức {n} hội nghị tuyên truyền, phổ biến pháp luật về bình đẳng giới cho {m} lượt người, trong đó nữ chiếm"
    " {p}%, tăng {k} hội nghị so với năm trước; nội dung bám sát Chỉ thị số 21-CT/TW và tình hình của cơ sở.",
    "Lồng ghép mục tiêu bình đẳng giới trong {n} chương trình, kế hoạch phát triển kinh tế - xã hội; rà soát {k} văn"
    " bản quy phạm pháp luật, kiến nghị sửa đổi nội dung chưa phù hợp và theo dõi việc tiếp thu.",
    "Cử {n} cán bộ nữ tham gia đào tạo, bồi dưỡng lý luận chính trị, quản lý nhà nước; đưa {k} đồng chí nữ vào quy"
    " hoạch các chức danh lãnh đạo, nâng tỷ lệ nữ trong quy hoạch lên {p}%, cao hơn năm trước.",
    "Duy trì {n} câu lạc bộ gia đình hạnh phúc, mô hình phòng, chống bạo lực gia đình với {m} hội viên; tư vấn,"
    " hỗ trợ kịp thời {k} trường hợp phụ nữ và trẻ em gái là nạn nhân, phối hợp xử lý các vụ việc theo quy định.",
    "Tham mưu cấp ủy ban hành {k} văn bản chỉ đạo, phân công rõ trách nhiệm của người đứng đầu; tổ chức {n} cuộc đối"
    " thoại với phụ nữ, tiếp thu và giải quyết {p}% ý kiến thuộc thẩm quyền, còn lại chuyển cơ quan có trách nhiệm.",
    "Kiểm tra việc thực hiện Luật Bình đẳng giới tại {n} cơ quan, đơn vị; nhắc nhở, yêu cầu khắc phục {k} tồn tại về"
    " thống kê số liệu tách theo giới, về kiện toàn Ban Vì sự tiến bộ của phụ nữ và về chế độ thông tin báo cáo.",
)
OPENING = (
    "Các đơn vị đã triển khai đồng bộ các nhiệm vụ, giải pháp của Kế hoạch; công tác phối hợp giữa các sở, ban, ngành"
    " và địa phương tiếp tục được tăng cường, nhiều chỉ tiêu đạt kết quả cao hơn năm trước."
)
JOINT = (
    "Công tác tập huấn, bồi dưỡng nghiệp vụ cho cán bộ làm công tác bình đẳng giới được các đơn vị phối hợp tổ chức"
    " theo cụm, tiết kiệm kinh phí và bảo đảm đúng đối tượng."
)
LOCAL = (
    "Một số đơn vị còn khó khăn về nhân lực và kinh phí; cán bộ làm công tác bình đẳng giới chủ yếu kiêm nhiệm,"
    " thường xuyên thay đổi."
)
FOR_ALL = (
    "Tất cả các đơn vị báo cáo đã phân công một lãnh đạo phụ trách và một công chức theo dõi công tác phụ nữ, bình"
    " đẳng giới và vì sự tiến bộ của phụ nữ."
)
# How many paragraphs each agency has in a part, three where nothing is said.
PARAGRAPHS = {"so-lieu": 1, "kinh-phi": 2, "kien-nghi": 1}
DECISIONS = (
    "Đề nghị Ủy ban nhân dân tỉnh bố trí kinh phí riêng cho công tác bình đẳng giới trong dự toán hằng năm, mức tối"
    " thiểu 50 triệu đồng cho mỗi huyện, thành phố, bắt đầu từ năm ngân sách tới.",
    "Đề nghị bổ sung vào Kế hoạch nhiệm vụ hướng dẫn thống kê số liệu tách theo giới tới cấp xã, giao Sở Kế hoạch và"
    " Đầu tư chủ trì.",
    "Đề nghị điều chỉnh thời hạn gửi báo cáo hằng năm cho thống nhất với thời điểm chốt số liệu chung của tỉnh.",
)


def merged_content(*, agencies: int = 24, **changes: Any) -> Content:
    """Return the merged report of so many agencies, 24 to 80: the last but three waits for review, three are missing.

    In every part each agency has paragraphs of its own, beside some that several or all share and some of the
    officers' own; two districts had nothing to report in each area.
    """
    names = (*AGENCIES, *(f"UBND xã {name}" for name in COMMUNES))[:agencies]
    merged, waiting, missing = names[:-4], list(names[-4:-3]), list(names[-3:])
    absent = [*waiting, *missing]
    late = list(merged[-2:]) + waiting
    keys = {
        "chi-dao": "Công tác lãnh đạo, chỉ đạo, triển khai",
        **{f"noi-dung-{number}": AREAS[number - 1]["title"] for number in range(1, 7)},
        "so-lieu": "Biểu số liệu",
        "kinh-phi": "Kinh phí thực hiện",
        "danh-gia": "Đánh giá chung",
        "phuong-huong": "Phương hướng, nhiệm vụ năm sau",
        "kien-nghi": "Đề xuất, kiến nghị",
    }
    return consolidated_content() | {
        "schema": 3,
        "changes": "",
        "reporting": {
            "expected": agencies,
            "on_time": [name for name in merged if name not in late],
            "late": late,
            "waiting": waiting,
            "missing": missing,
            "excused": [],
            "nothing": [],
            "received_by_day": [
                {"day": f"2026-{month:02}-{day:02}", "count": 1 + (agencies - 4) // 12}
                for month, day in ((10, 12), (10, 20), (10, 26), (11, 2), (11, 4), (11, 6), (11, 9), (11, 13))
            ],
        },
        "matrix": {
            "columns": [
                {"key": key, "title": f"Nội dung {key[-1]}" if key.startswith("noi-dung") else title}
                for key, title in keys.items()
            ],
            "rows": [
                {
                    "agency": name,
                    "number": min(position, 14),
                    "cells": [_state(name, key, waiting, missing, merged) for key in keys],
                }
                for position, name in enumerate(names, start=1)
            ],
        },
        "parts": [
            _merged_part(position, key, title, merged, absent) for position, (key, title) in enumerate(keys.items())
        ],
        "responsibilities": {"agencies": _merged_responsibilities(names, merged)},
        "tables": _merged_tables(names, merged),
        "years": [
            {"year": 2024, "expected": agencies, "received": agencies - 6, "on_time": agencies - 11, "late": 5},
            {"year": 2025, "expected": agencies, "received": agencies - 4, "on_time": agencies - 8, "late": 4},
            {"year": 2026, "expected": agencies, "received": agencies - 3, "on_time": agencies - 6, "late": 3},
        ],
        **changes,
    }  # fmt: skip


def _state(name: str, key: str, waiting: list[str], missing: list[str], merged: tuple[str, ...]) -> str:
    if name in missing:
        return "late"
    if name in waiting:
        return "submitted"
    return "nothing" if key.startswith("noi-dung") and name in merged[-2:] else "accepted"


def _merged_part(position: int, key: str, title: str, merged: tuple[str, ...], absent: list[str]) -> Content:
    number = int(key[-1]) if key.startswith("noi-dung") else None
    kind = "area" if number else "figures" if key == "so-lieu" else "common"
    with_results = merged[:-2] if number else merged
    paragraphs = [_paragraph(OPENING)]
    for place, name in enumerate(with_results):
        paragraphs += [_paragraph(_words(place, position, turn), name) for turn in range(PARAGRAPHS.get(key, 3))]
    paragraphs.append(_paragraph(JOINT, *merged[1:4]))
    paragraphs.append(_paragraph(LOCAL, *merged[11:18]))
    paragraphs.append(_paragraph(FOR_ALL, *with_results))
    if key == "kien-nghi":
        paragraphs = [
            *(
                _paragraph(text, *merged[place : place + 2], for_decision=True)
                for place, text in enumerate(DECISIONS)
            ),
            *paragraphs[1:],
        ]
    return {
        "key": key,
        "kind": kind,
        "number": number,
        "title": title,
        "measures": [
            {
                "code": f"ND-{number}.{turn}",
                "text": text,
                "counts": {"done": len(merged) - 7, "under_way": 4, "not_started": 1, "nothing_to_report": 2},
            }
            for turn, text in enumerate(AREAS[number - 1]["measures"] if number else (), start=1)
        ],
        "paragraphs": paragraphs,
        "nothing": [
            {"agency": name, "reason": "Không có vụ việc thuộc thẩm quyền."}
            for name in (merged[-2:] if number else ())
        ],
        "missing": absent,
        "counts": {"with_results": len(merged) - 2, "nothing": 2, "unknown": len(absent)} if number else None,
    }  # fmt: skip


def _words(place: int, position: int, turn: int) -> str:
    n = 3 + (7 * place + 5 * position + 3 * turn) % 41
    # No two paragraphs of a report are one.
    m = 1000 + 100 * place + 3 * position + turn
    sentence = SENTENCES[(place + position + turn) % len(SENTENCES)]
    text = sentence if "{m}" in sentence else f"{sentence} Có {{m}} lượt người tham gia."
    return text.format(n=n, m=m, k=1 + n % 9, p=40 + n % 50)


def _paragraph(text: str, *names: str, for_decision: bool = False) -> Content:
    sources = [{"agency": name, "unreviewed": name == FOCAL_NAME} for name in names]
    return {"text": text, "sources": sources, "for_decision": for_decision}


@cache
def _participants() -> list[ParticipantData]:
    return read_plan(DATA / "ke-hoach-96.toml").agencies


def _participant_of(place: int) -> int:
    """Return the number in the plan of the agency at a place of the list, the districts and communes being 14."""
    return min(place + 1, 14)


def _merged_responsibilities(names: tuple[str, ...], merged: tuple[str, ...]) -> list[Content]:
    given = {participant.number: participant.responsibilities for participant in _participants()}
    return [
        {
            "agency": name,
            "unreviewed": name == FOCAL_NAME,
            "tasks": [
                {
                    "code": f"NV-{_participant_of(place):02}.{position}",
                    "text": task.text,
                    "status": ("done", "done", "under_way")[(place + position) % 3] if name in merged else "",
                    "reason": "",
                }
                for position, task in enumerate(given[_participant_of(place)], start=1)
            ],
        }
        for place, name in enumerate(names)
    ]


def _merged_tables(names: tuple[str, ...], merged: tuple[str, ...]) -> list[Content]:
    """Return the shipped tables of 2026, in the first three of them counts by sex with a target of their own."""
    return [
        {
            "code": table.code,
            "title": table.title,
            "source": table.source,
            "rows": [_merged_row(indicator, names, merged) for indicator in table.indicators],
        }
        for table in read_indicators(DATA / "chi-tieu.toml").tables
        if table.first_year <= 2026 and (table.last_year or 2026) >= 2026
    ]


def _merged_row(indicator: IndicatorData, names: tuple[str, ...], merged: tuple[str, ...]) -> Content:
    asked = [name for place, name in enumerate(names) if _participant_of(place) in indicator.agencies]
    is_split = indicator.shape in ("by_sex", "ratio")
    answers = []
    for place, name in enumerate(asked):
        if name not in merged:
            continue
        total = 1 if indicator.shape == "yes_no" else 40 + 3 * place + len(indicator.name)
        has_no_data = place % 11 == 10
        answers.append(
            {
                "agency": name,
                "total": None if has_no_data else str(total),
                "included": str(total * 2 // 3) if is_split and not has_no_data else None,
                "has_no_data": has_no_data,
            }
        )
    with_numbers = [answer for answer in answers if not answer["has_no_data"]]
    if indicator.merge == "latest":
        with_numbers = with_numbers[-1:]
    total = sum(int(answer["total"]) for answer in with_numbers)
    included = sum(int(answer["included"]) for answer in with_numbers if is_split)
    target = next((target for target in indicator.targets if target.year >= 2026), None)
    aims_itself = indicator.shape == "by_sex" and indicator.code[:2] in ("B1", "B2", "B3")
    aim = {"year": 2030, "comparison": "at_least", "value": "65"} if aims_itself else None
    if target:
        aim = {"year": target.year, "comparison": target.comparison, "value": str(target.value)}
    return figure(
        indicator.code,
        indicator.name,
        indicator.unit,
        shape=indicator.shape,
        factor=indicator.factor,
        total_label=indicator.total_label,
        included_label=indicator.included_label,
        merge=indicator.merge,
        better=indicator.better or "",
        total=str(total) if with_numbers else None,
        included=str(included) if with_numbers and is_split else None,
        last={"year": 2025, "total": str(total), "included": str(included * 9 // 10) if is_split else None},
        target=aim,
        answers=answers,
        missing=[name for name in asked if name not in merged],
    )
