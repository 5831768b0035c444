// The link when the way is bad: slow, silent, flooded. Nothing typed or printed is lost or doubled.
import { expect, test } from "@playwright/test";

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
  proxy.unmute();
});

test("a silent link is noticed, editing goes on, and everything arrives once it speaks again", async ({ page, browser }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("README.md");
  // Numbered lines, more of them than fit on the screen, are printed before, during and after the silence.
  await ide.type("clear; for n in $(seq 1 400); do echo line-$n-; sleep 0.1; done; echo all pri''nted; cat");
  await expect(ide.terminal()).toContainText("line-5-");
  proxy.mute();
  await ide.editor("README.md").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("typed into silence ");
  await expect(ide.connection()).toContainText("reconnecting", { timeout: 60_000 });
  await expect(page.getByRole("alert")).toContainText("You can go on editing");
  await page.keyboard.type("and on ");
  proxy.unmute();
  await expect(ide.connection()).toContainText("online");
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(ide.terminal()).toContainText("all printed", { timeout: 90_000 });
  expect(await numbers(ide)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  await page.keyboard.press("Control+c");
  const other = await Ide.another(browser, program.url());
  await expect(other.editor("README.md")).toContainText("typed into silence and on");
  await other.page.context().close();
});

test("connections that break again and again lose nothing", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("README.md").click();
  const editor = ide.editor("README.md");
  await expect(editor).toContainText("hello-api");
  await editor.click();
  await page.keyboard.press("Control+Home");
  for (let round = 0; round < 5; round++) {
    proxy.cut();
    await page.keyboard.type(`round${round} `);
    await expect(ide.connection()).toContainText("online");
  }
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("README.md")).toContain("round0 round1 round2 round3 round4 ");
});

test("what was typed into silence outlives the end of the page's program", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("Makefile");
  await ide.editor("Makefile").click();
  await page.keyboard.press("Control+Home");
  proxy.mute();
  await page.keyboard.type("# into silence ");
  const dialog = await ide.panic();
  await expect(dialog).toContainText("What you typed is kept");
  // What was on its way is lost.
  proxy.cut();
  proxy.unmute();
  await dialog.getByRole("button", { name: "Reload" }).click();
  await expect(ide.editor("Makefile")).toContainText("# into silence # For AWS");
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("Makefile")).toContain("# into silence # For AWS");
});

test("over a slow link the page is usable, and says that it is slow", async ({ page }) => {
  // 1 Mbit/s; half a second there and back.
  proxy.way = { delay: 250, rate: 125_000 };
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(ide.connection()).toContainText("slow", { timeout: 60_000 });
  await ide.type("echo far a''way");
  await expect(ide.terminal()).toContainText("far away");
  await ide.openFile("Makefile");
  await ide.editor("Makefile").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# slowly ");
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("Makefile")).toContain("# slowly ");
  proxy.way = { delay: 0, rate: Infinity };
  await expect(ide.connection()).toContainText("online", { timeout: 90_000 });
});

test("a flooding terminal neither delays another one nor grows anyone's memory", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.type("clear; echo rea''dy");
  await expect(ide.terminal()).toContainText("ready");
  const before = program.memory();
  await ide.type("yes flood");
  await expect(ide.terminal()).toContainText("flood\nflood\nflood");
  await ide.button("New terminal").click();
  const tabs = page.getByRole("tablist", { name: "Terminals" }).getByRole("tab");
  await expect(tabs).toHaveCount(2);
  await expect(page.getByRole("tabpanel", { name: "bash 2" }).getByRole("textbox")).toBeFocused();
  for (let round = 0; round < 10; round++) {
    await ide.type(`clear; echo through the fl''ood ${round}`);
    await expect(ide.terminal()).toContainText(`through the flood ${round}`);
  }
  const after = program.memory();
  const most = 64 * 1024 * 1024;
  expect(after.server - before.server).toBeLessThan(most);
  expect(after.agent - before.agent).toBeLessThan(most);
  await tabs.first().click();
  await ide.terminal().getByRole("textbox").first().focus();
  await page.keyboard.press("Control+c");
  await ide.type("clear; echo sto''pped");
  await expect(ide.terminal()).toContainText("stopped");
});

/** The numbers of the lines in the terminal's scrollback back to the first one, read from the end page by page, each line once. */
async function numbers(ide: Ide): Promise<number[]> {
  await ide.terminal().getByRole("textbox").first().focus();
  const found: number[] = [];
  const screen = ide.terminal().locator(".terminal-readable");
  for (; found[0] !== 1; await ide.page.keyboard.press("Shift+PageUp")) {
    let lines: number[] = [];
    // The text follows the picture by a moment.
    const first = async () => {
      lines = [...((await screen.textContent()) ?? "").matchAll(/line-(\d+)-/g)].map((match) => Number(match[1]));
      return lines[0] ?? Infinity;
    };
    await expect.poll(first).toBeLessThan(found[0] ?? Infinity);
    // Where two pages overlap they must show the same lines.
    const known = lines.filter((line) => found.includes(line));
    expect(known).toEqual(found.slice(0, known.length));
    found.unshift(...lines.slice(0, lines.length - known.length));
  }
  return found;
}
