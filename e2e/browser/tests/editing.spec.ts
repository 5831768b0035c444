// Documents: shared while they are typed in, merged with what happens outside, never silently lost.
import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program({ languages: true });

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

test("two tabs type into one file at once and nothing is lost", async ({ page, browser }) => {
  program.write("shared.txt", "top\nbottom\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("shared.txt");
  const other = await Ide.another(browser, program.url());
  const [mine, theirs] = [ide.editor("shared.txt"), other.editor("shared.txt")];
  await mine.click();
  await page.keyboard.press("Control+Home");
  await theirs.click();
  await other.page.keyboard.press("Control+End");
  const words = (who: string) => Array.from({ length: 60 }, (_, index) => `${who}${index}`).join(" ");
  const typing = [page.keyboard.type(words("a")), other.page.keyboard.type(words("b"))];
  await Promise.all(typing);
  for (const editor of [mine, theirs]) {
    await expect(editor).toContainText(words("a"));
    await expect(editor).toContainText(words("b"));
  }
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("shared.txt")).toBe(`${words("a")}top\nbottom\n${words("b")}`);
  await expect(other.tab("shared.txt").locator("xpath=..")).not.toHaveClass(/dirty/);
  await other.page.context().close();
});

test("a change from outside comes in beside unsaved text", async ({ page }) => {
  program.write("notes.md", "# Notes\n\nfirst\n\nlast\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("notes.md");
  const editor = ide.editor("notes.md");
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("mine ");
  program.write("notes.md", "# Notes\n\nfirst\n\nlast\nfrom outside\n");
  await expect(editor).toContainText("from outside");
  await expect(editor).toContainText("mine # Notes");
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("notes.md")).toBe("mine # Notes\n\nfirst\n\nlast\nfrom outside\n");
});

