"""Letters as mail programs really send them are read, whole, whoever wrote them and however."""

from base64 import b64encode
from quopri import encodestring
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods.codes import new_code, printed_verify_number, verify_number
from minqing.wiring.mail.letters import in_words, newly_said, text_of_html
from minqing.wiring.mail.reading import FORWARDED, Letter, read
from wiring.mailbox import letter

WORDS = "上湾村三组的自来水停了两天，老人孩子都在等水。"
DOMAIN = "minqing.invalid"


def of(raw: bytes) -> Letter:
    return read(raw, domain=DOMAIN, own=frozenset({"minqing@minqing.invalid"}))


def body(
    content: bytes, kind: str = "text/plain; charset=utf-8", coding: str = "8bit", more: str = ""
) -> bytes:
    head = f"From: a@example.invalid\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n{more}\r\n"
    return head.encode() + content


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gbk", "gb2312", "hz", "utf-16", "iso-2022-jp"])
def test_every_charset_of_chinese_mail_is_read(charset):
    words = "上村三的自来水停了" if charset == "iso-2022-jp" else WORDS
    assert of(body(words.encode(charset), f"text/plain; charset={charset}")).text == words


def test_big5_is_read():
    assert (
        of(body("自來水停了兩天，請派人看看".encode("big5"), "text/plain; charset=big5")).text
        == "自來水停了兩天，請派人看看"
    )


def test_a_rare_sign_in_a_letter_that_says_gb2312_is_read():
    assert of(body("喆村镕桥𠮷".encode("gb18030"), "text/plain; charset=gb2312")).text == "喆村镕桥𠮷"


@pytest.mark.parametrize("named", ["utf-8", "", "x-unknown", "us-ascii", "iso-8859-1", "no-such-charset"])
def test_a_wrong_or_missing_charset_is_guessed(named):
    kind = f"text/plain; charset={named}" if named else "text/plain"
    assert of(body(WORDS.encode("gbk"), kind)).text == WORDS
    assert of(body(WORDS.encode(), kind)).text == WORDS


def test_bytes_of_no_charset_lose_only_what_is_broken():
    text = of(body(WORDS.encode() + b"\xff\xfe\x80" + b"\n ok")).text
    assert text.startswith(WORDS) and text.endswith("ok")


@given(
    st.binary(max_size=300),
    st.text(max_size=20) | st.sampled_from(["UNDEFINED", "idna", "punycode", "base64", "rot13"]),
)
def test_no_bytes_and_no_charset_name_break_the_reader(content, charset):
    in_words(content, charset)


@given(st.binary(max_size=600))
def test_no_mail_whatsoever_breaks_the_reader(raw):
    of(raw)
    of(
        b"Content-Type: multipart/mixed; boundary=x\r\nSubject: "
        + raw[:100]
        + b"\r\n\r\n--x\r\n"
        + raw
        + b"\r\n--x--"
    )


@pytest.mark.parametrize(("coding", "code"), [("quoted-printable", encodestring), ("base64", b64encode)])
def test_transfer_codings_are_undone(coding, code):
    assert of(body(code(WORDS.encode("gb18030")), "text/plain; charset=gb18030", coding)).text == WORDS


def test_headers_in_words_of_rfc_2047():
    read_ = of(letter(subject="关于停水的事", sender="林小满 <Lin@Example.invalid>", charset="gb18030"))
    assert (read_.subject, read_.name, read_.sender) == ("关于停水的事", "林小满", "lin@example.invalid")


def test_a_sign_broken_across_two_encoded_words_is_joined():
    half, rest = WORDS.encode()[:16], WORDS.encode()[16:]
    line = b"=?utf-8?B?" + b64encode(half) + b"?=\r\n =?utf-8?B?" + b64encode(rest) + b"?="
    assert of(b"Subject: " + line + b"\r\n\r\nx").subject == WORDS


def test_a_bare_eight_bit_header_is_read():
    assert of(b"Subject: " + "停水了".encode("gbk") + b"\r\n\r\nx").subject == "停水了"


