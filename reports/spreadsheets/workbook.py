"""How every workbook of the portal begins."""

from io import BytesIO

from xlsxwriter import Workbook


def new_workbook(file: BytesIO) -> Workbook:
    """Return a workbook to be written into a file: a text in it becomes no formula, link or number."""
    # The writer changes what it is given: every workbook gets options of its own.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "Times New Roman", "font_size": 11},
    }
    return Workbook(file, options)
