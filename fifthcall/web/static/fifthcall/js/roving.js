// data-roving: j/k or the arrows move through its links and buttons; the one opened last is marked as current.
const items = (list) => [...list.querySelectorAll("a[href], button")].filter((el) => el.getClientRects().length);

const typing = (el) => el.matches("input, textarea, select") || el.isContentEditable;

const off = () => {
  try { return localStorage.getItem("single-keys") === "off"; } catch { return false; }
};

const step = (key, inside) => {
  if (key === "j" || (inside && key === "ArrowDown")) return 1;
  if (key === "k" || (inside && key === "ArrowUp")) return -1;
  return 0;
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key.length === 1 && off()) return;
  const list = event.target.closest("[data-roving]") ?? document.querySelector("[data-roving]");
  if (!list || document.querySelector("dialog[open]")) return;
  const by = step(event.key, list.contains(event.target));
  if (!by) return;
  const all = items(list);
  const at = all.indexOf(event.target.closest("a, button"));
  const next = at < 0 ? all[0] : all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-roving] [hx-get]");
  if (!item) return;
  for (const other of item.closest("[data-roving]").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  item.setAttribute("aria-current", "true");
});
