// Messages in other languages than English, which the application has in itself: each a chunk, loaded when it is chosen.

const LOADERS: Record<string, () => Promise<{ default: string }>> = {
  ko: () => import("../../app/src/messages/ko.txt"),
};

/** The messages of a language, a line each; `auto` is the browser's. Empty for one that has none of its own. */
export async function loadMessages(locale: string): Promise<string> {
  const language = locale === "auto" ? navigator.language.replace(/-.*/, "") : locale;
  return (await LOADERS[language]?.())?.default ?? "";
}
