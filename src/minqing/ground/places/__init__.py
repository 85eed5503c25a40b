"""Places 地点: the tree of townships, villages, groups and courtyards, in time.

Words    place · code (12 digits, local suffix -NN) · path · successor
Doors    every form that asks where; `minqing import places`
"""