def test_a_letter_of_html_alone_becomes_lines():
    html = (
        "<html><head><title>no</title><style>p{color:red}</style></head><body><div style='display:none'>no</div>"
        "<p>上湾村&nbsp;停水。</p><ul><li>三组</li><li>五组</li></ul>第一行<br>第二行<script>no()</script></body></html>"
    )
    assert text_of_html(html) == "上湾村 停水。\n\n- 三组\n\n- 五组\n\n第一行\n第二行"
    assert of(body(html.encode("gbk"), "text/html; charset=gbk")).text.startswith("上湾村 停水。")


def parts(*leaves: str, kind: str = "mixed") -> bytes:
    joined = "".join(f"--cut\r\n{leaf}\r\n" for leaf in leaves)
    return f"From: a@example.invalid\r\nContent-Type: multipart/{kind}; boundary=cut\r\n\r\n{joined}--cut--\r\n".encode()


def test_of_two_versions_the_plain_one_is_read_once():
    plain, html = (
        "Content-Type: text/plain; charset=utf-8\r\n\r\n停水",
        "Content-Type: text/html; charset=utf-8\r\n\r\n<p>停水</p>",
    )
    assert of(parts(plain, html, kind="alternative")).text == "停水"
    assert of(parts("Content-Type: text/plain\r\n\r\n \r\n", html, kind="alternative")).text == "停水"


def test_attachments_keep_their_chinese_names_and_a_forwarded_letter_its_words():
    name = "=?gb18030?B?" + b64encode("照片.jpg".encode("gb18030")).decode() + "?="
    picture = f'Content-Type: image/jpeg; name="{name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n/9j/AA=='
    other = "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%E4%BF%A1.pdf\r\n\r\nx"
    inside = "Content-Type: message/rfc822\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n原来的信"
    found = of(parts("Content-Type: text/plain; charset=utf-8\r\n\r\n见附件", picture, other, inside))
    assert [file.name for file in found.attachments] == ["照片.jpg", "信.pdf"]
    assert found.attachments[0].content == b"\xff\xd8\xff\x00"
    assert found.text == f"见附件\n\n{FORWARDED}\n\n原来的信"


def test_the_same_letter_has_one_key_and_other_words_another():
    assert of(letter()).key == of(b"Received: by another way\r\n" + letter()).key
    assert of(letter()).key != of(letter("别的话")).key
    assert of(letter(message_id="")).key != of(letter("别的话", message_id="")).key
    assert "example" not in of(letter()).key


def test_a_verify_number_is_found_and_a_query_code_is_hidden():
    number, code = verify_number(uuid4()), new_code()
    grouped = " ".join(code[n : n + 4] for n in range(0, 16, 4))
    found = of(
        letter(f"我的码是{grouped}，电话13900000012", subject=f"回复：验真号 {printed_verify_number(number)}")
    )
    assert found.verify_numbers == (number,)
    assert (
        code not in found.text.replace(" ", "") and "〔查询码〕" in found.text and "13900000012" in found.text
    )


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-submitted"),
        ({"Auto_Submitted": "auto-generated; x=1"}, "auto-submitted"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "bulk"),
        ({"List_Id": "<news.example.invalid>"}, "list"),
        ({"Return_Path": "<>"}, "null-sender"),
        ({"Return_Path": "<lin@example.invalid>"}, ""),
        ({"sender": "county <minqing@minqing.invalid>"}, "own-address"),
    ],
)
def test_a_machine_is_known(headers, why):
    assert of(letter(**headers)).machine == why


def test_a_letter_that_wants_no_automatic_answer_is_still_a_letter():
    found = of(letter(X_Auto_Response_Suppress="All"))
    assert found.quiet and not found.machine


def test_a_forged_sender_is_doubted():
    assert of(letter(Authentication_Results="mx.invalid; dmarc=fail header.from=example.invalid")).doubtful
    assert not of(letter(Authentication_Results="mx.invalid; spf=pass")).doubtful


def test_the_quoted_letter_is_left_out_of_an_answer():
    assert newly_said("还是没有水。\n\n在 2026年6月30日，县信访局写道：\n> 您的来信收到了") == "还是没有水。"
    assert newly_said("没有水\n------------------ 原始邮件 ------------------\n发件人: x@y.z") == "没有水"
    assert newly_said("> 只有引用") == "> 只有引用"
