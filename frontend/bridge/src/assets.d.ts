// What the bundler makes of files that are no code: a font's address, a style sheet's text.
declare module "*.woff2" {
  const address: string;
  export default address;
}
declare module "*.css" {
  const text: string;
  export default text;
}
