// data-seconds="10": counts down in [data-left], then removes the element. Pointer or focus on it stops the clock.
const start = (el) => {
  let left = Number(el.dataset.seconds);
  const shown = el.querySelector("[data-left]");
  const show = () => { if (shown) shown.textContent = left; };
  show();
  const timer = setInterval(() => {
    if (!el.isConnected) return clearInterval(timer);
    if (el.matches(":hover, :focus-within")) return;
    left -= 1;
    show();
    if (left > 0) return;
    clearInterval(timer);
    el.remove();
  }, 1000);
};

const find = (root) => {
  for (const el of root.querySelectorAll("[data-seconds]:not([data-counting])")) {
    el.dataset.counting = "";
    start(el);
  }
};

find(document);
document.addEventListener("htmx:afterSettle", () => find(document));
document.addEventListener("htmx:oobAfterSwap", () => find(document));
