// Fetching a model: the form's own post, answered as events.
import { events } from "./stream.js";

const form = document.getElementById("pull");
const problem = document.getElementById("problem");
const start = document.getElementById("start");
const cancel = document.getElementById("cancel");
const progress = document.getElementById("progress");
const bar = document.getElementById("bar");
const how = document.getElementById("how");
const starting = how.textContent;

function fail(message) {
  problem.querySelector("p").textContent = message;
  problem.hidden = false;
  problem.focus();
}

function show(step) {
  if (step.problem) return fail(step.problem);
  if (step.done) return location.assign(step.done);
  how.textContent = step.text;
  if (step.part === undefined) bar.removeAttribute("value");
  else bar.value = step.part;
}

async function pull(signal) {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { accept: "text/event-stream", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(new FormData(form)),
    signal,
  });
  let last = {};
  for await (const data of events(response)) show((last = JSON.parse(data)));
  if (!last.done && !last.problem) fail(form.dataset.lost);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const control = new AbortController();
  cancel.onclick = () => control.abort();
  problem.hidden = true;
  start.hidden = true;
  cancel.hidden = progress.hidden = false;
  how.textContent = starting;
  bar.removeAttribute("value");
  try {
    await pull(control.signal);
  } catch {
    if (!control.signal.aborted) fail(form.dataset.lost);
  }
  start.hidden = false;
  cancel.hidden = progress.hidden = true;
});
