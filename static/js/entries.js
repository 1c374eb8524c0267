/* Entries begun on the way are kept in the browser until the portal has them, and sent once: every
   entry carries a number, and the server makes one record of a number. Without this file the forms
   work as plain forms. */

const { body } = document;
const USER = body.dataset.user || (body.dataset.shell === undefined ? "" : localStorage.getItem("entries-user"));
const BEGUN = "begun"; // typed, not yet saved by the person
const WAITING = "waiting"; // saved by the person, not yet with the portal
const FAULTY = "faulty"; // the portal asks for a correction
const AGAIN = 30000; // ms between two attempts while something waits
const PATIENCE = 20000; // ms for one attempt
const OWN = ["csrfmiddlewaretoken", "seen"]; // never kept
const outbox = document.getElementById("outbox");
const told = new Map(); // entry → what is said beside it on this page
let flushing = false;

/* The store */

function store(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("portal-entries", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "id" });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const dealing = opening.result.transaction("entries", mode);
      const asked = work(dealing.objectStore("entries"));
      dealing.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
      dealing.onerror = () => reject(dealing.error);
    };
  });
}

const put = (entry) => store("readwrite", (entries) => entries.put(entry));
const drop = (id) => store("readwrite", (entries) => entries.delete(id));

async function mine() {
  const entries = await store("readonly", (kept) => kept.getAll());
  return entries.filter((entry) => entry.user === USER).sort((a, b) => a.at - b.at);
}

/* Forms */

function freshNumber() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/* The portal's day, whatever the phone's clock is set to; this locale writes 2026-09-03. */
function portalToday() {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
}

/* A form out of the cache has an old number and an old day. */
function freshen(form) {
  form.elements.key.value = freshNumber();
  for (const field of form.querySelectorAll("input[type=date]")) {
    if (form.dataset.today && field.value === form.dataset.today) {
      field.value = portalToday();
    }
  }
}

function entryOf(form, state) {
  const fields = [];
  const files = [];
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File) {
      if (value.size) {
        files.push([name, value]);
      }
    } else if (!OWN.includes(name)) {
      fields.push([name, value]);
    }
  }
  const path = location.pathname + location.search;
  const id = form.elements.key.value;
  return { id, user: USER, path, name: form.dataset.offline, state, fields, files, at: Date.now() };
}

function fill(form, entry) {
  const values = new Map();
  for (const [name, value] of entry.fields) {
    values.set(name, [...(values.get(name) || []), value]);
  }
  for (const field of form.elements) {
    const given = values.get(field.name) || [];
    if (!field.name || OWN.includes(field.name) || field.type === "file" || field.type === "submit") {
      continue;
    }
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = given.includes(field.value);
    } else if (given.length) {
      [field.value] = given;
    }
  }
}

async function prepare(form) {
  let timer = 0;
  const blank = !document.querySelector(".faults");
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => !form.dataset.sending && put(entryOf(form, BEGUN)), 400);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    submit(form);
  });
  for (const link of form.querySelectorAll(".actions a")) {
    link.addEventListener("click", () => drop(form.elements.key.value));
  }
  if (!blank) {
    return;
  }
  freshen(form);
  const path = location.pathname + location.search;
  const open = (await mine()).filter((entry) => entry.path === path && entry.state !== WAITING);
  const wanted = open.find((entry) => location.hash === `#entry-${entry.id}`) || open.at(-1);
  if (wanted) {
    fill(form, wanted);
    sayRestored(form, wanted);
  }
}

function sayRestored(form, entry) {
  const said = document.createElement("p");
  said.className = "notice";
  said.append("接着上次没记完的。", button("清空重填", async () => {
    await drop(entry.id);
    form.reset();
    freshen(form);
    said.remove();
    show();
  }));
  form.prepend(said);
}

async function submit(form) {
  if (form.dataset.sending) {
    return;
  }
  form.dataset.sending = "1";
  const entry = entryOf(form, WAITING);
  try {
    await put(entry);
  } catch {
    form.submit(); // no store in this browser: a plain form
    return;
  }
  const outcome = await send(entry);
  if (outcome.address) {
    await drop(entry.id);
    location.assign(outcome.address);
  } else if (outcome.state === FAULTY) {
    await drop(entry.id);
    form.submit(); // the portal's own page says what is wrong
  } else {
    told.set(entry.id, outcome.said);
    form.reset();
    freshen(form);
    delete form.dataset.sending;
    delete form.dataset.sent;
    for (const each of form.querySelectorAll("[aria-disabled]")) {
      each.removeAttribute("aria-disabled");
    }
    await show();
    outbox.focus();
  }
}

/* Sending */

function token() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