test("a conflict is shown, compared and decided by the person", async ({ page }) => {
  program.write("conflict.txt", "one\ntwo\nthree\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("conflict.txt");
  const editor = ide.editor("conflict.txt");
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("my text");
  program.write("conflict.txt", "their text\n");
  await expect(page.getByRole("alert")).toContainText("changed on disk where the editor has unsaved text");
  await expect(editor).toContainText("my text");
  await ide.button("Compare").click();
  const comparison = page.getByRole("tabpanel", { name: "Compare conflict.txt" });
  await expect(comparison).toContainText("their text");
  await expect(comparison).toContainText("my text");
  expect(program.read("conflict.txt")).toBe("their text\n");
  await comparison.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(() => program.read("conflict.txt")).toContain("my text");
  await expect(page.getByRole("alert")).toBeHidden();
});

test("a file deleted under its editor keeps its text, and is made again only when the person says so", async ({ page }) => {
  program.write("gone.txt", "still here\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("gone.txt");
  await expect(ide.editor("gone.txt")).toContainText("still here");
  program.remove("gone.txt");
  await expect(page.getByRole("alert")).toContainText("deleted on disk");
  await expect(ide.editor("gone.txt")).toContainText("still here");
  await ide.button("Make it again").click();
  await expect.poll(() => program.has("gone.txt") && program.read("gone.txt")).toBe("still here\n");
});

test("what is no text is said, and long lines are no burden", async ({ page }) => {
  program.write("picture.bin", Buffer.from([0, 1, 2, 255, 254, 0, 7]));
  program.write("minified.js", `var a=1;${"a=a+1;".repeat(500_000)}`);
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("picture.bin");
  await expect(page.getByRole("tabpanel", { name: "picture.bin" }).getByRole("alert")).toBeVisible();
  await ide.openFile("minified.js");
  await expect(ide.editor("minified.js")).toContainText("var a=1;");
  await expect(page.getByRole("contentinfo")).toContainText("plain");
  await ide.editor("minified.js").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("typed ");
  await expect(ide.editor("minified.js")).toContainText("typed var a=1;");
});

test("every language of a serverless workspace has its colours", async ({ page }) => {
  const samples: Record<string, string> = {
    "a.rs": "fn main() {}", "a.toml": "a = 1 # note", "a.yaml": "a: 1 # note", "a.json": '{"a": "b"}', "a.md": "# Title\n\n**bold**",
    "a.js": "const a = 1;", "a.ts": "const a: number = 1;", "a.py": "def a(): pass", "a.html": "<p class='x'>y</p>",
    "a.css": "a { color: red }", "a.sh": "if true; then echo x; fi",
  };
  for (const [name, text] of Object.entries(samples)) program.write(`languages/${name}`, `${text}\n`);
  const ide = new Ide(page);
  await ide.open(program.url());
  for (const name of Object.keys(samples)) {
    await ide.palette(`languages/${name}`);
    await expect(ide.results().first()).toContainText(name);
    await page.keyboard.press("Enter");
    await expect(ide.editor(`languages/${name}`).locator(".cm-line span").first()).toBeVisible();
  }
});

test("find, replace, go to line, fold, several cursors, and names of the file", async ({ page }) => {
  program.write("work.js", "function one() {\n  return 1;\n}\n\nfunction two() {\n  return 1;\n}\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("work.js");
  const editor = ide.editor("work.js");
  await editor.click();
  await page.keyboard.press("Control+h");
  await page.getByRole("textbox", { name: "Find" }).fill("return 1");
  await page.getByRole("textbox", { name: "Replace" }).fill("return 2");
  await ide.button("replace all").click();
  await page.keyboard.press("Escape");
  await expect(editor).not.toContainText("return 1");
  await ide.palette(":6:3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("contentinfo")).toContainText("Ln 6, Col 3");
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+Shift+BracketLeft");
  await expect(editor.locator(".cm-foldPlaceholder")).toBeVisible();
  await page.keyboard.press("Control+Shift+BracketRight");
  await expect(editor.locator(".cm-foldPlaceholder")).toBeHidden();
  await editor.getByText("one", { exact: false }).first().dblclick();
  await ide.palette(":2:3");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+d");
  await page.keyboard.press("Control+d");
  await page.keyboard.type("yield");
  await expect(editor).not.toContainText("return");
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("work.js")).toBe("function one() {\n  yield 2;\n}\n\nfunction two() {\n  yield 2;\n}\n");
});

test("the palette finds files, commands, names, functions and helps", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("main.rs").click();
  await expect(page.getByText("rust-analyzer ready")).toBeVisible({ timeout: 180_000 });
  const first = ide.results().first();
  for (const [text, expected] of [
    ["samconf", "samconfig.toml"], [">theme light", "Theme: light"], ["@hand", "handler"], ["#PathParam", "PathParameters"],
    ["fn hello", "HelloFunction"], [":3", "Go to line 3"], ["?", "files, recent ones first"],
  ] as const) {
    await ide.palette(text);
    await expect(first).toContainText(expected);
    await page.keyboard.press("Escape");
  }
  await ide.palette("@greet");
  await expect(first).toContainText("greet");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("contentinfo")).toContainText("Ln 43");
  // The focus is the editor's again: what is typed goes there.
  await expect(ide.editor("src/main.rs")).toBeFocused();
});

test("tabs close by the middle button, by key and by menu", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  for (const name of ["Cargo.toml", "Makefile", "samconfig.toml"]) await ide.openFile(name);
  await ide.tab("Makefile").click({ button: "middle" });
  await expect(ide.tab("Makefile")).toBeHidden();
  await ide.tab("samconfig.toml").click();
  await page.keyboard.press("Alt+w");
  await expect(ide.tab("samconfig.toml")).toBeHidden();
  await ide.tab("Cargo.toml").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Close others" }).click();
  await expect(ide.tab("main.rs")).toBeHidden();
  await ide.tab("Cargo.toml").focus();
  await page.keyboard.press("Delete");
  await expect(page.getByText("Nothing is open")).toBeVisible();
});

test("the keyboard alone reaches every part of the window", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the editors" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(ide.region("Editors")).toBeFocused();
  await ide.openFile("Cargo.toml");
  const editor = ide.editor("Cargo.toml");
  await editor.click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(editor).not.toBeFocused();
  const parts = new Set<string>();
  for (let step = 0; step < 8; step++) {
    await page.keyboard.press("F6");
    parts.add(await page.evaluate(() => document.activeElement?.closest("[data-region]")?.getAttribute("data-region") ?? ""));
  }
  for (const part of ["title", "rail", "side", "editors", "bottom", "status"]) expect(parts).toContain(part);
});
