"""Money in fen: an integer, never a float."""

from decimal import Decimal, InvalidOperation

from minqing.kernel.errors import Refusal


class BadMoney(Refusal):
    code, status, text = "money.invalid", 422, "金额“{typed}”看不懂，请写成 1234.50 这样。"


def fen_of(typed: str) -> int:
    """Fen from a typed amount in yuan with at most two decimals; refuses anything else."""
    try:
        amount = Decimal(typed.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise BadMoney(typed=typed) from None
    fen = amount * 100
    if not amount.is_finite() or fen != fen.to_integral_value():
        raise BadMoney(typed=typed)
    return int(fen)


def yuan(fen: int) -> str:
    """`1,234.50` from 123450."""
    return f"{Decimal(fen) / 100:,.2f}"
