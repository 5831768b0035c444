// Text that the agent may not have when the application's module ends: kept in the browser until the page is loaded again.

/** Its place in the storage of this tab. */
const PLACE = "cumulo-typed";

/** What was typed in a document, and how it read as the agent had it, where that is known. */
export interface Carried {
  mine: string;
  before: string | undefined;
}

/** Documents, each with what the agent may not have of it. */
const holders = new Map<object, () => [path: string, carried: Carried] | undefined>();

/** Asks `tell` when the module ends, for as long as `holder` is not let go of. */
export function hold(holder: object, tell: () => [string, Carried] | undefined): void {
  holders.set(holder, tell);
}

/** Asks it no more. */
export function letGo(holder: object): void {
  holders.delete(holder);
}

/** Keeps what the agent may not have. Answers the paths of what could not be kept. */
export function keep(): string[] {
  const found = [...holders.values()].flatMap(tell => {
    const told = tell();
    return told === undefined ? [] : [told];
  });
  if (found.length === 0) return [];
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(found));
    return [];
  } catch {
    // The browser has no room for it.
    return found.map(([path]) => path);
  }
}

/** What was kept of a document: given once. */
export function take(path: string): Carried | undefined {
  try {
    const all = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]") as [string, Carried][];
    const found = all.find(([of]) => of === path);
    if (found !== undefined) sessionStorage.setItem(PLACE, JSON.stringify(all.filter(one => one !== found)));
    return found?.[1];
  } catch {
    // A browser without such a storage has kept nothing.
    return undefined;
  }
}
