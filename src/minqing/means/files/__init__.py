"""What people hand in: kept sealed, shown clean. 附件

Words    blob 附件 · sealed 密存 · published 公开件 · quarantine 隔离
Doors    public/report.py, desk/cases.py (the owner's query gives the handle; this room has no gate of its own)
Below    methods.seal, kernel.keys
"""
