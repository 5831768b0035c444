// Groups of editors: split, moved between and focused by the keyboard, the menu and the pointer; and views of other versions.
import { expect, test, type Locator, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

/** A page with one group, of these files. */
async function start(page: Page, ...files: string[]): Promise<Ide> {
  for (const file of files) program.write(file, `${file} one\n${file} two\n${file} three\n`);
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(ide.entry("template.yaml")).toBeVisible();
  const [rows, nothing] = [page.getByRole("tablist", { name: "Open files" }), page.getByRole("heading", { name: "Nothing is open" })];
  await expect(rows.or(nothing).first()).toBeVisible();
  for (let open = await rows.count(); open > 0; open--) {
    await ide.command("Close All Editors in Group");
    await expect(rows).toHaveCount(open - 1);
  }
  await expect(nothing).toBeVisible();
  for (const file of files) await ide.openFile(file);
  return ide;
}

/** The groups, each with its tabs, that in front in brackets. */
async function groups(page: Page): Promise<string> {
  const rows = await page.getByRole("tablist", { name: "Open files" }).all();
  const texts = rows.map(async (row) => {
    const tabs = await row.getByRole("tab").all();
    const names = tabs.map(async (tab) => {
      const name = await tab.getAttribute("aria-label");
      return await tab.getAttribute("aria-selected") === "true" ? `[${name}]` : `${name}`;
    });
    return (await Promise.all(names)).join(" ");
  });
  return (await Promise.all(texts)).join(" | ");
}

const group = (page: Page, number: number): Locator => page.getByRole("region", { name: `Editor group ${number}`, exact: true });

/** Drags a tab to a place in another element, in shares of its size; `seen` is what shows there where it would be put. */
async function drag(page: Page, tab: Locator, target: Locator, x: number, y: number, seen: string): Promise<void> {
  const [from, area] = [await tab.boundingBox(), await target.boundingBox()];
  if (from === null || area === null) throw new Error("what is dragged, or where, is not to be seen");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 + 8, from.y + from.height / 2 + 4);
  const to = [area.x + area.width * x, area.y + area.height * y] as const;
  await page.mouse.move(to[0], to[1], { steps: 6 });
  await page.mouse.move(to[0] + 1, to[1]);
  await expect(page.locator(seen)).toBeVisible();
  await page.mouse.up();
  await expect(page.locator(".drop, .drop-before, .drop-after")).toHaveCount(0);
}

test("a file in two groups is one text with two places, and what is undone in one moves nothing in the other", async ({ page }) => {
  const ide = await start(page, "both.txt");
  await ide.editor("both.txt").click();
  await page.keyboard.press("Control+\\");
  await expect(group(page, 2)).toBeVisible();
  const [left, right] = [group(page, 1).getByRole("textbox"), group(page, 2).getByRole("textbox")];
  await expect(right).toBeFocused();
  const place = page.getByRole("button", { name: /^Ln / });
  await page.keyboard.press("Control+End");
  await expect(place).toHaveText("Ln 4, Col 1");
  await left.click();
  await page.keyboard.press("Control+Home");
  await expect(place).toHaveText("Ln 1, Col 1");
  await page.keyboard.type("typed ");
  for (const editor of [left, right]) await expect(editor).toContainText("typed both.txt one");
  // What is typed here is told of here: the other's place is not the status bar's.
  await expect(place).toHaveText("Ln 1, Col 7");
  for (const number of [1, 2]) await expect(group(page, number).getByRole("tab", { name: "both.txt" }).locator("xpath=..")).toHaveClass(/dirty/);
  await page.keyboard.press("Control+z");
  for (const editor of [left, right]) await expect(editor).not.toContainText("typed");
  await page.keyboard.press("Control+2");
  await expect(right).toBeFocused();
  await expect(place).toHaveText("Ln 4, Col 1");
  await page.keyboard.press("Control+y");
  await expect(left).toContainText("typed both.txt one");
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("both.txt")).toContain("typed both.txt one");
  for (const number of [1, 2]) await expect(group(page, number).getByRole("tab", { name: "both.txt" }).locator("xpath=..")).not.toHaveClass(/dirty/);
});

