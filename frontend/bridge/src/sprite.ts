// The one place that makes markup of a text. The content security policy (`trusted-types sprite`) allows the policy of
// this name once, and no other way from a text to markup or code.

interface Policies {
  createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string };
}

/** Adds the icons' symbols to the page: markup of our own, known when the application was built. */
export function addSprite(markup: string): void {
  // Browsers without Trusted Types take the text itself.
  const policies = (window as { trustedTypes?: Policies }).trustedTypes;
  const trusted = policies?.createPolicy("sprite", { createHTML: (text) => text }).createHTML(markup) ?? markup;
  document.body.insertAdjacentHTML("beforeend", trusted);
}
