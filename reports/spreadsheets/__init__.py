"""The tables of figures as an Excel workbook: written to be filled in without the portal, and read again."""
