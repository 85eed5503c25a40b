// On the page that says the system is away: asks every ten seconds, and sends the kept form again when it is back.
const form = document.querySelector("form[data-again]");
const said = document.getElementById("again-said");
const files = form?.hasAttribute("data-files");

async function ask() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    if (answer.ok) {
      said.textContent = files ? said.dataset.files : said.dataset.back;
      if (!files) form?.requestSubmit();
      return;
    }
  } catch { /* still away */ }
  setTimeout(ask, 10000);
}
setTimeout(ask, 10000);
