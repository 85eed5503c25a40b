"""Intake 登记: one word of one person, by whatever channel, with a receipt that is theirs.

Words    demand 诉求 · receipt 查询码 · slip 登记回执 · register 登记 · on behalf 代录 · word (4 digits the person chose)
Doors    public/report, public/status, desk/register, api
Below    people (identity), places, law (clocks), facts, inbox
"""
