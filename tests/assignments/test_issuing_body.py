"""The issuer's name as a letter addresses it."""

import pytest

from assignments.models import Plan


@pytest.mark.parametrize(
    ("issuer", "written_out"),
    [
        ("UBND tỉnh Lạng Sơn", "Ủy ban nhân dân tỉnh Lạng Sơn"),
        ("Ủy ban nhân dân tỉnh Cao Bằng", "Ủy ban nhân dân tỉnh Cao Bằng"),
        ("Văn phòng UBND tỉnh", "Văn phòng UBND tỉnh"),
    ],
)
def test_issuing_body_is_the_issuer_written_out(issuer, written_out):
    assert Plan(issuer=issuer).issuing_body == written_out
