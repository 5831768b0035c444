// Searching in files, and replacing what is found: with the mouse, by the keyboard alone, over a slow link.
import { expect, test, type Locator, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";
import { Proxy } from "./proxy.ts";

const program = new Program();
let proxy: Proxy;

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  proxy = await Proxy.start(() => program.listen);
  program.publicUrl = `http://${proxy.address}`;
  await program.start();
});
test.afterAll(async () => {
  program.stop();
  await proxy.stop();
});
test.afterEach(() => {
  proxy.way = { delay: 0, rate: Infinity };
});

/** The panel, by the names that people and screen readers use. */
class Search {
  readonly panel: Locator;
  readonly field: Locator;
  readonly results: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.getByRole("tabpanel", { name: "Search", exact: true });
    this.field = this.textbox("Search");
    this.results = page.getByRole("tree", { name: "Search results" });
  }

  textbox(name: string): Locator {
    return this.panel.getByRole("textbox", { name, exact: true });
  }

  button(name: string): Locator {
    return this.panel.getByRole("button", { name, exact: true });
  }

  row(name: string): Locator {
    return this.results.getByRole("treeitem", { name, exact: true });
  }

  /** What the panel says of how it goes, or of what was replaced. */
  said(text: string): Locator {
    return this.panel.getByRole("status").filter({ hasText: text });
  }

  /** Opens the panel and looks for a text. */
  async find(text: string): Promise<void> {
    await this.page.keyboard.press("Control+Shift+f");
    await expect(this.field).toBeFocused();
    await this.field.fill(text);
  }

  /** Does something in a row that is pointed at. */
  async act(row: string, button: string): Promise<void> {
    await this.row(row).hover();
    await this.row(row).getByRole("button", { name: button, exact: true }).click();
  }
}

test("what is typed is found, also in text that is not saved, and a result opens at its line", async ({ page }) => {
  program.write("found/one.txt", "first\n  let heron = 1;\nlast heron and heron\n");
  program.write("found/two.txt", "no bird\n");
  const ide = new Ide(page);
  const search = new Search(page);
  await ide.open(program.url());
  await search.find("heron");
  await expect(search.said("3 results in 1 file")).toBeVisible();
  await expect(search.row("let heron = 1;").locator("mark")).toHaveText("heron");
  // A click looks: the keyboard stays in the tree.
  await search.row("let heron = 1;").click();
  await expect(ide.tab("one.txt")).toHaveAttribute("aria-selected", "true");
  await expect(search.results).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(ide.editor("found/one.txt")).toBeFocused();
  await expect(page.getByText("Ln 2, Col 7")).toBeVisible();
  await page.keyboard.press("F4");
  await expect(page.getByText("Ln 3, Col 6")).toBeVisible();
  await page.keyboard.press("Shift+F4");
  await expect(page.getByText("Ln 2, Col 7")).toBeVisible();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("unsaved egret ");
  await expect(ide.button("1 unsaved")).toBeVisible();
  await search.find("egret");
  await expect(search.row("unsaved egret first")).toBeVisible();
  // What is selected is looked for.
  await search.row("unsaved egret first").dblclick();
  await expect(ide.editor("found/one.txt")).toBeFocused();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+Shift+ArrowRight");
  await page.keyboard.press("Control+Shift+f");
  await expect(search.field).toHaveValue("unsaved");
  await expect(search.said("1 result in 1 file")).toBeVisible();
});

test("an expression that is none is told under the field, and switches change what is met", async ({ page }) => {
  program.write("switches.txt", "Stork\nstork\nstorks\n");
  const ide = new Ide(page);
  const search = new Search(page);
  await ide.open(program.url());
  await search.find("stork");
  await expect(search.said("3 results in 1 file")).toBeVisible();
  await search.button("Match case").click();
  await expect(search.said("2 results in 1 file")).toBeVisible();
  await search.button("Match whole word").click();
  await expect(search.said("1 result in 1 file")).toBeVisible();
  await search.button("Match whole word").click();
  await search.button("Use regular expression").click();
  await search.field.fill("stork(s");
  await expect(search.panel.getByRole("alert")).toBeVisible();
  await expect(search.field).toHaveAttribute("aria-invalid", "true");
  await search.field.fill("stork(s)");
  await expect(search.said("1 result in 1 file")).toBeVisible();
  await expect(search.panel.getByRole("alert")).toBeHidden();
  // The palette looks for text, too, and results open as text.
  await search.button("Open results in editor").click();
  await expect(page.getByRole("textbox", { name: "Search: stork(s)" })).toContainText("3: storks");
  await ide.palette("/storks");
  await ide.results().filter({ hasText: "switches.txt" }).click();
  await expect(ide.editor("switches.txt")).toBeFocused();
});

test("globs say where to look, a folder's menu too, and ignored files are searched on demand", async ({ page }) => {
  program.write("where/in.txt", "a crane here\n");
  program.write("where/deep/in.md", "a crane there\n");
  program.write("target/ignored.txt", "a crane that is built\n");
  const ide = new Ide(page);
  const search = new Search(page);
  await ide.open(program.url());
  await search.find("crane");
  await expect(search.said("2 results in 2 files")).toBeVisible();
  await search.button("Search details").click();
  await search.textbox("Files to include").fill("*.md, *.rs");
  await expect(search.said("1 result in 1 file")).toBeVisible();
  await expect(search.row("in.md")).toBeVisible();
  await search.textbox("Files to include").fill("");
  await search.textbox("Files to exclude").fill("deep");
  await expect(search.row("in.md")).toBeHidden();
  await expect(search.row("in.txt")).toBeVisible();
  await search.textbox("Files to exclude").fill("");
  await search.button("Search ignored files").click();
  await expect(search.said("3 results in 3 files")).toBeVisible();
  await search.button("Search ignored files").click();
  await ide.tab("Files").click();
  await ide.entry("where").click();
  await ide.entry("deep").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Find in Folder…" }).click();
  await expect(search.field).toBeFocused();
  await expect(search.textbox("Files to include")).toHaveValue("/where/deep/**");
  await expect(search.said("1 result in 1 file")).toBeVisible();
  await search.button("Clear search").click();
  await expect(search.results.getByRole("treeitem")).toHaveCount(0);
});

