// The window itself: what is said and kept, keys of every layout, compositions, unsaved files, every width.
import { expect, test, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

/** Presses a key as a layout does that writes `key` at the place `code`. */
async function press(page: Page, key: string, code: string, more: Record<string, boolean | number> = {}): Promise<void> {
  await page.evaluate(([key, code, more]) => {
    const event = new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more });
    document.activeElement?.dispatchEvent(event);
  }, [key, code, more] as const);
}

test("the window is named after the file in front and the workspace", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(page).toHaveTitle("main.rs — hello-api — Cumulo");
  await ide.openFile("Makefile");
  await expect(page).toHaveTitle("Makefile — hello-api — Cumulo");
});

test("keys are found by their place where the layout writes no Latin letter", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(ide.entry("Makefile")).toBeVisible();
  await press(page, "з", "KeyP", { ctrlKey: true });
  const palette = page.getByRole("combobox", { name: "Go to file, command, function" });
  await expect(palette).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(ide.tab("Terminal")).toBeVisible();
  await press(page, "о", "KeyJ", { ctrlKey: true });
  await expect(ide.tab("Terminal")).toBeHidden();
  await press(page, "о", "KeyJ", { ctrlKey: true });
  await expect(ide.tab("Terminal")).toBeVisible();
});

test("the Enter that ends a composition names nothing and chooses nothing", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("Makefile").click();
  await ide.button("New file").click();
  const name = page.getByRole("tree", { name: "Files" }).getByRole("textbox", { name: "Name" });
  await name.fill("日本");
  await press(page, "Enter", "Enter", { isComposing: true });
  await press(page, "Process", "Enter", { keyCode: 229 });
  await expect(name).toBeFocused();
  expect(program.has("日本")).toBe(false);
  await name.fill("日本語.txt");
  await name.press("Enter");
  await expect(ide.editor("日本語.txt")).toBeFocused();
  const palette = await ide.palette("Makefile");
  await expect(ide.results().first()).toContainText("Makefile");
  await press(page, "Enter", "Enter", { isComposing: true });
  await expect(palette).toBeFocused();
  await page.keyboard.press("Escape");
});

