/* Opens sheets without signal: the newest page from the network, else the one that was kept. */

const KEPT = "inspection-1";
const SHEET = /\/inspection\/sheets\/\d+\/score\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    return false;
  }
  await (await caches.open(KEPT)).put(address, answer);
  return true;
}

self.addEventListener("message", (event) => {
  const { pages, files } = event.data;
  const work = Promise.allSettled([...pages, ...files].map(keep)).then((done) => {
    const taken = done.slice(0, pages.length).filter((each) => each.value === true).length;
    event.source.postMessage({ taken });
  });
  event.waitUntil(work);
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const isOurs = address.origin === self.location.origin;
  const isKept = SHEET.test(address.pathname) || address.pathname.startsWith("/static/");
  if (event.request.method !== "GET" || !isOurs || !isKept) {
    return;
  }
  event.respondWith(
    fetch(event.request).catch(async () => {
      const found = await caches.match(address.href);
      return found ?? Response.error();
    }),
  );
});