test("groups are split, moved between, focused and closed by the keyboard, and come back after a reload", async ({ page }) => {
  const ide = await start(page, "a.txt", "b.txt");
  await expect(ide.editor("b.txt")).toBeFocused();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+\\");
  await expect.poll(() => groups(page)).toBe("a.txt [b.txt] | [b.txt]");
  await expect(group(page, 2).getByRole("textbox")).toBeFocused();
  await page.keyboard.press("Control+1");
  await expect(group(page, 1).getByRole("textbox")).toBeFocused();
  await page.keyboard.press("Control+PageUp");
  await page.keyboard.press("Control+Alt+ArrowRight");
  await expect.poll(() => groups(page)).toBe("[b.txt] | b.txt [a.txt]");
  await expect(group(page, 2).getByRole("textbox", { name: "Editor: a.txt" })).toBeFocused();
  await ide.command("Focus Next Editor Group");
  await expect(group(page, 1).getByRole("textbox")).toBeFocused();
  const bar = page.getByRole("separator", { name: "Height of the editor groups above" });
  await bar.focus();
  await page.keyboard.press("ArrowUp");
  await expect(bar).toHaveAttribute("aria-valuenow", "45");
  await expect.poll(() => program.layout()).toContain('"share":0.45');
  await page.reload();
  await expect.poll(() => groups(page)).toBe("[b.txt] | b.txt [a.txt]");
  await expect(bar).toHaveAttribute("aria-valuenow", "45");
  await page.keyboard.press("Control+2");
  await expect(group(page, 2).getByRole("textbox", { name: "Editor: a.txt" })).toBeFocused();
  await ide.command("Close Editor Group");
  await expect.poll(() => groups(page)).toBe("[b.txt]");
  await expect(page.getByRole("region", { name: /^Editor group/ })).toHaveCount(0);
  await expect(ide.editor("b.txt")).toBeFocused();
});

test("a tab is dragged to an edge, into another row and into the middle, and its menu does the same", async ({ page }) => {
  const ide = await start(page, "a.txt", "b.txt", "c.txt");
  const body = page.locator(".group-body");
  await drag(page, ide.tab("c.txt"), body, 0.9, 0.5, ".drop-right");
  await expect.poll(() => groups(page)).toBe("a.txt [b.txt] | [c.txt]");
  await expect(group(page, 2).getByRole("textbox", { name: "Editor: c.txt" })).toBeFocused();
  const first = group(page, 1).getByRole("tab", { name: "a.txt" });
  await drag(page, group(page, 2).getByRole("tab", { name: "c.txt" }), first, 0.1, 0.5, ".drop-before");
  await expect.poll(() => groups(page)).toBe("[c.txt] a.txt b.txt");
  await drag(page, ide.tab("a.txt"), body, 0.5, 0.95, ".drop-down");
  await expect.poll(() => groups(page)).toBe("[c.txt] b.txt | [a.txt]");
  await drag(page, group(page, 1).getByRole("tab", { name: "b.txt" }), body.last(), 0.5, 0.5, ".drop-all");
  await expect.poll(() => groups(page)).toBe("[c.txt] | a.txt [b.txt]");
  await group(page, 2).getByRole("tab", { name: "b.txt" }).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Move into previous group" }).click();
  await expect.poll(() => groups(page)).toBe("c.txt [b.txt] | [a.txt]");
  await group(page, 1).getByRole("tab", { name: "b.txt" }).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Split left" }).click();
  await expect.poll(() => groups(page)).toBe("[b.txt] | c.txt [b.txt] | [a.txt]");
  // In its own row a tab moves to where it is let go.
  await drag(page, group(page, 2).getByRole("tab", { name: "b.txt" }), group(page, 2).getByRole("tab", { name: "c.txt" }), 0.1, 0.5, ".drop-before");
  await expect.poll(() => groups(page)).toBe("[b.txt] | [b.txt] c.txt | [a.txt]");
  const bar = page.getByRole("separator", { name: "Width of the editor groups before" });
  const [at, whole] = [await bar.boundingBox(), await page.locator(".groups").boundingBox()];
  if (at === null || whole === null) throw new Error("the bar is not to be seen");
  await page.mouse.move(at.x, at.y + at.height / 2);
  await page.mouse.down();
  await page.mouse.move(at.x - whole.width / 5, at.y + at.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(bar).toHaveAttribute("aria-valuenow", "30");
  await group(page, 2).getByRole("tab", { name: "c.txt" }).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Close group" }).click();
  await expect.poll(() => groups(page)).toBe("[b.txt] | [a.txt]");
});

test("files are dragged from the tree into a group and to its edges, and opened beside by the keyboard", async ({ page }) => {
  for (const name of ["drag1.txt", "drag2.txt", "drag3.txt"]) program.write(name, `${name}\n`);
  const ide = await start(page);
  await expect(ide.entry("drag3.txt")).toBeVisible();
  // Where nothing is open there is nothing to split.
  await drag(page, ide.entry("drag1.txt"), page.locator(".group"), 0.95, 0.5, ".drop-all");
  await expect.poll(() => groups(page)).toBe("[drag1.txt]");
  await expect(ide.editor("drag1.txt")).toBeFocused();
  const body = page.locator(".group-body");
  await drag(page, ide.entry("drag2.txt"), body, 0.9, 0.5, ".drop-right");
  await expect.poll(() => groups(page)).toBe("[drag1.txt] | [drag2.txt]");
  await expect(ide.editor("drag2.txt")).toBeFocused();
  await drag(page, ide.entry("drag3.txt"), body.first(), 0.5, 0.5, ".drop-all");
  await expect.poll(() => groups(page)).toBe("drag1.txt [drag3.txt] | [drag2.txt]");
  await ide.entry("drag2.txt").click({ modifiers: ["Control"] });
  await ide.entry("drag1.txt").click({ modifiers: ["Control"] });
  await drag(page, ide.entry("drag1.txt"), body.last(), 0.5, 0.95, ".drop-down");
  await expect.poll(() => groups(page)).toBe("drag1.txt [drag3.txt] | [drag2.txt] | [drag1.txt] drag2.txt drag3.txt");
  await expect(group(page, 3).getByRole("textbox", { name: "Editor: drag1.txt" })).toBeFocused();
  // A drag that is given up leaves no mark and no group behind.
  const [from, to] = [await ide.entry("drag2.txt").boundingBox(), await body.first().boundingBox()];
  if (from === null || to === null) throw new Error("what is dragged, or where, is not to be seen");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 6 });
  await expect(page.locator(".drop-all")).toBeVisible();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2, { steps: 6 });
  await expect(page.locator(".drop")).toHaveCount(0);
  await page.mouse.up();
  await page.keyboard.press("Control+1");
  // What is selected stays so until something else is pointed at.
  await ide.entry("Makefile").click();
  await ide.entry("drag2.txt").click();
  await expect.poll(() => groups(page)).toBe("drag1.txt drag3.txt Makefile [drag2.txt] | [drag2.txt] | [drag1.txt] drag2.txt drag3.txt");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => groups(page)).toBe("drag1.txt drag3.txt Makefile [drag2.txt] | drag2.txt [drag3.txt] | [drag1.txt] drag2.txt drag3.txt");
  await expect(group(page, 2).getByRole("textbox", { name: "Editor: drag3.txt" })).toBeFocused();
  await ide.entry("events").click();
  await ide.command("Open to the Side");
  await expect(page.getByText("Open to the side takes files and no folder")).toBeVisible();
});

