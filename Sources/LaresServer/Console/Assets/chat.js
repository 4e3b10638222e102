// Chat over /v1/chat/completions, the way every client does it. Text goes into text nodes only.
import { events } from "./stream.js";

const $ = (id) => document.getElementById(id);
const form = $("talk");
if (form) start();

// Prose and fenced code: [{ code, text }]. The server's Prose.swift makes the same blocks.
function blocks(text) {
  const found = [];
  let lines = [];
  let code = false;
  const close = () => {
    const joined = lines.join("\n");
    if (code ? lines.length : joined.trim()) found.push({ code, text: code ? joined : joined.replace(/^\n+|\s+$/g, "") });
    lines = [];
  };
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) {
      close();
      code = !code;
    } else if (!code && !line.trim()) close();
    else lines.push(line);
  }
  close();
  return found;
}

// Strong words and code inside a paragraph, once it is finished.
function spans(text) {
  return text.split(/(\*\*[^*\n]+\*\*|`[^`\n]+`)/).map((part) => {
    const mark = part.startsWith("**") ? 2 : part.startsWith("`") ? 1 : 0;
    if (!mark || part.length <= 2 * mark || !part.endsWith(part.slice(0, mark))) return part;
    const span = document.createElement(mark === 2 ? "b" : "code");
    span.textContent = part.slice(mark, -mark);
    return span;
  });
}

function finishPaint(box, text) {
  paint(box, text);
  blocks(text).forEach((block, place) => block.code || box.children[place].replaceChildren(...spans(block.text)));
}

function paint(box, text) {
  const found = blocks(text);
  found.forEach((block, place) => {
    let part = box.children[place];
    if (!part || part.tagName !== (block.code ? "PRE" : "P")) {
      const fresh = document.createElement(block.code ? "pre" : "p");
      const holder = block.code ? fresh.appendChild(document.createElement("code")) : fresh;
      holder.append("");
      if (block.code) fresh.tabIndex = 0;
      if (part) part.replaceWith(fresh);
      else box.append(fresh);
      part = fresh;
    }
    const node = (block.code ? part.firstChild : part).firstChild;
    if (node.data !== block.text) node.data = block.text;
    part.classList.remove("caret");
  });
  while (box.children.length > found.length) box.lastChild.remove();
}

