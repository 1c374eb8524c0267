/* Saves a draft while one writes, and shows similar suggestions; the page works without it. */

const form = document.querySelector("form[data-autosave]");
const said = document.getElementById("saved");
const WAIT = 2500; // ms without a keystroke
let timer = 0;
let running = null;
let dirty = false;

async function save() {
  const data = new FormData(form);
  data.delete("paper");
  dirty = false;
  const answer = await fetch(form.dataset.autosave, { method: "POST", body: data });
  if (!answer.headers.get("Content-Type")?.includes("json")) {
    said.textContent = "没有自动保存，请按「保存草稿」。";
    return;
  }
  const told = await answer.json();
  said.textContent = told.said;
  if (answer.ok) {
    form.elements.seen_at.value = told.seen_at;
  }
}

function saveSoon() {
  dirty = true;
  clearTimeout(timer);
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

form.addEventListener("input", saveSoon);
form.addEventListener("submit", submitAfterSave, { capture: true });
form.elements.title.addEventListener("change", () => showSimilar().catch(() => {}));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && dirty) {
    saveNow();
  }
});
