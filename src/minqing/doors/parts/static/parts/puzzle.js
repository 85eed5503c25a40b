// A small sum that makes many posts cost something: the number after which the SHA-256 of "ticket:number" begins with noughts.
const form = document.querySelector("[data-ticket]");
const box = form?.querySelector("[name=sum]");
async function sum(ticket, bits) {
  const encode = new TextEncoder();
  for (let n = 0; ; n += 1) {
    const digest = new DataView(await crypto.subtle.digest("SHA-256", encode.encode(`${ticket}:${n}`)));
    if (digest.getUint32(0) >>> (32 - bits) === 0) return String(n);
  }
}
// Without a secure origin there is no crypto.subtle: then the plain, slower way stays.
if (box && globalThis.crypto?.subtle)
  addEventListener("load", async () => { box.value = await sum(form.dataset.ticket, Number(form.dataset.bits)); });
