// What every page may have: confirmations in a dialog, copying, live rows. Pages work without all of it.
const words = document.body.dataset;

for (const link of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    dialog.showModal();
  });
}

for (const box of document.querySelectorAll(".copy")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "b";
  button.textContent = words.copy;
  said.className = "sr";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code").textContent);
    button.textContent = said.textContent = words.copied;
    setTimeout(() => {
      button.textContent = words.copy;
      said.textContent = "";
    }, 4000);
  });
  box.append(button, said);
}

document.querySelector(".note[tabindex]:not([hidden])")?.focus();

// Live rows: the server sends finished rows; only cells that differ are replaced, so focus stays where it is.
const live = document.querySelector("[data-live]");
if (live) {
  const pill = document.getElementById("live");
  const offline = document.getElementById("offline");
  let source, since;

  const show = ({ sentence, rows }) => {
    document.getElementById("sentence").textContent = sentence;
    const table = document.createElement("template");
    table.innerHTML = rows;
    const fresh = [...table.content.querySelectorAll("tr")];
    if (live.tagName !== "TBODY" || !fresh.length) {
      if (fresh.length || live.tagName === "TBODY") location.reload();
      return;
    }
    const old = new Map([...live.rows].map((row) => [row.dataset.name, row]));
    fresh.forEach((row, place) => {
      const mine = old.get(row.dataset.name) ?? row;
      old.delete(row.dataset.name);
      if (mine !== row)
        [...row.cells].forEach((cell, index) => {
          if (cell.innerHTML !== mine.cells[index].innerHTML) mine.cells[index].innerHTML = cell.innerHTML;
        });
      if (live.rows[place] !== mine) live.insertBefore(mine, live.rows[place] ?? null);
    });
    for (const gone of old.values()) gone.remove();
  };

  const connect = () => {
    source = new EventSource(live.dataset.live);
    source.onopen = () => {
      since = undefined;
      offline.hidden = true;
      if (pill) pill.hidden = false;
    };
    source.onmessage = (event) => show(JSON.parse(event.data));
    source.onerror = () => {
      since ??= new Date().toTimeString().slice(0, 5);
      if (pill) pill.hidden = true;
      offline.querySelector("p").textContent = offline.dataset.text.replace("{time}", since);
      offline.hidden = false;
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    };
  };

  // A hidden tab keeps no connection: browsers allow six to a server.
  const follow = () => (document.hidden ? source?.close() : connect());
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => source?.close());
  if (!document.hidden) connect();
}
