// What every page may have: confirmations in a dialog, copying, live parts. Pages work without all of it.
const words = document.body.dataset;

function opens(link) {
  const open = (event) => {
    event.preventDefault();
    document.getElementById(link.dataset.dialog).showModal();
  };
  link.setAttribute("role", "button");
  link.addEventListener("click", open);
  link.addEventListener("keydown", (event) => event.key === " " && open(event));
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return words.copied;
  } catch {
    getSelection().selectAllChildren(code);
    return words.selected;
  }
}

// The page keeps room for the button: nothing moves when it comes.
function copies(box) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "b";
  button.textContent = words.copy;
  said.className = "sr";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    button.textContent = said.textContent = await copy(box.querySelector("code"));
    setTimeout(() => {
      button.textContent = words.copy;
      said.textContent = "";
    }, 4000);
  });
  box.append(button, said);
}

document.querySelectorAll("[data-dialog]").forEach(opens);
document.querySelectorAll(".copy").forEach(copies);
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => sessionStorage.clear());
document.querySelector(".note[tabindex]:not([hidden]), [data-result]")?.focus();
document.querySelector("[data-most]")?.addEventListener("change", ({ target }) => {
  const { most, large } = target.dataset;
  target.setCustomValidity(target.files[0]?.size > most ? large : "");
});

// Live pages: the server sends finished HTML; only what differs is replaced, so focus stays where it is.
const live = document.querySelector("[data-live]");
const pill = document.getElementById("live");
const offline = document.getElementById("offline");
let source, since, timer, ended;

function parsed(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box;
}

function show(state) {
  const { sentence, rows, parts, said, over } = state;
  document.getElementById("sentence").textContent = sentence;
  for (const [id, html] of Object.entries(parts ?? {})) {
    // What is new since the page was made is seen when it is opened next: a page that reloads by itself loses its reader's place.
    const box = document.getElementById(id);
    if (box) swap(box, parsed(html));
  }
  if (rows !== undefined) showRows([...parsed(rows).content.querySelectorAll("tr")]);
  // Who begins to listen later, after its own library has loaded, finds what was said last.
  live.state = state;
  live.dispatchEvent(new CustomEvent("state", { detail: state }));
  if (!over) return;
  ended = true;
  document.getElementById("said").textContent = said;
  pill.hidden = true;
  disconnect();
}

function swap(box, fresh) {
  if (box.innerHTML === fresh.innerHTML) return;
  const held = box.contains(document.activeElement) && document.activeElement;
  if (box.dataset.morph === undefined) box.replaceChildren(fresh.content);
  else morph(box, fresh.content);
  if (held && !held.isConnected) (box.querySelector(`[data-hold="${CSS.escape(held.dataset.hold ?? "")}"]`) ?? box.querySelector("a") ?? document.getElementById("main")).focus();
}

// What changes each second is changed in place: a button stays the button that somebody is about to press. What has a name (data-hold)
// is found by it wherever it is now; what is something else is another.
function morph(old, fresh) {
  const nodes = [...fresh.childNodes];
  nodes.forEach((node, place) => {
    let mine = old.childNodes[place];
    const hold = node.dataset?.hold;
    if (mine && mine.dataset?.hold !== hold) {
      const kept = hold && [...old.children].find((child) => child.dataset.hold === hold);
      old.insertBefore(kept || node, mine);
      if (!kept) return;
      mine = kept;
    }
    if (!mine) old.append(node);
    else if (mine.isEqualNode(node)) return;
    else if (mine.nodeType !== Node.ELEMENT_NODE || mine.nodeName !== node.nodeName || mine.id !== node.id) mine.replaceWith(node);
    else {
      for (const { name, value } of node.attributes) if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
      for (const { name } of [...mine.attributes]) if (name !== "open" && !node.hasAttribute(name)) mine.removeAttribute(name);
      morph(mine, node);
    }
  });
  while (old.childNodes.length > nodes.length) old.lastChild.remove();
}

function showRows(fresh) {
  const shown = live.tagName === "TBODY" && live.rows.length > 0;
  if (!shown || !fresh.length) {
    if (shown !== fresh.length > 0) location.reload();
    return;
  }
  const old = new Map([...live.rows].map((row) => [row.dataset.name, row]));
  fresh.forEach((row, place) => {
    const mine = old.get(row.dataset.name) ?? row;
    old.delete(row.dataset.name);
    if (mine !== row) update(mine, row);
    if (live.rows[place] !== mine) live.insertBefore(mine, live.rows[place] ?? null);
  });
  for (const gone of old.values()) gone.remove();
}

function update(mine, row) {
  [...row.cells].forEach((cell, index) => {
    if (cell.innerHTML !== mine.cells[index].innerHTML) mine.cells[index].innerHTML = cell.innerHTML;
  });
}

function warn(text, signIn) {
  if (pill) pill.hidden = true;
  offline.querySelector("span").textContent = text;
  offline.querySelector("a").hidden = !signIn;
  offline.hidden = false;
}

// A stream that the server refused: for want of a key, or for now.
async function refused() {
  const status = await fetch(location.pathname, { method: "HEAD", redirect: "manual", headers: { accept: "text/html" } }).then(
    (answer) => (answer.type === "opaqueredirect" ? 401 : answer.status),
    () => 0,
  );
  if (status === 401) return warn(offline.dataset.refused, true);
  if (!document.hidden) timer = setTimeout(connect, 5000);
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
}

function connect() {
  disconnect();
  if (ended) return;
  const mine = (source = new EventSource(live.dataset.live));
  mine.onopen = () => {
    since = undefined;
    offline.hidden = true;
    if (pill) pill.hidden = false;
  };
  mine.onmessage = (event) => show(JSON.parse(event.data));
  mine.onerror = () => {
    if (mine !== source) return;
    since ??= new Date().toTimeString().slice(0, 5);
    warn(offline.dataset.text.replace("{time}", since));
    if (mine.readyState === EventSource.CLOSED) refused();
  };
}

if (live) {
  // A hidden tab keeps no connection: browsers allow six to a server.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  live.addEventListener("renew", connect);
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => event.persisted && connect());
  if (!document.hidden) connect();
}
