/* Scoring without signal: what is typed stays in this browser (IndexedDB) and is sent once.
   Each sending carries a number (client_key); the server knows one that it has had. The page
   works without this file, too: then the buttons send the form. */

const form = document.querySelector("form[data-sheet]");
const kept = document.getElementById("kept");
const RETRY = 20_000; // ms between attempts while there is no signal
let record = null;
let sending = false;

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("inspection", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("sheets", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function stored(mode, act) {
  const base = await opened();
  return new Promise((resolve, reject) => {
    const work = base.transaction("sheets", mode);
    const asked = act(work.objectStore("sheets"));
    work.oncomplete = () => resolve(asked.result);
    work.onerror = () => reject(work.error);
  }).finally(() => base.close());
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function clock() {
  const now = new Date();
  return `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
}

function say(words, isFault = false, state = "") {
  kept.hidden = false;
  kept.textContent = words;
  kept.dataset.state = state;
  kept.classList.toggle("notice-error", isFault);
}

function token() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
}

/* The sum on the page is a help for the eye, in whole hundredths; the server counts anew. */
function hundredths(text) {
  const parts = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text.trim());
  return parts ? Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0")) : 0;
}

function showTotal() {
  let total = 0;
  for (const field of form.querySelectorAll("input[name^=deduction_]")) {
    total += hundredths(field.max) - hundredths(field.value);
  }
  document.getElementById("total").textContent = (total / 100).toFixed(2);
}

/* Nothing taken off may also mean nothing looked at: who submits it says which. */
function askIfClear(wants) {
  const clear = form.elements.all_clear;
  const lost = [...form.querySelectorAll("input[name^=deduction_]")].some((f) => hundredths(f.value));
  const asks = wants === "submit" && !lost && !clear.checked;
  clear.setCustomValidity(asks ? "各项都没有扣分的，请勾选后再提交。" : "");
}

function remember() {
  const fields = {};
  for (const field of form.elements) {
    if (field.name && !["file", "submit", "hidden"].includes(field.type)) {
      fields[field.name] = field.type === "checkbox" && !field.checked ? "" : field.value;
    }
    if (field.type === "file" && field.files.length) {
      record.photos[field.name] = field.files[0];
    }
  }
  record.fields = fields;
  return stored("readwrite", (sheets) => sheets.put(record));
}

function restore() {
  for (const [name, value] of Object.entries(record.fields)) {
    const field = form.elements[name];
    if (field?.type === "checkbox") {
      field.checked = value !== "";
    } else if (field) {
      field.value = value;
    }
  }
  for (const [name, photo] of Object.entries(record.photos)) {
    const files = new DataTransfer();
    files.items.add(photo);
    if (form.elements[name]) {
      form.elements[name].files = files.files;
    }
  }
}

function packed() {
  const data = new FormData();
  for (const [name, value] of Object.entries(record.fields)) {
    data.set(name, value);
  }
  for (const [name, photo] of Object.entries(record.photos)) {
    data.set(name, photo, "photo.jpg");
  }
  data.set("client_key", record.clientKey);
  data.set("edition", record.edition);
  data.set("then", record.wants);
  return data;
}

async function send() {
  if (sending || !record.wants) {
    return;
  }
  sending = true;
  say("正在送达……", false, "sending");
  try {
    const answer = await fetch(location.pathname, {
      method: "POST",
      body: packed(),
      headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    await take(answer);
  } catch {
    say("没有信号。内容已留在本机，有信号后自动送达。", false, "waiting");
    setTimeout(send, RETRY);
  } finally {
    sending = false;
  }
}

async function take(answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) {
    say("没有送达：登录可能已过期。内容还在本机，请重新登录后打开这一页。", true, "refused");
    return;
  }
  const told = await answer.json();
  if (!answer.ok) {
    record.wants = "";
    await remember();
    say(`没有送达：${told.said}`, true, "refused");
    return;
  }
  await stored("readwrite", (sheets) => sheets.delete(record.key));
  if (told.submitted) {
    location.assign(form.dataset.done);
    return;
  }
  Object.assign(record, { clientKey: newKey(), edition: told.edition, wants: "", photos: {} });
  say(`${clock()} 已送达，现在得 ${told.total} 分。`, false, "sent");
}

async function begin() {
  const key = `${form.dataset.user}:${form.dataset.sheet}`;
  const found = await stored("readonly", (sheets) => sheets.get(key));
  const edition = form.elements.edition.value;
  record = found ?? { key, clientKey: newKey(), edition, fields: {}, photos: {}, wants: "" };
  if (!found && form.dataset.fresh !== undefined) {
    form.elements.inspected_on.value = new Date().toLocaleDateString("sv"); // 2026-09-03
  }
  if (found) {
    restore();
    say("已恢复本机留着的内容，还没有送达。", false, "kept");
  }
  showTotal();
  form.addEventListener("input", async () => {
    record.wants = "";
    askIfClear("");
    showTotal();
    await remember();
    say(`${clock()} 已保存在本机，还没有送达。`, false, "kept");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    askIfClear(event.submitter?.value ?? "save");
    if (!form.reportValidity()) {
      return;
    }
    record.wants = event.submitter?.value ?? "save";
    await remember();
    send();
  });
  window.addEventListener("online", send);
  send();
}

async function keepPages() {
  const place = document.querySelector("[data-worker]");
  if (!place || !("serviceWorker" in navigator)) {
    return;
  }
  await navigator.serviceWorker.register(place.dataset.worker, { scope: place.dataset.scope });
  const ready = await navigator.serviceWorker.ready;
  const links = [...document.querySelectorAll("a[data-take]")].map((link) => link.href);
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  const pages = form ? [location.href] : links;
  ready.active.postMessage({ pages, files: files.filter((name) => name.includes("/static/")) });
}

navigator.serviceWorker?.addEventListener("message", (event) => {
  const said = document.getElementById("taken");
  if (said && event.data.taken) {
    said.hidden = false;
    said.textContent = `已备好 ${event.data.taken} 张打分表，没有信号也能打开。`;
  }
});

if (form) {
  begin().catch(() => say("这个浏览器不能在本机留存，请在有信号时打分。", true, "refused"));
}
keepPages().catch(() => {});
