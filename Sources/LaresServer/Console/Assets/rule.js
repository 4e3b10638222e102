// The form of a rule. What a part asks for depends on what is chosen in it, so the server draws the form anew; the reader keeps their place.
const form = document.querySelector("[data-rule]");

const asked = (submitter) => new URLSearchParams(new FormData(form, submitter));

async function look(submitter) {
  let sent, body;
  // What was typed while the server drew isn't lost: it draws again.
  do {
    sent = asked(submitter);
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "text/html" } });
    body = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-rule]");
    if (!body) return location.reload();
  } while (`${asked(submitter)}` !== `${sent}`);
  const held = document.activeElement?.id;
  form.replaceChildren(...body.childNodes);
  const list = submitter.dataset.part && document.getElementById(submitter.dataset.part);
  const added = list && submitter.value.startsWith("add") && [...list.querySelectorAll(":scope>.part")].pop();
  (added?.querySelector(".f") ?? list?.querySelector("select,button") ?? document.getElementById(held))?.focus();
}

// One after another: what is drawn later knows of what was drawn before. Where the server can't be asked so, the browser posts the form itself;
// a page that is being left needs neither.
let isPlain;
let drawn = Promise.resolve();
const drawing = (button) => [...form.querySelectorAll("button")].find(({ name, value }) => name === button.name && value === button.value);
const draw = (button) => {
  drawn = drawn.then(async () => {
    const submitter = drawing(button);
    if (!submitter) return;
    try {
      await look(submitter);
    } catch {
      if (!submitter.isConnected) return;
      isPlain = true;
      form.requestSubmit(submitter);
    }
  });
};

form?.addEventListener("submit", (event) => {
  if (isPlain || !event.submitter?.matches("[data-part],[value=look]")) return;
  event.preventDefault();
  draw(event.submitter);
});
form?.addEventListener("change", ({ target }) => target.matches("[data-looks]") && draw(form.querySelector("[value=look]")));
