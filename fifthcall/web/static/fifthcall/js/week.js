// data-week: its blocks ([data-moves]) are dragged, or moved with the arrow keys; then their dialog asks which ones move.
// Nothing is saved before that. data-open-now: a dialog that has something to say is open from the beginning.
const QUARTER = 15;
const pad = (n) => String(n).padStart(2, "0");
const clock = (minutes) => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
const columns = (block) => [...block.closest("[data-week]").querySelectorAll("[data-day]")];
const begin = (block) => Number(block.dataset.h) * 60 + Number(block.dataset.m);
const length = (block) => Number(block.dataset.lh) * 60 + Number(block.dataset.lm);
const wide = () => matchMedia("(min-width: 60.01rem)").matches;

const place = (block, column, minutes) => {
  const at = Math.min(Math.max(Math.round(minutes / 5) * 5, 0), 24 * 60 - 5 - length(block));
  block.dataset.h = Math.floor(at / 60);
  block.dataset.m = at % 60;
  block.dataset.shifted = "";
  if (block.parentElement !== column) {
    const focused = document.activeElement === block;
    column.append(block);
    if (focused) block.focus();
  }
  block.querySelector("b").textContent = `${clock(at)}–${clock(at + length(block))}`;
};

const fill = (block) => {
  const form = document.getElementById(block.dataset.open)?.querySelector("form");
  if (!form || !("shifted" in block.dataset)) return;
  const set = (name, value) => { form.querySelector(`[name$="-${name}"]`).value = value; };
  const day = block.closest("[data-day]").dataset.day;
  const was = form.querySelector("[name$='-day']").value;
  set("day", day);
  set("start", clock(begin(block)));
  set("end", clock(begin(block) + length(block)));
  const weekday = (text) => (new Date(`${text}T12:00Z`).getUTCDay() + 6) % 7;
  const box = (text) => form.querySelector(`[name$="-weekdays"][value="${weekday(text)}"]`);
  if (was !== day && box(was)) { box(was).checked = false; box(day).checked = true; }
};

// A dialog that is closed without moving puts the block back where it was.
const home = new WeakMap();
const remember = (block) => {
  if (!home.has(block)) home.set(block, { column: block.parentElement, at: begin(block) });
};
const back = (block) => {
  const was = home.get(block);
  if (!was) return;
  place(block, was.column, was.at);
  fill(block);
  delete block.dataset.shifted;
};

let drag = null;
document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest("[data-moves]");
  if (!block || event.button || !wide()) return;
  const box = block.getBoundingClientRect();
  drag = { block, x: event.clientX, y: event.clientY, grip: event.clientY - box.top, moving: false };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.moving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
  drag.moving = true;
  event.preventDefault();
  remember(drag.block);
  const all = columns(drag.block);
  const column = all.find((one) => event.clientX < one.getBoundingClientRect().right) ?? all.at(-1);
  const box = column.getBoundingClientRect();
  const week = column.closest("[data-week]").dataset;
  const hours = Number(week.last) - Number(week.first);
  const minutes = Number(week.first) * 60 + ((event.clientY - drag.grip - box.top) / box.height) * hours * 60;
  place(drag.block, column, Math.round(minutes / QUARTER) * QUARTER);
});
document.addEventListener("pointerup", () => {
  const { block, moving } = drag ?? {};
  drag = null;
  if (!moving) return;
  fill(block);
  document.getElementById(block.dataset.open).showModal();
  // The click that ends a drag would count as one beside the dialog, and close it.
  const swallow = (event) => { event.stopPropagation(); event.preventDefault(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
});

const ARROWS = { ArrowUp: [0, -QUARTER], ArrowDown: [0, QUARTER], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
document.addEventListener("keydown", (event) => {
  const block = event.target.closest?.("[data-moves]");
  if (!block) return;
  if (event.key === "Escape") return back(block);
  const by = ARROWS[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  remember(block);
  const all = columns(block);
  const at = all.indexOf(block.parentElement) + by[0];
  place(block, all[Math.min(Math.max(at, 0), all.length - 1)], begin(block) + by[1]);
  fill(block);
});

for (const dialog of document.querySelectorAll("dialog")) {
  if ("openNow" in dialog.dataset) dialog.showModal();
  dialog.addEventListener("close", () => {
    const block = document.querySelector(`[data-open="${CSS.escape(dialog.id)}"]`);
    if (block) back(block);
  });
}
