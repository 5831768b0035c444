// What axe finds in every theme and state: nothing. And the picture of the README.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type BrowserContextOptions, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program({ languages: true });

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

const themes: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  "high contrast": { colorScheme: "dark", contrast: "more" },
};

/** Structure is the same in every theme, colours are not: all rules are asked in one of them, that of contrast in the others. */
async function look(page: Page, state: string, theme: string): Promise<void> {
  // Without frames nothing has to be joined in a page of its own, and what is right is not listed.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await (theme === "dark" ? axe : axe.withRules("color-contrast")).analyze();
  const found = violations.map(({ id, nodes }) => `${state}: ${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  expect(found).toEqual([]);
}

test("the function is invoked and deployed, which is the picture of the product", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(page.getByText("rust-analyzer ready")).toBeVisible({ timeout: 180_000 });
  await ide.button("Deploy").first().click();
  await expect(ide.region("Deploy")).toContainText("hello-api is deployed", { timeout: 240_000 });
  const address = /http:\/\/[a-z0-9]+\.execute-api\.localhost:\d+/.exec((await ide.region("Deploy").textContent()) ?? "")?.[0];
  await ide.button("Invoke").click();
  await expect(ide.region("Result")).toContainText("Hello, Ada!", { timeout: 240_000 });
  await ide.tab("Cloud").click();
  await ide.type("PS1='$ '; clear");
  await ide.type(`curl ${address}/hello/Grace; echo`);
  await expect(ide.terminal()).toContainText("Hello, Grace!");
  await ide.type("aws lambda list-functions --query 'Functions[].[FunctionName,Runtime,MemorySize]' --output table");
  await expect(ide.terminal()).toContainText("provided.al2023");
  await ide.palette("@handler");
  await expect(ide.results().first()).toContainText("handler");
  await page.keyboard.press("Enter");
  await expect(ide.editor("src/main.rs")).toBeFocused();
  await expect(page.getByText("is deployed", { exact: false }).last()).toBeHidden();
  await page.mouse.move(720, 6);
  await page.screenshot({ path: "../../docs/ide.png" });
});

for (const [name, preferences] of Object.entries(themes)) {
  test(`nothing for axe to say in ${name}, and no violation of the content policy`, async ({ browser }) => {
    const context = await browser.newContext({ ...preferences, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const check = (state: string) => look(page, state, name);
    const ide = new Ide(page);
    await ide.open(program.url());
    await expect(ide.editor("src/main.rs")).toContainText("fn handler");
    await expect(page.getByRole("tree", { name: "Cloud" }).getByRole("treeitem", { name: "HelloFunction", exact: true })).toBeVisible();
    await check("the cloud's tree, code and terminal");
    await ide.tab("Files").click();
    await expect(ide.entry("template.yaml")).toBeVisible();
    await check("first view");
    await page.keyboard.press("Control+Shift+h");
    await page.getByRole("textbox", { name: "Search", exact: true }).fill("handler");
    await expect(page.getByRole("tree", { name: "Search results" }).getByRole("treeitem").first()).toBeVisible();
    await check("a search and what would come in its place");
    await ide.tab("Files").click();
    await ide.palette(">");
    await expect(ide.results().first()).toBeVisible();
    await check("palette");
    await page.keyboard.press("Escape");
    await ide.command("Split Editor Right");
    await expect(ide.region("Editor group 2").getByRole("textbox")).toContainText("fn handler");
    await check("two groups of editors");
    await ide.command("Close Editor Group");
    await ide.button("Invoke").click();
    await expect(ide.region("Result")).toContainText("Succeeded");
    await check("a function's result");
    await ide.tab("Deploy").click();
    await expect(ide.region("Deploy")).toContainText("is deployed");
    await check("a deployment");
    await ide.tab("Try it").click();
    await check("trying an API");
    await ide.entry("template.yaml").click({ button: "right" });
    await expect(page.getByRole("menu")).toBeVisible();
    await check("a menu");
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await check("a dialog");
    await page.keyboard.press("Escape");
    await ide.tab("Logs").click();
    await check("logs");
    await ide.tab("Terminal").click();
    await page.setViewportSize({ width: 900, height: 900 });
    await check("a middle-sized screen");
    await page.setViewportSize({ width: 390, height: 844 });
    for (const pane of ["Files", "Code", "Terminal", "Cloud", "Run"]) {
      await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: pane }).click();
      await check(`${pane} on a narrow screen`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${pane} fits the screen`).toBeLessThanOrEqual(390);
    }
    expect(await ide.policyReports()).toBe(0);
    await context.close();
  });
}
