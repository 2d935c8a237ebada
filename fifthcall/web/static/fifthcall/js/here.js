// A row of pages too long for the screen shows the one you are on.
for (const here of document.querySelectorAll("nav [aria-current='page']")) {
  const row = here.closest("nav");
  const at = here.getBoundingClientRect(), room = row.getBoundingClientRect();
  row.scrollLeft += at.left + at.width / 2 - (room.left + room.width / 2);
}
