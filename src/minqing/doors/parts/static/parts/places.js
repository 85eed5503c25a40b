// Finds a place while one types: by part of its name, its pinyin or the initials. Without this the button asks the server.
for (const pick of document.querySelectorAll("[data-place]")) {
  const box = pick.querySelector("input[type=search]"), list = pick.querySelector("select");
  const go = pick.querySelector("button"), said = pick.querySelector("[role=status]");
  const whole = [...list.children].map((one) => one.cloneNode(true));
  const like = (one, typed) => one.textContent.toLowerCase().includes(typed) || (one.dataset.i ?? "").split(" ").some((part) => part.startsWith(typed));
  go.hidden = true;
  go.type = "button"; // so that Enter in another box sends the form, not this search
  function narrow() {
    const typed = box.value.trim().toLowerCase(), chosen = list.value, seen = new Set();
    list.replaceChildren(...whole.map((one) => one.cloneNode(true)));
    for (const one of typed ? [...list.querySelectorAll("option")] : [])
      if (one.value && like(one, typed) && !seen.has(one.value)) seen.add(one.value);
      else if (one.value || seen.size) one.remove();
    for (const group of list.querySelectorAll("optgroup")) if (!group.children.length) group.remove();
    const first = [...list.options].find((one) => one.value);
    list.value = [...list.options].some((one) => one.value === chosen && (!typed || one.value)) ? chosen : typed && first ? first.value : "";
    list.size = typed && seen.size > 1 ? Math.min(8, list.options.length) : 0;
    said.textContent = typed ? (seen.size ? said.dataset.said.replace("{n}", seen.size) : said.dataset.none) : "";
    go.hidden = !typed || seen.size > 0;
    go.type = go.hidden ? "button" : "submit";
  }
  box.addEventListener("input", narrow);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || !["Enter", "ArrowDown"].includes(event.key) || !box.value.trim()) return;
    if (event.key === "Enter" && !go.hidden) return; // nothing here: ask the server
    event.preventDefault();
    list.focus();
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !list.size) return;
    event.preventDefault();
    list.size = 0;
  });
}
