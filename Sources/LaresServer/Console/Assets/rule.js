// The form of a rule. What a part asks for depends on what is chosen in it, so the server draws the form anew; the reader keeps their place.
const form = document.querySelector("[data-rule]");

async function look(submitter) {
  const held = document.activeElement?.id;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, submitter)), headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = fresh.querySelector("[data-rule]");
  if (!body) return location.reload();
  form.replaceChildren(...body.childNodes);
  const list = submitter.dataset.part && document.getElementById(submitter.dataset.part);
  const added = list && submitter.value.startsWith("add") && [...list.querySelectorAll(":scope>.part")].pop();
  (added?.querySelector(".f") ?? list?.querySelector("select,button") ?? document.getElementById(held))?.focus();
}

// Where the server can't be asked so, the browser posts the form itself; a page that is being left needs neither.
let isPlain;
const draw = (submitter) =>
  look(submitter).catch(() => {
    if (!submitter.isConnected) return;
    isPlain = true;
    form.requestSubmit(submitter);
  });

form?.addEventListener("submit", (event) => {
  if (isPlain || !event.submitter?.matches("[data-part],[value=look]")) return;
  event.preventDefault();
  draw(event.submitter);
});
form?.addEventListener("change", ({ target }) => target.matches("[data-looks]") && draw(form.querySelector("[value=look]")));
