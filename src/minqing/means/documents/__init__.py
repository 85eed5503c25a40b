"""Numbered papers of the county and their service. 文书、送达

Words    document 文书 · slip 登记回执 · opinion 处理意见书 · serve 送达 · verify number 核验号
Doors    desk/cases.py and public/status.py (through work/cases), public/verify.py
Below    methods.codes (verify numbers), typst and fonts from wheels

A document keeps its form without identity: `{{person}}` stands where a name will be, and is filled at rendering.
"""
