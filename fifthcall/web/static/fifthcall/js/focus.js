// data-focus-first: the form takes the focus when it appears: the field that is wrong, else the first one. Not on a phone,
// whose keyboard would then cover the page: there its title takes it, if it has one.
const FIRST = ":is(select, textarea, input:not([type=hidden], [type=radio])), input:checked";
const touch = matchMedia("(hover: none) and (pointer: coarse)").matches;

const focus = (form) => {
  if (form.contains(document.activeElement)) return;
  const field = form.querySelector("[aria-invalid=true]") ?? form.querySelector(FIRST);
  (touch ? form.querySelector("[tabindex='-1']") : field)?.focus();
};

const find = (root) => { for (const form of root.querySelectorAll("[data-focus-first]")) focus(form); };

find(document);
document.addEventListener("htmx:afterSettle", (event) => find(event.target));