test("a small screen shows the group in front, and the way to the next", async ({ page }) => {
  const ide = await start(page, "a.txt", "b.txt");
  await expect(ide.editor("b.txt")).toBeFocused();
  // The palette gives the focus back before it splits: later, that would bring the former group to the front again.
  await page.evaluate(() => {
    const seen = document.body.dataset;
    addEventListener("focusin", (event) => {
      const group = (event.target as Element).closest(".group");
      const all = [...document.querySelectorAll(".group")];
      if (group !== null) seen["focused"] = `${seen["focused"] ?? ""} ${all.indexOf(group) + 1}/${all.length}`;
    });
  });
  await ide.command("Split Editor Right");
  await expect(ide.editor("b.txt").nth(1)).toBeFocused();
  await expect(page.locator("body")).toHaveAttribute("data-focused", " 1/1 2/2");
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(group(page, 2).getByRole("textbox")).toBeVisible();
  await expect(group(page, 1)).toBeHidden();
  await ide.button("Editor group 2 of 2. Show the next one").click();
  await expect(group(page, 1).getByRole("textbox")).toBeVisible();
  await expect(group(page, 2)).toBeHidden();
});

test("what only another version knows is kept, shown as such and closed by the person", async ({ page, browser }) => {
  await start(page, "a.txt");
  await expect.poll(() => program.layout()).toContain("file:a.txt");
  await page.goto("about:blank");
  const machine = { view: { id: "machine", args: { name: "orders" } } };
  program.changeLayout((layout) => {
    delete layout["groups"];
    Object.assign(layout, {
      tabs: [{ file: { path: "a.txt" } }, machine, { settings: { page: 2 } }], active: 'view:machine:{"name":"orders"}',
    });
    Object.assign(layout["dock"] as object, { open: true, view: "guide" });
  });
  const ide = await Ide.another(browser, program.url());
  await expect.poll(() => groups(ide.page)).toBe("a.txt [machine] settings");
  await expect(ide.page.getByRole("tabpanel", { name: "machine" })).toContainText('no view "machine" here');
  await expect(ide.page.getByRole("tabpanel", { name: "guide" })).toContainText('no view "guide" here');
  await ide.tab("a.txt").click();
  await expect.poll(() => program.layout()).toContain('"active":"file:a.txt"');
  for (const kept of [JSON.stringify(machine), '{"settings":{"page":2}}', '"view":"guide"']) expect(program.layout()).toContain(kept);
  await ide.tab("machine").click();
  await ide.page.getByRole("tabpanel", { name: "machine" }).getByRole("button", { name: "Close" }).click();
  await expect.poll(() => program.layout()).not.toContain("machine");
  await ide.tab("Deploy").click();
  await expect.poll(() => program.layout()).not.toContain("guide");
  await ide.page.context().close();
});
