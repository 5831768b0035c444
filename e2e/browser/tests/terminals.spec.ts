// Terminals: closing, naming, looking at one from windows of different size.
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

const tabs = (page: Page): Locator => page.getByRole("tablist", { name: "Terminals" }).getByRole("tab");

async function close(page: Page): Promise<void> {
  await tabs(page).last().focus();
  await page.keyboard.press("Delete");
}

test("a closed terminal stays closed", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(tabs(page)).toHaveCount(1);
  for (let count = 2; count <= 5; count++) {
    await ide.button("New terminal").click();
    await expect(tabs(page)).toHaveCount(count);
  }
  for (let count = 4; count >= 1; count--) {
    await close(page);
    await expect(tabs(page)).toHaveCount(count);
  }
  // Each shell ends a moment later, which brings nothing back.
  await ide.type("sleep 1; echo aft''er");
  await expect(ide.terminal()).toContainText("after");
  await expect(tabs(page)).toHaveCount(1);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a tab says what runs in it, and closing asks first", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.button("New terminal").click();
  await expect(tabs(page)).toHaveCount(2);
  await ide.type("sleep 1000");
  await expect(tabs(page).last()).toHaveAccessibleName("sleep");
  await close(page);
  const question = page.getByRole("dialog", { name: "Close the terminal and end its program?" });
  await expect(question).toContainText("'sleep' runs");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(tabs(page)).toHaveCount(2);
  await close(page);
  await question.getByRole("button", { name: "Close anyway" }).click();
  await expect(tabs(page)).toHaveCount(1);
});

test("windows of different size share one, and who leaves does not count", async ({ browser }) => {
  const window = (browser: Browser, width: number, height: number): Promise<Ide> =>
    Ide.another(browser, program.url(), { viewport: { width, height } });
  const wide = await window(browser, 1440, 900);
  const text = async (ide: Ide): Promise<string> => (await ide.terminal().locator(".terminal-readable").textContent()) ?? "";
  let asked = 0;
  const size = async (): Promise<number> => {
    const question = `size-${++asked}:`;
    await wide.type(`clear; echo size-''${asked}":$(stty size):"`);
    const found = async (): Promise<string | undefined> => new RegExp(`${question}\\d+ (\\d+):`).exec(await text(wide))?.[1];
    await expect.poll(found).toBeDefined();
    return Number(await found());
  };
  const full = await size();
  const narrow = await window(browser, 820, 600);
  await narrow.tab("Terminal").click();
  await expect.poll(size).toBeLessThan(full);
  const note = wide.page.getByText("another window shows this terminal smaller");
  await expect(note).toBeVisible();
  await wide.type("clear; seq -s, 1 200; echo don''e");
  await expect(wide.terminal()).toContainText("done");
  await expect.poll(async () => (await text(narrow)) === (await text(wide))).toBe(true);
  await narrow.page.context().close();
  await expect(note).toBeHidden();
  await expect.poll(size).toBe(full);
  await wide.page.context().close();
});

test("a terminal takes on a theme at once", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const colours = () =>
    ide.terminal().evaluate((panel) => {
      const shown = getComputedStyle(panel.querySelector(".xterm-scrollable-element") ?? panel).backgroundColor;
      const probe = document.createElement("i");
      probe.style.color = "var(--terminal-bg)";
      panel.append(probe);
      const wanted = getComputedStyle(probe).color;
      probe.remove();
      return { shown, wanted };
    });
  for (const theme of ["light", "high contrast", "dark", "light"]) {
    await ide.command(`Theme: ${theme}`);
    await expect.poll(async () => (await colours()).shown === (await colours()).wanted, { message: theme }).toBe(true);
  }
});

test("Escape leaves the terminal's find, and Ctrl+S is no trap", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.button("Find in terminal").click();
  const box = page.getByRole("searchbox", { name: "Find in terminal" });
  await expect(box).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
  await expect(ide.terminal().getByRole("textbox").first()).toBeFocused();
  await ide.type("cat");
  // What is typed before the shell has given the terminal over is not echoed, as everywhere.
  await expect(tabs(page).last()).toHaveAccessibleName("cat");
  await page.keyboard.press("Control+s");
  await page.keyboard.type("not frozen\n");
  await expect(ide.terminal()).toContainText("not frozen");
  await page.keyboard.press("Control+c");
});

test("the IDE's keys are the program's in a terminal, or the IDE's, as the person wants", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const palette = page.getByRole("combobox", { name: "Go to file, command, function" });
  const advertised = page.locator(".search-box kbd:visible");
  await ide.terminal().getByRole("textbox").first().focus();
  await expect(advertised).toHaveText("Ctrl+Shift+P");
  await page.keyboard.press("Control+p");
  await expect(palette).toBeHidden();
  await ide.command("Terminal: Toggle Whether Ctrl+P and the Like Are the Program's");
  await ide.terminal().getByRole("textbox").first().focus();
  await expect(advertised).toHaveText("Ctrl+P");
  await page.keyboard.press("Control+p");
  await expect(palette).toBeVisible();
});
