// What is said when the application's module cannot go on: it has panicked, or was ended by the browser.

import { keep } from "./kept";

let said = false;

/** Says that the page cannot go on, and offers to load it again. Once: what fails after that follows from it. */
export function crashed(message: string): void {
  console.error(message);
  if (said) return;
  said = true;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", "This page has to be loaded again");
  const title = element("h2", "This page has to be loaded again");
  title.className = "dialog-title";
  const lost = keep();
  const kept = lost.length === 0
    ? "What you typed is kept"
    : `What you typed last in ${lost.join(", ")} is in this page alone: copy it from its editor first. All else is kept`;
  const body = element("p", `Something in it went wrong and it cannot go on. ${kept}; terminals and programs run on.`);
  const details = element("details", "");
  details.append(element("summary", "What went wrong"), element("pre", message.slice(0, 4000)));
  const buttons = element("div", "");
  buttons.className = "dialog-buttons";
  const reload = element("button", "Reload");
  reload.className = "primary";
  reload.addEventListener("click", () => location.reload());
  buttons.append(reload);
  dialog.append(title, body, details, buttons);
  // Nothing behind it answers any more: it stays.
  dialog.addEventListener("cancel", event => event.preventDefault());
  document.body.append(dialog);
  // What is to be copied must be reached.
  if (lost.length === 0) dialog.showModal();
  else dialog.show();
  reload.focus();
}

/** Hears of an end of the module that it could not announce itself: no memory, no stack. */
export function watchForCrashes(): void {
  const look = (reason: unknown) => {
    if (reason instanceof WebAssembly.RuntimeError) crashed(`${reason.message}\n${reason.stack ?? ""}`);
  };
  addEventListener("error", event => look(event.error));
  addEventListener("unhandledrejection", event => look(event.reason));
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
