// What is said when the application's module cannot go on: it has panicked, or was ended by the browser.

import { keep } from "./kept";
import { say } from "./messages";

let said = false;

/** Says that the page cannot go on, and offers to load it again. Once: what fails after that follows from it. */
export function crashed(message: string): void {
  console.error(message);
  if (said) return;
  said = true;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", say("bridge.crash.title"));
  const title = element("h2", say("bridge.crash.title"));
  title.className = "dialog-title";
  const lost = keep();
  const kept = lost.length === 0
    ? say("bridge.crash.kept")
    : say("bridge.crash.lost", { files: lost.join(", ") });
  const body = element("p", say("bridge.crash.body", { kept }));
  const details = element("details", "");
  details.append(element("summary", say("bridge.crash.details")), element("pre", message.slice(0, 4000)));
  const buttons = element("div", "");
  buttons.className = "dialog-buttons";
  const reload = element("button", say("bridge.crash.reload"));
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
