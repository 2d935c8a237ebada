// Fills the help dialog with the keys that work on the page as it stands now.
const words = (el) =>
  el.dataset.hotkeyLabel || el.getAttribute("aria-label") || el.textContent.trim().replace(/\s+/g, " ");

const caps = (key) =>
  key.split("+").map((part) => {
    const cap = document.createElement("kbd");
    if (part === "mod") cap.className = "mod";
    else cap.textContent = part.length > 1 ? part[0].toUpperCase() + part.slice(1) : part.toUpperCase();
    return cap;
  });

const line = ([key, label]) => {
  const item = document.createElement("li");
  const text = document.createElement("span");
  const keys = document.createElement("span");
  text.textContent = label;
  keys.append(...caps(key));
  item.append(text, keys);
  return item;
};

const fill = (dialog) => {
  const seen = new Map();
  for (const el of document.querySelectorAll("[data-hotkey]")) {
    if (!dialog.contains(el) && el.getClientRects().length && !seen.has(el.dataset.hotkey)) seen.set(el.dataset.hotkey, words(el));
  }
  if (document.querySelector("[data-roving]")) seen.set("j", "Down the list").set("k", "Up the list");
  dialog.querySelector("[data-keys]").replaceChildren(...[...seen].map(line));
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open=help]")) fill(document.getElementById("help"));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-single-keys]")) localStorage.setItem("single-keys", event.target.checked ? "on" : "off");
});

const box = document.querySelector("[data-single-keys]");
try { if (box) box.checked = localStorage.getItem("single-keys") !== "off"; } catch { /* stays on */ }
