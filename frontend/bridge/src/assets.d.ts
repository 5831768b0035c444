// What the bundler makes of files that are no code: a font's address, a style sheet's text.
declare module "*.woff2" {
  const address: string;
  export default address;
}
declare module "*.css" {
  const text: string;
  export default text;
}
// The application: the bound module's loader, and the address of the module itself. The build makes both.
declare module "ide-app" {
  export default function init(options: { module_or_path: URL }): Promise<unknown>;
}
declare module "ide-app/wasm" {
  const address: string;
  export default address;
}

declare module "*.txt" {
  const text: string;
  export default text;
}
