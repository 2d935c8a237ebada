// The event page: what is noted is kept in this phone's own database first, and sent when there is a network. Each entry
// has a key of its own, so that sending it again, when the answer was lost, changes nothing.
const root = document.getElementById("event");
const form = document.getElementById("met");
const at = (name) => root.querySelector(`[data-${name}]`);
const KEPT_EVENT = "fifthcall-event", KEPT_SLOTS = "fifthcall-slots";

const open = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("fifthcall-event", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("met", { keyPath: "key" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const store = async (mode, act) => {
  const base = await open();
  return new Promise((resolve, reject) => {
    const deal = base.transaction("met", mode);
    const asked = act(deal.objectStore("met"));
    deal.oncomplete = () => { base.close(); resolve(asked?.result); };
    deal.onerror = () => { base.close(); reject(deal.error); };
  });
};
const all = async () => (await store("readonly", (met) => met.getAll())).sort((a, b) => b.met_at.localeCompare(a.met_at));
const keep = (entry) => store("readwrite", (met) => met.put(entry));

let slots = JSON.parse(localStorage.getItem(KEPT_SLOTS) ?? '{"slots": [], "read": ""}');

const showSlots = async () => {
  const taken = new Set((await all()).map((entry) => entry.slot));
  const chosen = form.slot.value;
  form.slot.replaceChildren(new Option("No time yet", ""));
  for (const one of slots.slots) if (!taken.has(one.at) && new Date(one.at) > new Date()) form.slot.add(new Option(one.words, one.at));
  form.slot.value = chosen;
  const age = slots.read ? Math.round((Date.now() - new Date(slots.read)) / 60000) : null;
  at("age").textContent = age === null ? "" : age < 2 ? "Free times are of now." : `Free times are ${age} minutes old.`;
};

const WORDS = {
  waiting: "Waiting for a network",
  sending: "Being sent",
  met: "Sent, with the meeting",
  noted: "Sent",
  taken: "Sent. That time is taken: agree on another, it stands on Today",
  wrong: "Not taken: ",
};
const show = async () => {
  const entries = await all();
  at("none").hidden = entries.length > 0;
  at("list").replaceChildren(...entries.map((entry) => {
    const row = document.createElement("li");
    row.className = "person row row-between";
    const name = document.createElement("p");
    name.textContent = entry.name;
    const state = document.createElement("span");
    state.className = "quiet small";
    state.textContent = WORDS[entry.state] + (entry.problem ?? "");
    row.append(name, state);
    return row;
  }));
  const waiting = entries.filter((entry) => entry.state === "waiting").length;
  at("net").textContent = waiting ? `${waiting} waiting.` : navigator.onLine ? "Ready." : "No network: everything is kept here.";
};

const problem = (words, link) => {
  const place = at("problem");
  place.hidden = !words;
  place.textContent = words;
  if (link) {
    const sign = document.createElement("a");
    sign.href = root.dataset.signIn;
    sign.textContent = " Sign in";
    place.append(sign);
  }
};

const fetchSlots = async () => {
  const answer = await fetch(root.dataset.slots, { headers: { Accept: "application/json" } });
  if (answer.redirected || !answer.ok) throw new Error("signed out");
  const said = await answer.json();
  slots = { slots: said.slots, read: new Date().toISOString() };
  localStorage.setItem(KEPT_SLOTS, JSON.stringify(slots));
  return said.token;
};

const send = async (entry, token) => {
  const body = new FormData();
  for (const name of ["key", "event", "name", "company", "phone", "email", "cares", "why_not", "met_at", "slot", "uid"]) body.append(name, entry[name] ?? "");
  if (entry.photo) body.append("photo", entry.photo, "card.jpg");
  const answer = await fetch(root.dataset.people, { method: "POST", body, headers: { "X-CSRFToken": token } });
  if (answer.redirected || answer.status === 403) throw new Error("signed out");
  if (answer.status === 422) return { ...entry, state: "wrong", problem: (await answer.json()).problem };
  if (!answer.ok) throw new Error("later");
  const said = await answer.json();
  return { ...entry, state: said.state, photo: null, problem: "" };
};

let busy = false;
const sync = async () => {
  if (busy) return;
  busy = true;
  try {
    const token = await fetchSlots();
    problem("");
    for (const entry of (await all()).reverse()) {
      if (entry.state !== "waiting") continue;
      await keep(await send(entry, token));
      await show();
    }
  } catch (error) {
    if (error.message === "signed out" && navigator.onLine) problem("You are signed out. What you noted is kept here and goes out when you are back.", true);
  } finally {
    busy = false;
    await show();
    await showSlots();
  }
};

const invite = (slot, name) => {
  at("invitation").hidden = false;
  at("invited").textContent = `${name}: ${slot.words}`;
  at("code").innerHTML = slot.code;
  at("file").href = URL.createObjectURL(new Blob([slot.ics], { type: "text/calendar" }));
  at("invitation").scrollIntoView();
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = Object.fromEntries(new FormData(form));
  const photo = form.photo.files[0] ?? null;
  if (!said.event.trim()) return problem("Say at which event.");
  if (!said.name.trim()) return problem("Say whom you met.");
  if (!said.phone.trim() && !said.email.trim() && !photo) return problem("Give a number, an address, or a photo of the card.");
  problem("");
  const slot = slots.slots.find((one) => one.at === said.slot);
  localStorage.setItem(KEPT_EVENT, said.event);
  const entry = { ...said, photo, key: crypto.randomUUID(), met_at: new Date().toISOString(), uid: slot?.uid ?? "", state: "waiting" };
  await keep(entry);
  form.reset();
  form.event.value = said.event;
  if (slot) invite(slot, said.name); else form.name.focus();
  await show();
  await showSlots();
  sync();
});

at("next").addEventListener("click", () => { at("invitation").hidden = true; form.name.focus(); });

at("clear").addEventListener("click", async () => {
  const waiting = (await all()).filter((entry) => entry.state === "waiting").length;
  const words = waiting ? `${waiting} not sent yet would be lost. Clear this phone all the same?` : "Forget what was noted on this phone? What was sent stays in Fifthcall.";
  if (!confirm(words)) return;
  await store("readwrite", (met) => met.clear());
  localStorage.removeItem(KEPT_SLOTS);
  localStorage.removeItem(KEPT_EVENT);
  slots = { slots: [], read: "" };
  for (const name of await caches.keys()) if (name.startsWith("event-")) await caches.delete(name);
  await show();
  await showSlots();
});

form.event.value = localStorage.getItem(KEPT_EVENT) ?? "";
addEventListener("online", sync);
setInterval(sync, 30000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(root.dataset.worker, { scope: "/event/" });
show();
showSlots();
sync();
