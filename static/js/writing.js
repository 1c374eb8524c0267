/* Saves a draft while one writes, and shows similar suggestions; the page works without it.
   What the server has not got is kept on this device and offered back, also after signing in
   again. */

const form = document.querySelector("form[data-autosave]");
const said = document.getElementById("saved");
const WAIT = 2500; // ms without a keystroke
const SENT = "writing:sent";
let timer = 0;
let running = null;
let dirty = false;
let conflict = false;

/* --- kept on this device ------------------------------------------------------------------- */

function place() {
  return `writing:${form.dataset.writer}:${window.location.pathname}`;
}

function attempt(work) {
  try {
    return work();
  } catch {
    return null; // no storage here (private window, full): the page works without it
  }
}

function texts() {
  const found = {};
  for (const field of form.querySelectorAll("textarea, input[type=text], input[name=key]")) {
    found[field.name] = field.value;
  }
  return found;
}

function keep() {
  const kept = { at: Date.now(), texts: texts(), seen: form.elements.seen_at.value };
  attempt(() => localStorage.setItem(place(), JSON.stringify(kept)));
}

function forget(key) {
  attempt(() => localStorage.removeItem(key));
}

function keptAt(key) {
  return attempt(() => JSON.parse(localStorage.getItem(key)));
}

function differs(kept) {
  const now = texts();
  return Object.keys(kept.texts).some(
    (name) => name !== "key" && name in now && kept.texts[name] !== now[name],
  );
}

/* Came here straight from the form (not over the sign-in page): what was sent has arrived. */
function forgetSent() {
  const key = attempt(() => sessionStorage.getItem(SENT));
  const from = attempt(() => new URL(document.referrer).pathname);
  if (key && from && key.endsWith(`:${from}`)) {
    forget(key);
    attempt(() => sessionStorage.removeItem(SENT));
  }
}

function offerKept() {
  const sent = attempt(() => sessionStorage.getItem(SENT));
  if (sent && sent !== place() && keptAt(sent) && !differs(keptAt(sent))) {
    forget(sent); // the new draft got its own page
  }
  const kept = keptAt(place());
  if (!kept) {
    return;
  }
  if (!differs(kept)) {
    forget(place());
    return;
  }
  const box = document.getElementById("kept");
  document.getElementById("kept-at").textContent = new Date(kept.at).toLocaleString("zh-CN");
  box.hidden = false;
  document.getElementById("kept-take").addEventListener("click", () => {
    for (const [name, value] of Object.entries(kept.texts)) {
      if (form.elements[name]) {
        form.elements[name].value = value;
      }
    }
    form.elements.seen_at.value = kept.seen;
    box.hidden = true;
    saveSoon();
  });
  document.getElementById("kept-drop").addEventListener("click", () => {
    forget(place());
    box.hidden = true;
  });
}

/* Both texts stand on the page; the next press of a button decides. */
function showTheirs(told) {
  const list = document.getElementById("theirs-texts");
  list.replaceChildren();
  for (const [name, text] of Object.entries(told.theirs ?? {})) {
    const label = document.createElement("dt");
    const words = document.createElement("dd");
    label.textContent = told.labels[name];
    words.textContent = text || "（空）";
    words.style.whiteSpace = "pre-wrap";
    list.append(label, words);
  }
  const panel = document.getElementById("theirs");
  panel.hidden = false;
  panel.scrollIntoView({ block: "start" });
  conflict = true;
}

/* --- saving -------------------------------------------------------------------------------- */

async function save() {
  const data = new FormData(form);
  data.delete("paper");
  dirty = false;
  const answer = await fetch(form.dataset.autosave, { method: "POST", body: data });
  if (!answer.headers.get("Content-Type")?.includes("json")) {
    said.textContent = answer.redirected
      ? "登录已过期，还没有保存。文字已留在这台设备上，重新登录后回到本页可以找回。"
      : "没有自动保存，请按「保存草稿」。文字已留在这台设备上。";
    return;
  }
  const told = await answer.json();
  said.textContent = told.said;
  if (told.seen_at) {
    form.elements.seen_at.value = told.seen_at;
  }
  if (answer.ok && !dirty) {
    forget(place());
  }
  if (answer.status === 409) {
    showTheirs(told);
  }
}

function saveSoon() {
  dirty = true;
  keep();
  clearTimeout(timer);
  if (conflict) {
    return; // nothing is saved by itself until the writer has chosen
  }
  timer = setTimeout(saveNow, WAIT);
}

function saveNow() {
  clearTimeout(timer);
  if (running) {
    saveSoon();
    return;
  }
  running = save()
    .catch(() => {
      said.textContent = "网络不通，还没有保存；恢复后会再试。";
      saveSoon();
    })
    .finally(() => {
      running = null;
    });
}

/* A press of a button waits for a save that is on its way, so that neither is called stale. */
function submitAfterSave(event) {
  clearTimeout(timer);
  keep();
  attempt(() => sessionStorage.setItem(SENT, place()));
  if (!running) {
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  running.finally(() => form.requestSubmit(button));
}

async function showSimilar() {
  const title = form.elements.title.value.trim();
  const place = document.getElementById("similar");
  if (title.length < 6) {
    place.replaceChildren();
    return;
  }
  const asked = new URLSearchParams({ title, text: form.elements.situation.value.slice(0, 300) });
  if (form.elements.draft) {
    asked.set("draft", form.elements.draft.value);
  }
  const answer = await fetch(`${form.dataset.similar}?${asked}`);
  if (answer.ok) {
    place.innerHTML = await answer.text();
  }
}

function begin() {
  form.addEventListener("input", saveSoon);
  form.addEventListener("submit", submitAfterSave, { capture: true });
  form.elements.title.addEventListener("change", () => showSimilar().catch(() => {}));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty && !conflict) {
      saveNow();
    }
  });
  offerKept();
}

if (form) {
  begin();
} else {
  forgetSent();
}
