// Chat over /v1/chat/completions, the way every client does it. Text goes into text nodes only.
import { element, finishPaint, paint } from "./prose.js";
import { events } from "./stream.js";

const shown = 30;
const $ = (id) => document.getElementById(id);
const form = $("talk");
const [log, message, problem, earlier, begin, model] = ["log", "message", "problem", "earlier", "begin", "model"].map($);
const { words, errors, sampling } = JSON.parse(form?.dataset.texts ?? "{}");
const say = (text, n) => text.replace("{n}", n);
let talk = [];
let from = 0;
let running;

function recall() {
  try {
    const saved = JSON.parse(sessionStorage.getItem("lares.chat") ?? "{}");
    if ([...model.options].some((option) => option.value === saved.model) && !new URLSearchParams(location.search).has("model"))
      model.value = saved.model;
    return saved.talk ?? [];
  } catch {
    return [];
  }
}

function remember() {
  try {
    sessionStorage.setItem("lares.chat", JSON.stringify({ model: model.value, talk }));
  } catch {
    // Full or forbidden: the page still has the conversation.
  }
}

const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 48;
const toEnd = () => scrollTo(0, document.documentElement.scrollHeight);

function keepingEnd(change) {
  const follow = atEnd();
  change();
  if (follow) toEnd();
}

const figures = (parts) => element("p", "meta", ...parts.map((part) => element("span", "", part)));

function bubble(turn) {
  if (turn.role === "user") return element("p", "me", turn.content);
  const body = element("div", "stack");
  finishPaint(body, turn.content);
  return element("div", "ai", body, ...(turn.meta ? [figures(turn.meta)] : []));
}

function draw() {
  from = Math.max(0, talk.length - shown);
  log.replaceChildren(earlier, begin, ...talk.slice(from).map(bubble));
  earlier.hidden = !from;
  begin.hidden = talk.length > 0;
}

function showEarlier() {
  const height = document.documentElement.scrollHeight;
  const next = Math.max(0, from - shown);
  begin.after(...talk.slice(next, from).map(bubble));
  from = next;
  earlier.hidden = !from;
  if (!from) {
    const first = begin.nextElementSibling;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
  scrollBy(0, document.documentElement.scrollHeight - height);
}

// What went wrong: a sentence in the reader's language, the server's own English words, and a way to sign in where that is what to do.
function fail({ text, detail, signIn }) {
  const parts = [text];
  if (signIn) {
    const link = element("a", "", words.signIn);
    link.href = "/sign-in?back=/chat";
    parts.push(" ", link);
  }
  if (detail) {
    const said = element("span", "detail", detail);
    said.lang = "en";
    parts.push(said);
  }
  keepingEnd(() => {
    problem.querySelector("p").replaceChildren(...parts);
    problem.hidden = false;
  });
}

async function refusal(response) {
  const { error = {} } = await response.json().catch(() => ({}));
  if (response.status === 401) return { text: words.refused, signIn: true };
  const wait = response.headers.get("retry-after") ?? 2;
  return { text: say(errors[error.code] ?? words.fault, wait), detail: error.message ?? `${response.status} ${response.statusText}` };
}

function busy(on) {
  $("send-do").hidden = on;
  $("stop-do").hidden = !on;
  model.disabled = on;
}

function ask(signal) {
  return fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: model.value,
      messages: talk.map(({ role, content }) => ({ role, content })),
      stream: true,
      stream_options: { include_usage: true },
      ...sampling,
    }),
    signal,
  });
}

function take(chunk, state) {
  if (chunk.error) throw { text: errors[chunk.error.code] ?? words.broken, detail: chunk.error.message };
  if (chunk.usage) state.tokens = chunk.usage.completion_tokens;
  const choice = chunk.choices?.[0];
  if (choice?.finish_reason) state.ended = true;
  if (choice?.finish_reason === "length") state.note = words.limit;
  if (!choice?.delta?.content) return;
  state.text += choice.delta.content;
  state.last = performance.now();
  state.first ||= state.last;
  state.count += 1;
}