function start() {
  const shown = 30;
  const words = form.dataset;
  const log = $("log");
  const message = $("message");
  const problem = $("problem");
  const earlier = $("earlier");
  const begin = $("begin");
  const say = (text, n) => text.replace("{n}", n);
  const kept = JSON.parse($("history").value || "[]");
  let talk = kept.length ? kept : recall();
  let from = Math.max(0, talk.length - shown);
  let running;

  function recall() {
    try {
      const saved = JSON.parse(sessionStorage.getItem("lares.chat") ?? "{}");
      if ([...$("model").options].some((option) => option.value === saved.model) && !new URLSearchParams(location.search).has("model"))
        $("model").value = saved.model;
      return saved.talk ?? [];
    } catch {
      return [];
    }
  }

  function remember() {
    try {
      sessionStorage.setItem("lares.chat", JSON.stringify({ model: $("model").value, talk }));
    } catch {
      // Full or forbidden: the page still has the conversation.
    }
  }

  const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 48;
  const toEnd = () => scrollTo(0, document.documentElement.scrollHeight);

  function bubble(turn) {
    if (turn.role === "user") {
      const mine = document.createElement("p");
      mine.className = "me";
      mine.textContent = turn.content;
      return mine;
    }
    const box = document.createElement("div");
    const body = document.createElement("div");
    box.className = "ai";
    body.className = "stack";
    box.append(body);
    finishPaint(body, turn.content);
    if (turn.meta) box.append(meta(turn.meta));
    return box;
  }

  function meta(parts) {
    const line = document.createElement("p");
    line.className = "meta";
    for (const part of parts) {
      const span = document.createElement("span");
      span.textContent = part;
      line.append(span);
    }
    return line;
  }

  function redraw() {
    log.replaceChildren(earlier, begin, ...talk.slice(from).map(bubble));
    earlier.hidden = from === 0;
    begin.hidden = talk.length > 0;
  }

  earlier.addEventListener("click", () => {
    const height = document.documentElement.scrollHeight;
    const first = log.children[2];
    from = Math.max(0, from - shown);
    redraw();
    scrollBy(0, document.documentElement.scrollHeight - height);
    (from ? earlier : (first ?? log)).focus?.();
  });

  function fail(text) {
    problem.querySelector("p").textContent = text;
    problem.hidden = false;
    if (atEnd()) toEnd();
  }

  async function refusal(response) {
    const body = await response.json().catch(() => ({}));
    const error = body.error ?? {};
    if (response.status === 401) return words.refused;
    if (response.status === 429) return say(words.busy, response.headers.get("retry-after") ?? 1);
    if (error.code === "context_length_exceeded") return words.long;
    if (error.code === "draining") return words.draining;
    return error.message ?? `${response.status} ${response.statusText}`;
  }

  function busy(on) {
    $("send-do").hidden = on;
    $("stop-do").hidden = !on;
    $("model").disabled = on;
  }

  // One answer: batches of 50 ms into the last text node; figures under it when it ends.
  async function answer(signal) {
    const box = document.createElement("div");
    const body = document.createElement("div");
    const state = { text: "", first: 0, last: 0, tokens: 0, note: undefined, began: performance.now() };
    box.className = "ai";
    body.className = "stack caret";
    box.append(body);
    log.append(box);
    toEnd();
    let due;
    const flush = () => {
      due = undefined;
      const follow = atEnd();
      paint(body, state.text);
      body.classList.toggle("caret", !body.lastChild);
      body.lastChild?.classList.add("caret");
      if (follow) toEnd();
    };
    try {
      await receive(state, signal, () => (due ??= setTimeout(flush, 50)));
    } catch (error) {
      if (signal.aborted) state.note = words.stopped;
      else fail(error.refusal ?? words.lost);
    }
    clearTimeout(due);
    flush();
    body.classList.remove("caret");
    body.lastChild?.classList.remove("caret");
    finishPaint(body, state.text);
    finish(state, box);
  }

  async function receive(state, signal, arrived) {
    const response = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: $("model").value,
        messages: talk.map(({ role, content }) => ({ role, content })),
        stream: true,
        stream_options: { include_usage: true },
      }),
      signal,
    });
    if (!response.ok) throw { refusal: await refusal(response) };
    let ended = false;
    for await (const data of events(response)) {
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw { refusal: chunk.error.message };
      if (chunk.usage) state.tokens = chunk.usage.completion_tokens;
      const choice = chunk.choices?.[0];
      if (choice?.finish_reason) ended = true;
      if (choice?.finish_reason === "length") state.note = words.limit;
      if (!choice?.delta?.content) continue;
      state.text += choice.delta.content;
      state.last = performance.now();
      state.first ||= state.last;
      state.count = (state.count ?? 0) + 1;
      arrived();
    }
    if (!ended) throw new Error("cut short");
  }

  function finish(state, box) {
    if (!state.text.trim()) {
      box.remove();
      return;
    }
    const tokens = state.tokens || state.count;
    const seconds = (state.last - state.first) / 1000;
    const parts = [say(words.tokens, tokens)];
    if (tokens > 1 && seconds > 0) parts.push(say(words.rate, ((tokens - 1) / seconds).toFixed(seconds * 10 > tokens ? 1 : 0)));
    parts.push(say(words.first, ((state.first - state.began) / 1000).toFixed(state.first - state.began < 95 ? 2 : 1)));
    if (state.note) parts.push(state.note);
    const follow = atEnd();
    box.append(meta(parts));
    if (follow) toEnd();
    talk.push({ role: "assistant", content: state.text, meta: parts });
    $("spoken").textContent = state.text;
  }

  async function send() {
    const text = message.value.trim();
    if (!text) return;
    message.value = "";
    problem.hidden = true;
    // A message that was never answered is sent again, with the new one, as one.
    const last = talk.at(-1);
    if (last?.role === "user") last.content += "\n" + text;
    else talk.push({ role: "user", content: text });
    from = Math.max(from, talk.length - shown);
    redraw();
    running = new AbortController();
    busy(true);
    await answer(running.signal);
    running = undefined;
    busy(false);
    remember();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) running.abort();
    else send();
  });
  $("send").addEventListener("click", (event) => {
    if (!running) return;
    event.preventDefault();
    running.abort();
  });
  message.addEventListener("keydown", (event) => {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || touch) return;
    event.preventDefault();
    if (!running && message.value.trim()) form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") running?.abort();
  });
  $("new").addEventListener("click", (event) => {
    event.preventDefault();
    running?.abort();
    talk = [];
    from = 0;
    problem.hidden = true;
    $("spoken").textContent = "";
    remember();
    redraw();
    message.focus();
  });
  $("model").addEventListener("change", remember);

  redraw();
  if (talk.length) toEnd();
}
