// What the person does, counted. What comes late (an answer, an editor that has loaded) may move the focus or what is in
// front only if nothing was done since it was asked for.

const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"];

let count = 0;

/** How many things the person has done until now. */
export function acts(): number {
  return count;
}

/** Begins to count; before anything else hears of what is done. */
export function countActs(): void {
  for (const kind of ["pointerdown", "input"]) addEventListener(kind, () => count++, { capture: true });
  addEventListener("keydown", event => { if (isAct(event)) count++; }, { capture: true });
}

/** Letters that meet nothing to write in are no act: somebody types ahead. */
function isAct(event: KeyboardEvent): boolean {
  if (MODIFIERS.includes(event.key)) return false;
  const isText = [...event.key].length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  return !isText || !(event.target === document.body || event.target instanceof HTMLButtonElement);
}
