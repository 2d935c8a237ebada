// Power mode: [data-power="3"] counts down in [data-left], then presses [data-power-call]. Only while somebody is there:
// the page is seen and has the focus; any key or click stops it, and it never starts twice for the same card.
const start = (el) => {
  let left = Number(el.dataset.power);
  const shown = el.querySelector("[data-left]");
  const stop = (words) => {
    clearInterval(timer);
    removeEventListener("keydown", stopped, true);
    removeEventListener("pointerdown", stopped, true);
    if (words) el.lastElementChild.textContent = words;
  };
  const stopped = () => stop("Stopped. C calls.");
  const timer = setInterval(() => {
    if (!el.isConnected) return stop("");
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    left -= 1;
    if (shown) shown.textContent = left;
    if (left > 0) return;
    stop("Calling.");
    document.querySelector("[data-power-call]")?.click();
  }, 1000);
  addEventListener("keydown", stopped, true);
  addEventListener("pointerdown", stopped, true);
};

const find = () => {
  const el = document.querySelector("[data-power]:not([data-counting])");
  if (!el) return;
  el.dataset.counting = "";
  start(el);
};

find();
document.addEventListener("htmx:afterSettle", find);
