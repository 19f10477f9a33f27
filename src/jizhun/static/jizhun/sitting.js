// Saves every answer as it is given, and every half minute. While there is no connection answers are kept in this
// browser, across a reload too, and sent when it is back. An answer carries a number, so that sending it twice, or an
// older one late, changes nothing. Without this script the page's buttons save the form.
const EVERY = 30_000;
const SOON = 1_200;
const RETRY = 4_000;
const CALM = [60, 30, 10, 5, 1];

const paper = document.querySelector("#paper");
const said = (name, gaps = {}) => Object.entries(gaps).reduce(
  (text, [gap, value]) => text.replace(`{${gap}}`, value), paper.dataset[`said${name}`]);
const state = paper.querySelector("[data-state]");
const clock = paper.querySelector("[data-clock]");
const count = paper.querySelector("[data-count]");
const calm = paper.querySelector("[data-calm]");
const elsewhere = paper.querySelector("[data-elsewhere]");
const key = `jizhun-sitting-${paper.dataset.sitting}`;
const place = Number(paper.dataset.place);

let kept = read();
let number = Math.max(Number(paper.dataset.number), kept.number ?? 0);
let ends = performance.now() + Number(paper.dataset.left) * 1000;
const given = new Map();
let left = 0;
let waiting = null;
let sending = null;
let over = false;

function read() {
  try { return JSON.parse(localStorage.getItem(key)) ?? { answers: {} }; } catch { return { answers: {} }; }
}

function write() {
  // A browser that keeps nothing still sends; what is not sent then lives as long as the page.
  try { localStorage.setItem(key, JSON.stringify({ ...kept, number })); } catch { /* see above */ }
}

function tell(text, cut = false) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("cut", cut);
}

// -- what is answered ------------------------------------------------------------------------------

function answerOf(question) {
  const answer = {};
  for (const control of question.querySelectorAll("input, select")) {
    if ((control.type === "radio" || control.type === "checkbox") && !control.checked) continue;
    if (control.value.trim() === "") continue;
    const name = control.name.replace(/^a-\d+-?/, "");
    (answer[name] ??= []).push(control.value);
  }
  return answer;
}

function putBack(question, answer) {
  for (const control of question.querySelectorAll("input, select")) {
    const values = answer[control.name.replace(/^a-\d+-?/, "")] ?? [];
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  }
}

function mark(question, answered) {
  const link = paper.querySelector(`.numbers [data-number="${question}"]`);
  link.classList.toggle("answered", answered);
  link.querySelector("[data-answered]").textContent = answered ? said("Answered") : "";
  const links = [...paper.querySelectorAll(".numbers [data-number]")];
  count.textContent = `${links.filter((one) => one.classList.contains("answered")).length} / ${links.length}`;
}

// A mark of one's own, kept in this browser only: what to look at again before handing in.
function markAgain(question, again) {
  const link = paper.querySelector(`.numbers [data-number="${question}"]`);
  link.classList.toggle("again", again);
  link.querySelector("[data-marked]").textContent = again ? said("Marked") : "";
  paper.querySelector(`#q${question} [data-again]`).setAttribute("aria-pressed", String(again));
}

function changed(question) {
  const answer = answerOf(question);
  // Leaving a field tells of what was typed once more. Telling of it anew would move the page under the button
  // that somebody is pressing just then.
  const typed = JSON.stringify(answer);
  if (typed === given.get(question)) return;
  given.set(question, typed);
  kept.answers[question.dataset.question] = { place, number, answer };
  number += 1;
  write();
  mark(question.dataset.question, Object.keys(answer).length > 0);
  if (!state.classList.contains("cut")) tell(said("Saving"));
  clearTimeout(waiting);
  waiting = setTimeout(send, SOON);
}

// Two items never have the same place: the one that had it takes the other's.
function swap(control) {
  const others = [...control.closest("[data-swap]").querySelectorAll("select")].filter((one) => one !== control);
  const same = others.find((one) => one.value !== "" && one.value === control.value);
  if (same) same.value = control.dataset.was ?? "";
  for (const one of [control, ...others]) one.dataset.was = one.value;
}

// -- sending ---------------------------------------------------------------------------------------

async function post(packet) {
  const answer = await fetch(paper.dataset.save, {
    method: "POST", body: JSON.stringify(packet), credentials: "same-origin", signal: AbortSignal.timeout(20_000),
    headers: { "Content-Type": "application/json", "X-CSRFToken": paper.querySelector("[name=csrfmiddlewaretoken]").value },
  });
  if (answer.status >= 500) throw new Error(answer.status);
  const json = answer.headers.get("content-type")?.includes("json");
  return json ? answer.json() : { signedOut: true };
}

