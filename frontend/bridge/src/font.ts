// The font of code. The browser fetches only the scripts (Latin, Greek, …) that are shown, and shows text in a
// fallback until they are there.

import cyrillic from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-cyrillic-wght-normal.woff2";
import greek from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-greek-wght-normal.woff2";
import latinExt from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-ext-wght-normal.woff2";
import latin from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2";

const FAMILY = "JetBrains Mono Variable";

/** The family list of code. */
export const CODE_FONT = `"${FAMILY}", ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace`;

/** The same, after the person's own choice. */
export const EDITOR_FONT = `var(--editor-font, ${CODE_FONT})`;

/** Files and what they draw, as the font's package states it. */
const FACES: [string, string][] = [
  [latin, "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD"],
  [latinExt, "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF"],
  [cyrillic, "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116"],
  [greek, "U+0370-0377, U+037A-037F, U+0384-038A, U+038C, U+038E-03A1, U+03A3-03FF"],
];

let added = false;

/** Makes the font known to the page. */
export function useCodeFont(): void {
  if (added) return;
  added = true;
  for (const [file, unicodeRange] of FACES) {
    // The bundler gives an address relative to the chunk, which is right under any path prefix.
    const source = `url(${JSON.stringify(new URL(file, import.meta.url).href)}) format("woff2")`;
    document.fonts.add(new FontFace(FAMILY, source, { weight: "100 800", display: "swap", unicodeRange }));
  }
}
