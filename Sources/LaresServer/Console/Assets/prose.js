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
    return element(mark === 2 ? "b" : "code", "", part.slice(mark, -mark));
  });
}

export function element(tag, look, ...content) {
  const made = document.createElement(tag);
  if (look) made.className = look;
  made.append(...content);
  return made;
}

function block(code) {
  if (!code) return element("p", "", "");
  const made = element("pre", "", element("code", "", ""));
  made.tabIndex = 0;
  return made;
}

// Makes the box read `text` by changing only what differs.
export function paint(box, text) {
  const found = blocks(text);
  found.forEach(({ code, text }, place) => {
    let part = box.children[place];
    if (part?.tagName !== (code ? "PRE" : "P")) {
      const fresh = block(code);
      if (part) part.replaceWith(fresh);
      else box.append(fresh);
      part = fresh;
    }
    const node = (code ? part.firstChild : part).firstChild;
    if (node.data !== text) node.data = text;
    part.classList.remove("caret");
  });
  while (box.children.length > found.length) box.lastChild.remove();
}

export function finishPaint(box, text) {
  paint(box, text);
  blocks(text).forEach((block, place) => block.code || box.children[place].replaceChildren(...spans(block.text)));
}
