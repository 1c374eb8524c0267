/* Keeps the forms readable without signal. Caches our own static files, the page that says there is
   no network, and the entry forms that the signed-in person's own pages name, never anything else;
   signing out empties it. */

const STATIC = "static-1";
const SHELL = "shell-1";
const FORMS = "forms-1"; // one person's blank forms; emptied when anybody signs out or in
const PATIENCE = 8000; // ms until a page that hangs is taken from the cache

const ROOT = new URL(self.registration.scope).pathname;
const OFFLINE = `${ROOT}offline/`;
const LEAVING = [`${ROOT}logout/`, `${ROOT}login/`];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

/* Asked for as a stranger, so that it holds nothing of anybody. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  const answer = await fetch(OFFLINE, { credentials: "omit" });
  await cache.put(OFFLINE, answer);
}

async function forgetOthers() {
  const kept = [STATIC, SHELL, FORMS];
  const names = await caches.keys();
  await Promise.all(names.filter((name) => !kept.includes(name)).map((name) => caches.delete(name)));
}

self.addEventListener("message", (event) => {
  if (event.data.forms) {
    event.waitUntil(warm(event.data.forms, event.data.files));
  }
  if (event.data === "forget") {
    event.waitUntil(caches.delete(FORMS));
  }
});

async function warm(forms, files) {
  const pages = await caches.open(FORMS);
  const kept = await caches.open(STATIC);
  await Promise.allSettled([...forms.map((form) => keep(pages, form)), ...files.map((file) => keep(kept, file))]);
}

/* A sign-in page that came instead of the form is not kept. */
async function keep(cache, address) {
  const answer = await fetch(address);
  if (answer.ok && !answer.redirected) {
    await cache.put(address, answer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) {
    return;
  }
  if (LEAVING.includes(address.pathname)) {
    event.waitUntil(caches.delete(FORMS));
    return;
  }
  if (request.method !== "GET") {
    return;
  }
  if (address.pathname.startsWith(`${ROOT}static/`)) {
    event.respondWith(staticFile(event));
  } else if (request.mode === "navigate") {
    event.respondWith(page(request));
  }
});

/* The kept copy at once, and a newer one for the next time. */
async function staticFile(event) {
  const cache = await caches.open(STATIC);
  const held = await cache.match(event.request);
  if (!held) {
    return fetch(event.request);
  }
  event.waitUntil(keep(cache, event.request).catch(() => {}));
  return held;
}

async function page(request) {
  const cache = await caches.open(FORMS);
  const held = await cache.match(request.url);
  const asked = fetch(request);
  try {
    const answer = await (held ? Promise.race([asked, late()]) : asked);
    if (held && answer.ok && !answer.redirected) {
      await cache.put(request.url, answer.clone());
    }
    return answer;
  } catch {
    asked.catch(() => {});
    return held || caches.match(OFFLINE);
  }
}

function late() {
  return new Promise((_, refuse) => {
    setTimeout(() => refuse(new Error("late")), PATIENCE);
  });
}
