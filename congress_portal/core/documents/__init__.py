"""Papers: HTML to PDF by GB/T 9704—2012, the same as Word, and lists as Excel.

Only this package knows WeasyPrint, python-docx and XlsxWriter. ``pdf`` is the front door:
``render_html(document)`` (the preview page) and ``render_pdf(html)`` (the file).
"""