test("matches are replaced one by one, by file and all, and taken back, also after a restart", async ({ page }) => {
  program.write("swap/a.txt", "ibis one\nibis two\nibis three\n");
  program.write("swap/b.txt", "ibis four\n");
  program.write("swap/c.txt", "ibis five\n");
  const ide = new Ide(page);
  const search = new Search(page);
  await ide.open(program.url());
  await page.keyboard.press("Control+Shift+h");
  await search.field.fill("ibis");
  await search.textbox("Replace").fill("owl");
  await expect(search.row("ibis two").locator("del")).toHaveText("ibis");
  await expect(search.row("ibis two").locator("ins")).toHaveText("owl");
  await search.act("ibis two", "Replace");
  await expect.poll(() => program.read("swap/a.txt")).toBe("ibis one\nowl two\nibis three\n");
  await expect(search.said("4 results in 3 files")).toBeVisible();
  await search.act("b.txt", "Replace");
  await expect.poll(() => program.read("swap/b.txt")).toBe("owl four\n");
  await expect(search.said("3 results in 2 files")).toBeVisible();
  // What is taken out is not replaced.
  await search.act("ibis three", "Dismiss");
  await search.button("Replace all").click();
  await expect(page.getByRole("dialog")).toContainText("Replace 2 matches in 2 files?");
  await page.getByRole("dialog").getByRole("button", { name: "Replace all" }).click();
  await expect(search.said("Replaced 2 matches in 2 files.")).toBeVisible();
  expect(program.read("swap/a.txt")).toBe("owl one\nowl two\nibis three\n");
  expect(program.read("swap/c.txt")).toBe("owl five\n");
  await search.button("Undo replace").click();
  await expect(search.said("Took 2 replacements back in 2 files.")).toBeVisible();
  expect(program.read("swap/a.txt")).toBe("ibis one\nowl two\nibis three\n");
  expect(program.read("swap/c.txt")).toBe("ibis five\n");
  await search.button("Replace all").click();
  await page.getByRole("dialog").getByRole("button", { name: "Replace all" }).click();
  await expect.poll(() => program.read("swap/c.txt")).toBe("owl five\n");
  await program.kill();
  program.killAgent();
  await program.start();
  await page.goto(program.url());
  await expect(ide.connection()).toContainText("online");
  await page.keyboard.press("Control+Shift+f");
  await search.button("Undo replace").click();
  await expect.poll(() => program.read("swap/c.txt")).toBe("ibis five\n");
});

test("the keyboard alone searches, takes out, opens and replaces", async ({ page }) => {
  program.write("keys/a.txt", "plover a\nplover b\n");
  program.write("keys/b.txt", "plover c\n");
  const ide = new Ide(page);
  const search = new Search(page);
  await ide.open(program.url());
  await page.keyboard.press("Control+Shift+h");
  await expect(search.field).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("plover");
  await page.keyboard.press("Enter");
  await expect(search.said("3 results in 2 files")).toBeVisible();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("gone");
  await page.keyboard.press("Enter");
  await expect(search.said("No results")).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await expect(search.field).toHaveValue("plover");
  await expect(search.said("3 results in 2 files")).toBeVisible();
  await page.keyboard.press("Control+ArrowDown");
  await expect(search.results).toBeFocused();
  for (const key of ["Home", "ArrowDown", "Delete"]) await page.keyboard.press(key);
  await expect(search.said("2 results in 2 files")).toBeVisible();
  await page.keyboard.press("ContextMenu");
  await page.getByRole("menuitem", { name: "Replace" }).press("Enter");
  await expect.poll(() => program.read("keys/a.txt")).toBe("plover a\n b\n");
  await expect(search.said("1 result in 1 file")).toBeVisible();
  await expect(search.results).toBeFocused();
  for (const key of ["End", "Enter"]) await page.keyboard.press(key);
  await expect(ide.editor("keys/b.txt")).toBeFocused();
});

test("a long search is cancelled, and a new one ends the one before", async ({ page }) => {
  for (let file = 0; file < 19; file++) program.write(`many/${file}.txt`, "plenty of them\n".repeat(1000));
  const ide = new Ide(page);
  const search = new Search(page);
  await ide.open(program.url());
  // The panel is there before the way is slow.
  await search.find("");
  proxy.way = { delay: 0, rate: 100_000 };
  await search.field.fill("plenty");
  await search.button("Cancel search").click();
  await expect(search.said("The search was stopped.")).toBeVisible();
  await expect(search.button("Cancel search")).toBeHidden();
  await page.keyboard.press("Enter");
  await search.field.fill("plenty of");
  await expect(search.button("Cancel search")).toBeVisible();
  proxy.way = { delay: 0, rate: Infinity };
  await expect(search.said("19000 results in 19 files")).toBeVisible();
  await search.button("Collapse all").click();
  await expect(search.results.getByRole("treeitem")).toHaveCount(19);
});
