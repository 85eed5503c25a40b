// A hint beside the query code: the last digit checks the others, so a slip of the finger shows before sending.
const field = document.querySelector("[data-code]");
const hint = document.querySelector("[data-code-wrong]");
const fits = (digits) => digits.length === 16 && [...digits].reverse().reduce((sum, one, n) => {
  const value = Number(one) * (n % 2 ? 2 : 1);
  return sum + (value > 9 ? value - 9 : value);
}, 0) % 10 === 0;
field?.addEventListener("change", () => {
  const digits = field.value.normalize("NFKC").replace(/\D/g, "");
  hint.hidden = digits === "" || fits(digits);
});
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
