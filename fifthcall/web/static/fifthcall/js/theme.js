// Runs before the first paint: puts the chosen theme on <html>. "auto" means whatever the system says.
(() => {
  const root = document.documentElement;
  const order = ["auto", "light", "dark"];
  const words = { auto: "Theme: as your system", light: "Theme: light", dark: "Theme: dark" };
  const chosen = () => {
    try { return order.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto"; }
    catch { return "auto"; }
  };
  const show = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.setAttribute("aria-label", words[theme]);
      button.title = words[theme];
    }
  };
  show(chosen());
  if (/Mac|iPhone|iPad/.test(navigator.platform)) root.dataset.mac = "";
  document.addEventListener("DOMContentLoaded", () => show(chosen()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = order[(order.indexOf(chosen()) + 1) % order.length];
    try { localStorage.setItem("theme", next); } catch { /* private window: the choice lasts for this page */ }
    show(next);
  });
})();
