// What a theme's name says.

/** Names of themes on a light ground begin with `light`; every other is dark. */
export function isDark(theme: string): boolean {
  return !theme.startsWith("light");
}
