// 快速离开: forgets what this tab knows and puts a neutral page in the place of this one in the history.
const link = document.querySelector("[data-leave]");
link?.addEventListener("click", (event) => {
  event.preventDefault();
  document.body.hidden = true;
  document.title = "";
  for (const where of [() => sessionStorage, () => localStorage]) try { where().clear(); } catch { /* forbidden */ }
  location.replace(link.href);
});
let last = 0;
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (Date.now() - last < 600) link?.click();
  last = Date.now();
});
// A page that the browser kept whole for its Back shows nothing once somebody has left.
try { sessionStorage.setItem("here", "1"); } catch { /* forbidden */ }
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  try { if (sessionStorage.getItem("here")) return; } catch { return; }
  document.body.hidden = true;
  location.replace("/");
});
