"""Clues 检举控告: sealed accusations. Own database, own process, own worker; the county around it cannot count them.

Words    clue 检举控告 · restatement 转述 (what is handed on) · opening 拆封 (two persons, half an hour, written down first)
         recusal 回避 (computed) · restitution 退赔 · retaliation 打击报复 (the button 有人为难我) · slot, chain (shapes.py)
Doors    sealed
Below    ground's queries (offices, places, law), record.log
"""
