// data-news="/today/news/" data-number="4": asks every second, while the page is seen, whether something newer came in.
// The answer's elements take the places of those with the same id; nothing that is being typed lies in these.
const EVERY = 1000;
let pause = EVERY;

const place = (made) => {
  const there = document.getElementById(made.id);
  if (!there || there.contains(document.activeElement)) return;
  there.replaceWith(made);
  window.htmx?.process(made);
};

const ask = async () => {
  const el = document.querySelector("[data-news]");
  if (!el || document.visibilityState !== "visible") return;
  const card = document.getElementById("card")?.dataset.opportunity ?? "";
  const query = new URLSearchParams({ since: el.dataset.number, card });
  const answer = await fetch(`${el.dataset.news}?${query}`, { redirect: "manual" });
  if (answer.status !== 200) {
    if (answer.status !== 204) throw new Error("not now");
    return;
  }
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const piece of [...made.body.children]) if (piece.id) place(document.adoptNode(piece));
};

const again = async () => {
  try {
    await ask();
    pause = EVERY;
  } catch {
    pause = Math.min(pause * 2, 30 * EVERY); // the server is away, or we are signed out: ask ever less often
  }
  setTimeout(again, pause);
};

if (document.querySelector("[data-news]")) setTimeout(again, EVERY);