async function deliver() {
  const all = Object.entries(kept.answers);
  const from = all.length ? Math.min(...all.map(([, one]) => one.place)) : place;
  const some = all.filter(([, one]) => one.place === from);
  const notes = left;
  const told = await post({ place: from, left: notes, answers: some.map(
    ([question, one]) => ({ question: Number(question), number: one.number, answer: one.answer })) });
  if (told.signedOut) { tell(said("SignedOut"), true); return false; }
  if (told.wrong) { tell(told.wrong, true); return false; }
  if (told.state !== "running") { ended(); return false; }
  for (const [question, one] of some) {
    if (kept.answers[question]?.number === one.number) delete kept.answers[question];
  }
  left -= notes;
  write();
  ends = performance.now() + told.left * 1000;
  elsewhere.hidden = !told.elsewhere || from !== place;
  if (!elsewhere.hidden) elsewhere.textContent = said("Elsewhere");
  tell(said("Saved", { at: told.at }));
  return Object.keys(kept.answers).length === 0 || deliver();
}

async function send() {
  clearTimeout(waiting);
  if (over) return false;
  if (sending) { await sending; if (Object.keys(kept.answers).length === 0) return true; }
  sending = deliver().catch(() => {
    tell(said("Cut"), true);
    waiting = setTimeout(send, RETRY);
    return false;
  });
  const done = await sending;
  sending = null;
  return done;
}

function ended() {
  over = true;
  tell(said("Up"), true);
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  location.assign(paper.dataset.result);
}

// -- time ------------------------------------------------------------------------------------------

let before = Infinity;

async function tick() {
  const seconds = Math.max(0, Math.round((ends - performance.now()) / 1000));
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const passed = CALM.find((one) => before > one * 60 && seconds <= one * 60);
  if (passed && before !== Infinity) calm.textContent = said("Minutes", { n: passed });
  before = seconds;
  if (seconds === 0 && !over) {
    calm.textContent = said("Up");
    if (await send()) handIn();
  }
}

// When the time is up nobody has to press anything.
function handIn() {
  over = true;
  const form = document.createElement("form");
  form.method = "post";
  form.action = paper.dataset.submit;
  form.append(paper.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
  document.body.append(form);
  form.submit();
}

// -- begin -----------------------------------------------------------------------------------------

for (const [question, one] of Object.entries(kept.answers)) {
  const found = paper.querySelector(`[data-question="${question}"]`);
  if (found) { putBack(found, one.answer); mark(question, Object.keys(one.answer).length > 0); }
}
for (const question of paper.querySelectorAll("[data-question]")) given.set(question, JSON.stringify(answerOf(question)));
for (const button of paper.querySelectorAll("[data-again]")) {
  const question = button.closest("[data-question]").dataset.question;
  button.hidden = false;
  markAgain(question, (kept.again ?? []).includes(question));
  button.addEventListener("click", () => {
    const others = (kept.again ?? []).filter((one) => one !== question);
    const again = button.getAttribute("aria-pressed") !== "true";
    kept.again = again ? [...others, question] : others;
    write();
    markAgain(question, again);
  });
}
const inSight = new IntersectionObserver((seen) => {
  for (const one of seen) {
    const link = paper.querySelector(`.numbers [data-number="${one.target.dataset.question}"]`);
    if (!one.isIntersecting) { link.removeAttribute("aria-current"); continue; }
    link.setAttribute("aria-current", "true");
    const strip = link.closest("ol");
    if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = link.offsetLeft - strip.clientWidth / 2;
  }
}, { rootMargin: "-35% 0px -60% 0px" });
for (const question of paper.querySelectorAll("[data-question]")) inSight.observe(question);
for (const control of paper.querySelectorAll("[data-swap] select")) control.dataset.was = control.value;

for (const kind of ["input", "change"]) {
  paper.addEventListener(kind, (event) => {
    const question = event.target.closest("[data-question]");
    if (!question) return;
    if (kind === "change" && event.target.closest("[data-swap]")) swap(event.target);
    if (kind === "change" || event.target.type === "text") changed(question);
  });
}
paper.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (over || button?.name === "do") return;
  event.preventDefault();
  const saved = await send();
  if (button?.value !== "end") {
    location.hash = `q${button?.value ?? 1}`;
    document.querySelector(`#q${button?.value ?? 1} input, #q${button?.value ?? 1} select`)?.focus();
  } else if (saved) location.assign(paper.dataset.submit);
  else if (!over) tell(said("Wait"), true);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") { left = 1; return; }
  const notes = document.querySelector("[data-notes]");
  notes.hidden = false;
  const line = document.createElement("li");
  line.textContent = said("Left");
  notes.querySelector("ul").append(line);
  send();
});
addEventListener("online", send);
tell(said("Ready"));
setInterval(tick, 1000);
setInterval(send, EVERY);
tick();
if (Object.keys(kept.answers).length) send();
