// data-hotkey="1", "mod+enter" or "escape": pressing it does what a click or focus on that element does.
// While typing only mod+… and Escape count; plain keys can be switched off in the help dialog (WCAG 2.1.4).
const typing = (el) => el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])");

const nameOf = (event) => {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  return (event.ctrlKey || event.metaKey ? "mod+" : "") + key;
};

const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;

const reachable = (el) => !el.disabled && el.getClientRects().length > 0;

const off = () => {
  try { return localStorage.getItem("single-keys") === "off"; } catch { return false; }
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const key = nameOf(event);
  const always = key.startsWith("mod+") || key === "escape";
  if (!always && (off() || typing(event.target))) return;
  if (event.repeat) return;
  const all = [...scope().querySelectorAll("[data-hotkey]")];
  const target = all.find((el) => el.dataset.hotkey === key && reachable(el));
  if (!target) return;
  event.preventDefault();
  if (target.matches("input:not([type=submit], [type=button], [type=checkbox], [type=radio], [type=file]), textarea, select")) target.focus();
  else target.click();
});
