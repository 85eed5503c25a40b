"""Cases 事项: what an office must answer by a legal date; many words may be one case, one word several.

Words    case · holder 承办单位 · first holder 首接单位 · hold (one office's turn) · link (a word in a case)
         forward 转送 · assign 交办 · object 退回异议 · reply 答复 · opinion 处理意见书 · serve 送达 · review 复查
Doors    desk/cases, public/status, api
Below    intake (the words), promises, judgement, duties, documents, offices, law
"""
