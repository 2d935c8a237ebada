{# context: keep (addresses of files the page needs). #}
// Keeps the event page and its files on this phone, so that it opens without a network. Nothing else is kept.
const NAME = "event-4";
const PAGE = "{% url 'event' %}";
const SLOTS = "{% url 'event_slots' %}";
const FILES = [{% for one in keep %}"{{ one|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([PAGE, ...FILES])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("event-") && name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

// The network first; what it said is kept for when there is none. A redirect (to sign in) is never kept.
const fresh = async (request) => {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request.url);
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const ours = url.pathname === PAGE || url.pathname === SLOTS || url.pathname.startsWith("/static/");
  if (ours) event.respondWith(fresh(event.request));
});
