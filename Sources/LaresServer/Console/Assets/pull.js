// Fetching a model: the form's own post, answered as events.
import { events } from "./stream.js";

const [form, problem, start, cancel, progress, bar, how, said] = ["pull", "problem", "start", "cancel", "progress", "bar", "how", "said"].map((id) =>
  document.getElementById(id),
);
const words = JSON.parse(form.dataset.texts);

function fail({ problem: text, detail, signIn }) {
  const place = problem.querySelector("p");
  place.textContent = text;
  if (signIn) place.append(" ", Object.assign(document.createElement("a"), { href: "/sign-in?back=/add-model", textContent: words.signIn }));
  if (detail) place.append(Object.assign(document.createElement("span"), { className: "detail", lang: "en", textContent: detail }));
  problem.hidden = false;
  problem.focus();
}

function show(step) {
  if (step.problem) return fail(step);
  if (step.done) return location.assign(step.done);
  how.textContent = step.text;
  if (step.part === undefined) bar.removeAttribute("value");
  else bar.value = step.part;
}

function refusal(status) {
  if (status === 401) return { problem: words.signedOut, signIn: true };
  if (status === 403 || status === 404) return { problem: words.forbidden };
  return { problem: status === 400 ? words.malformed : words.fault };
}

// The form's fields, and which of the well-known models was pressed.
function fields(button) {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.set(button.name, button.value);
  return data;
}

async function pull(body, signal) {
  const headers = { accept: "text/event-stream", "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(form.action, { method: "POST", headers, body, signal });
  if (!response.ok) return fail(refusal(response.status));
  let last = {};
  for await (const data of events(response)) show((last = JSON.parse(data)));
  if (!last.done && !last.problem) fail({ problem: words.lost });
}

function working(on) {
  for (const button of form.querySelectorAll("[name=pick]")) button.disabled = on;
  start.hidden = on;
  cancel.hidden = progress.hidden = !on;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const control = new AbortController();
  const body = fields(event.submitter);
  cancel.onclick = () => control.abort();
  problem.hidden = true;
  said.textContent = "";
  how.textContent = words.starting;
  bar.removeAttribute("value");
  working(true);
  cancel.focus();
  try {
    await pull(body, control.signal);
  } catch {
    if (!control.signal.aborted) fail({ problem: words.lost });
  }
  working(false);
  if (!control.signal.aborted) return;
  said.textContent = words.stopped;
  start.focus();
});
