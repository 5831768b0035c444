// Lets xterm's `<style>` elements pass the page's content security policy.
//
// xterm makes them while it opens, with the page's own `document.createElement` and without a nonce; it has no
// option for one.

/** Runs `open`, and gives every `<style>` element made meanwhile the nonce. */
export function withNonce(nonce: string, open: () => void): void {
  if (nonce === "") {
    open();
    return;
  }
  const create = Document.prototype.createElement;
  document.createElement = function (this: Document, name: string, options?: ElementCreationOptions): HTMLElement {
    const element = create.call(this, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  } as typeof document.createElement;
  try {
    open();
  } finally {
    // The own property goes; the prototype's method is back.
    Reflect.deleteProperty(document, "createElement");
  }
}