async function receive(state, signal, arrived) {
  const response = await ask(signal);
  if (!response.ok) throw await refusal(response);
  for await (const data of events(response)) {
    if (data === "[DONE]") return;
    take(JSON.parse(data), state);
    arrived();
  }
  if (!state.ended) throw new Error("cut short");
}

// One answer: batches of 50 ms into the last text node. Gives what came of it.
async function answer(signal, box, body) {
  const state = { text: "", first: 0, last: 0, count: 0, began: performance.now() };
  let due;
  const flush = () => {
    due = undefined;
    keepingEnd(() => {
      paint(body, state.text);
      body.classList.toggle("caret", !body.lastChild);
      body.lastChild?.classList.add("caret");
    });
  };
  try {
    await receive(state, signal, () => (due ??= setTimeout(flush, 50)));
  } catch (error) {
    if (signal.aborted) state.note = words.stopped;
    else state.failure = error.text ? error : { text: state.text.trim() ? words.lost : words.unreached };
  }
  clearTimeout(due);
  body.classList.remove("caret");
  keepingEnd(() => finishPaint(body, state.text));
  return state;
}

function meta({ tokens, count, first, last, began, note }) {
  tokens ||= count;
  const seconds = (last - first) / 1000;
  const parts = [tokens === 1 ? words.token : say(words.tokens, tokens)];
  if (tokens > 1 && seconds > 0) parts.push(say(words.rate, ((tokens - 1) / seconds).toFixed(seconds * 10 > tokens ? 1 : 0)));
  parts.push(say(words.first, ((first - began) / 1000).toFixed(first - began < 95 ? 2 : 1)));
  if (note) parts.push(note);
  return parts;
}

function keep(state, box) {
  const parts = meta(state);
  keepingEnd(() => box.append(figures(parts)));
  talk.push({ role: "assistant", content: state.text, meta: parts });
  $("spoken").textContent = state.text;
}

// Nothing came: the message goes back into its box.
function putBack(text) {
  message.value = message.value ? text + "\n" + message.value : text;
}

function settle(state, box) {
  if (state.failure) fail(state.failure);
  if (state.text.trim()) return keep(state, box);
  box.previousElementSibling.remove();
  box.remove();
  putBack(talk.pop().content);
  begin.hidden = talk.length > 0;
  if (!state.failure && !state.note) fail({ text: words.empty });
}

async function send() {
  const text = message.value.trim();
  if (!text) return;
  const mine = talk; // "New chat" leaves this conversation, and its answer goes nowhere.
  const body = element("div", "stack caret");
  const box = element("div", "ai", body);
  const turn = { role: "user", content: text };
  const control = (running = new AbortController());
  message.value = "";
  problem.hidden = begin.hidden = true;
  mine.push(turn);
  log.append(bubble(turn), box);
  toEnd();
  remember();
  busy(true);
  try {
    const state = await answer(control.signal, box, body);
    if (talk === mine) settle(state, box);
  } finally {
    if (running === control) {
      running = undefined;
      busy(false);
    }
    remember();
  }
}

function renew() {
  running?.abort();
  running = undefined;
  busy(false);
  talk = [];
  problem.hidden = true;
  $("spoken").textContent = "";
  remember();
  draw();
  message.focus();
}

function submit(event) {
  event.preventDefault();
  if (running) running.abort();
  else send();
}

function key(event) {
  const touch = matchMedia("(pointer: coarse)").matches;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || touch) return;
  event.preventDefault();
  if (!running && message.value.trim()) form.requestSubmit();
}

function start() {
  const kept = JSON.parse($("history").value || "[]");
  talk = kept.length ? kept : recall();
  if (talk.at(-1)?.role === "user") putBack(talk.pop().content);
  earlier.addEventListener("click", showEarlier);
  form.addEventListener("submit", submit);
  $("send").addEventListener("click", (event) => running && submit(event));
  message.addEventListener("keydown", key);
  document.addEventListener("keydown", (event) => event.key === "Escape" && running?.abort());
  $("new").addEventListener("click", (event) => {
    event.preventDefault();
    renew();
  });
  model.addEventListener("change", remember);
  draw();
  if (talk.length) toEnd();
}

if (form) start();
