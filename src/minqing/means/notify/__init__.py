"""Telling people, once, in their language, on the way they asked for. 通知

Words    tell 通知 · message 消息 · failure 发送失败
Doors    desk/failures.py; wiring/reactions.py calls `tell`, wiring/timetable.py calls `send_due`

A message holds person id + template + parameters; the address is fetched at the moment of sending.
"""
