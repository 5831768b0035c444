// The terminal's colours, read from the page's custom properties.

import type { ITheme } from "@xterm/xterm";

const ANSI = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** Colours that keep their contrast on a dark ground. */
const DARK: ITheme = {
  background: "#15171c", foreground: "#dfe3ea", cursor: "#6cb2ff", cursorAccent: "#15171c", selectionBackground: "#2f4a6e",
  black: "#3b414d", red: "#ff8a80", green: "#6fd08c", yellow: "#f2c14e", blue: "#6cb2ff", magenta: "#d2a8ff", cyan: "#7fdbe8",
  white: "#dfe3ea", brightBlack: "#8b95a5", brightRed: "#ffb4ab", brightGreen: "#a5d6a7", brightYellow: "#ffd982",
  brightBlue: "#9ccbff", brightMagenta: "#e5c8ff", brightCyan: "#b0eaf2", brightWhite: "#ffffff",
};

/** Colours that keep their contrast on a light ground. */
const LIGHT: ITheme = {
  background: "#ffffff", foreground: "#1b2130", cursor: "#0a58ca", cursorAccent: "#ffffff", selectionBackground: "#bcd6ff",
  black: "#1b2130", red: "#b3261e", green: "#146c2e", yellow: "#7a5200", blue: "#0a58ca", magenta: "#7b1fa2", cyan: "#006a78",
  white: "#545e70", brightBlack: "#5f6b7c", brightRed: "#9a2017", brightGreen: "#115a27", brightYellow: "#6a4700",
  brightBlue: "#0a4fc0", brightMagenta: "#6a1b8e", brightCyan: "#005a66", brightWhite: "#1b2130",
};

/** The colours of a theme; the page's own (`--bg`, `--text`, `--accent`, `--selection`, `--ansi-red` …) come first. */
export function colours(element: Element, dark: boolean): ITheme {
  const styles = getComputedStyle(element);
  const theme: Record<string, string> = { ...(dark ? DARK : LIGHT) } as Record<string, string>;
  const take = (key: string, property: string) => {
    const value = styles.getPropertyValue(property).trim();
    // xterm reads hexadecimal and rgb() itself; anything else would need a canvas to be understood.
    if (/^(#[0-9a-f]{3,8}|rgba?\([\d., %/]+\))$/i.test(value)) theme[key] = value;
  };
  take("background", "--terminal-bg");
  take("foreground", "--text");
  take("cursor", "--accent");
  take("selectionBackground", "--selection");
  for (const name of ANSI) {
    take(name, `--ansi-${name}`);
    take(`bright${name.charAt(0).toUpperCase()}${name.slice(1)}`, `--ansi-bright-${name}`);
  }
  return theme;
}