async function send(entry) {
  const data = new FormData();
  for (const [name, value] of [...entry.fields, ...entry.files]) {
    data.append(name, value);
  }
  data.set("csrfmiddlewaretoken", token());
  let answer;
  try {
    const headers = { "X-Entry": "1" };
    answer = await fetch(entry.path, { method: "POST", body: data, headers, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return { said: "还没发出，有网后自动发送" };
  }
  if (answer.status >= 500) {
    return { said: "还没发出，平台暂时没有应答，过一会自动再发" };
  }
  if (answer.headers.get("Content-Type")?.includes("json")) {
    const { address } = await answer.json();
    return address.startsWith(body.dataset.login) ? { said: "还没发出，请先登录" } : { address };
  }
  return answer.status === 403 ? { said: "还没发出，请刷新页面或重新登录" } : { state: FAULTY };
}

async function flush() {
  if (flushing || body.dataset.shell !== undefined) {
    return;
  }
  flushing = true;
  for (const entry of (await mine()).filter((each) => each.state === WAITING)) {
    const outcome = await send(entry);
    if (outcome.address) {
      await drop(entry.id);
      sayGone(entry, outcome.address);
    } else if (outcome.state) {
      await put({ ...entry, state: FAULTY });
    } else {
      told.set(entry.id, outcome.said);
    }
  }
  flushing = false;
  await show();
}

/* What is said */

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function link(words, address) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = words;
  return made;
}

function line(shape, words, ...more) {
  const made = document.createElement("li");
  const mark = document.createElement("span");
  mark.setAttribute("aria-hidden", "true");
  mark.textContent = shape;
  made.append(mark, ` ${words} `, ...more);
  return made;
}

function when(entry) {
  const style = { timeZone: "Asia/Shanghai", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("zh-CN", { ...style, hourCycle: "h23" }).format(entry.at);
}

function sayGone(entry, address) {
  outbox.querySelector(".gone").append(line("✓", `${entry.name}（${when(entry)}记的）：已发出。`, link("看这条记录", address)));
  outbox.hidden = false;
}

/* The second press is the one that counts: nothing typed is lost by a slip. */
function discard(entry) {
  const made = button("不要了", async () => {
    if (made.dataset.sure) {
      await drop(entry.id);
      await show();
    } else {
      made.dataset.sure = "1";
      made.textContent = "真的不要？再点一次";
    }
  });
  return made;
}

function row(entry) {
  const name = `${entry.name}（${when(entry)}记的）`;
  const address = `${entry.path}#entry-${entry.id}`;
  if (entry.state === WAITING) {
    return line("●", `${name}：${told.get(entry.id) || "还没发出，有网后自动发送"}。`, button("现在发送", flush), discard(entry));
  }
  if (entry.state === FAULTY) {
    return line("■", `${name}：没有保存，要改正。`, link("打开改正", address), discard(entry));
  }
  return line("●", `${name}：记了一半。`, link("接着记", address), discard(entry));
}

async function show() {
  const here = location.pathname + location.search;
  const open = (entry) => location.hash === `#entry-${entry.id}` || entry.state === BEGUN;
  const entries = (await mine()).filter((entry) => entry.path !== here || !open(entry));
  outbox.querySelector(".kept").replaceChildren(...entries.map(row));
  outbox.hidden = !entries.length && !outbox.querySelector(".gone").children.length;
}

/* Signing out takes everything of this person with it, after a word about what is not sent. */
function guardSignOut(form) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sure) {
      return;
    }
    event.preventDefault();
    const entries = await mine();
    const leave = async () => {
      await Promise.all(entries.map((entry) => drop(entry.id)));
      localStorage.removeItem("entries-user");
      navigator.serviceWorker?.controller?.postMessage("forget");
      form.dataset.sure = "1";
      form.requestSubmit();
    };
    if (!entries.length) {
      await leave();
      return;
    }
    const words = `还有 ${entries.length} 条没有发出，退出会从这台手机上删掉。`;
    outbox.querySelector(".gone").replaceChildren(line("■", words, button("删掉并退出", leave)));
    outbox.hidden = false;
    outbox.focus();
  });
}

async function keepForms() {
  if (!navigator.serviceWorker || !body.dataset.worker) {
    return;
  }
  await navigator.serviceWorker.register(body.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const forms = [...document.querySelectorAll("a[data-keep]")].map((each) => each.href);
  if (forms.length) {
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")];
    active.postMessage({ forms, files: files.map((each) => each.href || each.src) });
  }
}

async function begin() {
  if (body.dataset.user) {
    localStorage.setItem("entries-user", body.dataset.user);
  }
  await Promise.all([...document.querySelectorAll("form[data-offline]")].map(prepare));
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    guardSignOut(form);
  }
  window.addEventListener("online", flush);
  window.addEventListener("hashchange", () => location.hash.startsWith("#entry-") && location.reload());
  setInterval(flush, AGAIN);
  await show();
  await flush();
  await keepForms();
}

if (outbox && USER && window.indexedDB) {
  begin().catch(() => {}); // the plain forms go on working
}
