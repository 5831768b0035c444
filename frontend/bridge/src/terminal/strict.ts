// Lets xterm work under a content security policy without `unsafe-inline` styles.
//
// xterm makes `<style>` elements and writes `style` attributes. The first need the page's nonce; the second are the same as
// assigning `style.cssText`, which the policy allows. xterm takes its document as an option, so it gets
// one whose elements do that.

/** The page's document, with elements that keep to the policy. */
export function strictDocument(nonce: string): Document {
  const create = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = document.createElement(name, options);
    if (nonce !== "" && name.toLowerCase() === "style") element.nonce = nonce;
    element.setAttribute = setAttribute;
    return element;
  };
  return new Proxy(document, {
    get(target, key) {
      if (key === "createElement") return create;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
