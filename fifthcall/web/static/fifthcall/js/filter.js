// data-filter="#list": typing hides the rows ([data-row]) of that list which lack the words; [data-none] shows when none is left.
document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-filter]");
  if (!box) return;
  const list = document.querySelector(box.dataset.filter);
  if (!list) return;
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of list.querySelectorAll("[data-row]")) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  const none = list.querySelector("[data-none]");
  if (none) none.hidden = shown > 0;
});
