// data-dropzone around a file input: files can be dropped on it, and the chosen ones are listed in [data-chosen].
const size = (bytes) => {
  const units = ["bytes", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), 3);
  return `${(bytes / 1024 ** step).toFixed(step > 1 ? 1 : 0)} ${units[step]}`;
};

const show = (zone) => {
  const input = zone.querySelector("input[type=file]");
  const limit = Number(zone.dataset.maxMb || 0) * 1024 * 1024;
  const lines = [...input.files].map((file) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    const note = document.createElement("span");
    name.textContent = file.name;
    note.textContent = limit && file.size > limit ? `${size(file.size)}: too large, the limit is ${zone.dataset.maxMb} MB` : size(file.size);
    item.append(name, note);
    return item;
  });
  const list = document.querySelector("[data-chosen]");
  list.replaceChildren(...lines);
  list.hidden = lines.length === 0;
  const go = document.querySelector("[data-needs-file]");
  if (go) go.disabled = lines.length === 0;
};

const zoneOf = (event) => event.target.closest?.("[data-dropzone]");

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    zoneOf(event)?.setAttribute("data-over", "");
  });
}
document.addEventListener("dragleave", (event) => zoneOf(event)?.removeAttribute("data-over"));
document.addEventListener("drop", (event) => {
  event.preventDefault(); // beside the zone too: else the browser would leave the page and open the file
  const zone = zoneOf(event);
  if (!zone || !event.dataTransfer.files.length) return;
  zone.removeAttribute("data-over");
  zone.querySelector("input[type=file]").files = event.dataTransfer.files;
  show(zone);
});
document.addEventListener("change", (event) => {
  const zone = zoneOf(event);
  if (zone) show(zone);
});