test("unsaved files are listed, opened and saved, also on a phone", async ({ page }) => {
  program.write("one.txt", "one\n");
  program.write("two.txt", "two\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  for (const name of ["one.txt", "two.txt"]) {
    await ide.openFile(name);
    await ide.editor(name).click();
    await page.keyboard.type("more ");
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await ide.button("2 unsaved").click();
  const list = page.getByRole("dialog", { name: "Unsaved files" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await list.getByRole("button", { name: "Save one.txt" }).click();
  await expect.poll(() => program.read("one.txt")).toContain("more");
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await list.getByRole("button", { name: "Save all" }).click();
  await expect.poll(() => program.read("two.txt")).toContain("more");
  await expect(list).toContainText("Everything is saved.");
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await expect(page.getByRole("button", { name: /unsaved/ })).toBeHidden();
});

test("what failed is said, kept in the list, and over when it is mended", async ({ page }) => {
  program.write("taken.txt", "here\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("Makefile").click();
  const name = page.getByRole("tree", { name: "Files" }).getByRole("textbox", { name: "Name" });
  const make = async (text: string) => {
    await ide.button("New file").click();
    await name.fill(text);
    await name.press("Enter");
  };
  await make("taken.txt");
  const messages = page.getByRole("log", { name: "Messages" });
  await expect(messages).toContainText("The file cannot be made");
  // It hides neither the prompt nor a menu.
  const box = await messages.boundingBox();
  const terminal = await ide.terminal().boundingBox();
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(terminal?.y ?? 0);
  await make("free.txt");
  await expect(ide.editor("free.txt")).toBeVisible();
  await expect(messages).not.toContainText("The file cannot be made");
  await ide.button("Notifications").click();
  const list = page.getByRole("dialog", { name: "Notifications" });
  await expect(list.getByRole("listitem").filter({ hasText: "The file cannot be made" })).toContainText("over");
  await list.getByRole("button", { name: "Clear all" }).click();
  await expect(list).toContainText("Nothing was said yet.");
  await list.getByRole("button", { name: "Close" }).click();
});

test("a page whose program panics says so, loads again, and has everything that was typed", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("Makefile");
  await ide.editor("Makefile").click();
  await page.keyboard.type("# kept ");
  await expect(ide.button("1 unsaved")).toBeVisible();
  await page.keyboard.type("and more");
  const dialog = await ide.panic();
  await expect(dialog).toContainText("What you typed is kept");
  await dialog.getByText("What went wrong").click();
  await expect(dialog).toContainText("panicked at");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Reload" }).click();
  await expect(ide.editor("Makefile")).toContainText("# kept and more");
  await expect(ide.button("1 unsaved")).toBeVisible();
});

test("an idle page draws nothing", async ({ page }) => {
  await page.addInitScript(() => {
    const asked = { frames: 0, timers: 0, ticks: 0 };
    Object.assign(window, { asked });
    const { requestAnimationFrame: frame, setTimeout: timer, setInterval: interval } = window;
    window.requestAnimationFrame = then => (asked.frames++, frame(then));
    window.setTimeout = ((...all: Parameters<typeof timer>) => (asked.timers++, timer(...all))) as typeof timer;
    window.setInterval = ((then: () => void, ...more: number[]) => interval(() => (asked.ticks++, then()), ...more)) as typeof interval;
  });
  const asked = () => page.evaluate(() => ({ ...(window as unknown as { asked: Record<"frames" | "timers" | "ticks", number> }).asked }));
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("Makefile");
  for (const place of [ide.editor("Makefile"), ide.terminal().getByRole("textbox").first()]) {
    await place.focus();
    // Between some ticks of the link's watch.
    const idle = async () => {
      const before = await asked();
      await expect.poll(async () => (await asked()).ticks).toBeGreaterThan(before.ticks + 2);
      const after = await asked();
      const animations = await page.evaluate(() => document.getAnimations().filter(one => one.playState === "running").length);
      return { frames: after.frames - before.frames, timers: after.timers - before.timers, animations };
    };
    await expect.poll(idle, { timeout: 120_000 }).toEqual({ frames: 0, timers: 0, animations: 0 });
  }
});

test("the menu's key opens the menu of the row with the focus", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("Cargo.toml").click();
  await page.getByRole("tree", { name: "Files" }).focus();
  await page.keyboard.press("ArrowDown");
  const focused = page.locator(".tree-row.focused");
  const name = (await focused.getAttribute("aria-label")) ?? "";
  expect(name).not.toBe("Cargo.toml");
  await page.keyboard.press("ContextMenu");
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await expect(page.getByRole("dialog")).toContainText(`Delete ${name}?`);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
});

test("a change of the layout survives a reload that follows at once", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Cloud").click();
  // What was kept has come: only then there is something to keep the change with.
  await expect(ide.tab("main.rs")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("tree", { name: "Cloud" })).toBeVisible();
  await ide.tab("Files").click();
  await expect(ide.tab("main.rs")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("tree", { name: "Files" })).toBeVisible();
});

test("caret and scroll position come back after a reload, where only the scroll position changed last too", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("main.rs").click();
  const scroller = page.locator(".editor:not([hidden]) .cm-scroller");
  const top = () => scroller.evaluate(element => element.scrollTop);
  await ide.editor("src/main.rs").click();
  await page.keyboard.press("Control+End");
  const caret = page.getByRole("button", { name: /^Ln / });
  const place = `Ln ${program.read("src/main.rs").split("\n").length}, Col 1`;
  await expect(caret).toHaveText(place);
  await scroller.evaluate(element => { element.scrollTop = 44; });
  await expect.poll(() => program.layout()).toContain('\\"top\\":44');
  await page.reload();
  await expect(caret).toHaveText(place);
  await expect.poll(top).toBe(44);
});

test("nothing scrolls sideways at any width", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("Makefile");
  await ide.command("Show function");
  for (const width of [320, 360, 390, 480, 600, 767, 768, 800, 900, 1024, 1099, 1100, 1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    const moved = await page.evaluate(() => {
      const root = document.scrollingElement ?? document.documentElement;
      root.scrollLeft = 1000;
      document.body.scrollLeft = 1000;
      return [root.scrollLeft, document.body.scrollLeft, root.scrollWidth - innerWidth];
    });
    expect(moved, `${width} wide`).toEqual([0, 0, 0]);
  }
});
