"""Judgement: the person's own verdict, callbacks by others than the office, one contact budget for all rooms.

Words    verdict 评价 (two questions) · callback 回访 · contact budget 打扰限额 · about = "case:<uuid>"
Doors    public (verdict), desk (callback list)
Below    duties
"""
