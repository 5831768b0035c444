/**
 * The timers of the application's module, in place of the browser's. A delay of nothing ends with the turn that asked for
 * it: Yew draws, and where that took 16 ms it waits by such a timer before it runs the effects of what it has drawn. Keys
 * come before timers, so a key pressed then would still meet the old focus: what is typed after Ctrl+P would go into the code.
 */
export function setTimeout(handler: () => void, delay: number): number {
  if (delay > 0) return window.setTimeout(handler, delay);
  queueMicrotask(handler);
  return 0;
}
