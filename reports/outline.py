"""The outline of an agency's report: which parts there are, in which order, under which names.

Parts I to VII follow the outline that yearly administrative reports have (direction, results by area, the
agency's own responsibilities, funding, assessment, next year, proposals).
"""

COMMON_PARTS = {
    "chi-dao": "Công tác lãnh đạo, chỉ đạo, triển khai",
    "kinh-phi": "Kinh phí thực hiện",
    "danh-gia": "Đánh giá chung",
    "phuong-huong": "Phương hướng, nhiệm vụ năm sau",
    "kien-nghi": "Đề xuất, kiến nghị",
}

# The tables of figures: a part of its own, for agencies that answer an indicator.
FIGURES = "so-lieu"
FIGURES_TITLE = "Biểu số liệu"

# Where difficulties go in the merged report, and whatever has no part of its own there.
ASSESSMENT = "danh-gia"

# The parts of the merged report around its areas, in order: the areas come after the first of them.
MERGED_PARTS = ("chi-dao", FIGURES, "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi")


def area_key(number: int) -> str:
    return f"noi-dung-{number}"


def responsibility_key(task_code: str) -> str:
    """Return the key of a responsibility's part: NV-07.1 -> nhiem-vu-07-1."""
    return "nhiem-vu-" + task_code.removeprefix("NV-").replace(".", "-")
