// The journey the product exists for: open, edit, invoke, deploy, and find it all there again.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

test("the IDE opens with the template, its code, and a terminal in its cloud", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.ready.ide_url);
  await expect(page.getByRole("treeitem", { name: "template.yaml", exact: true })).toBeVisible();
  await expect(ide.editor("src/main.rs")).toContainText("fn handler");
  await expect(page.getByRole("status", { name: "Connection" })).toContainText("online");
  await ide.type("echo cloud=$AWS_ENDPOINT_URL");
  await expect(ide.terminal()).toContainText(`cloud=${program.ready.cloud_url}`);
  await ide.type("aws sts get-caller-identity --query Arn --output text");
  await expect(ide.terminal()).toContainText("arn:aws:iam::000000000000:root");
});

test("a one-time code works once", async ({ page }) => {
  const answer = await page.goto(program.ready.ide_url);
  expect(answer?.ok()).toBe(true);
  await expect(page.getByRole("tree", { name: "Files" })).toBeHidden();
});

test("text is shared between tabs, survives a reload, and is saved to the file", async ({ page, browser }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("README.md");
  await ide.editor("README.md").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("typed in one tab ");
  const context = await browser.newContext();
  const other = new Ide(await context.newPage());
  await other.open(program.url());
  await other.openFile("README.md");
  await expect(other.editor("README.md")).toContainText("typed in one tab");
  expect(program.read("README.md")).not.toContain("typed in one tab");
  await page.reload();
  await ide.openFile("README.md");
  await expect(ide.editor("README.md")).toContainText("typed in one tab");
  await ide.editor("README.md").click();
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("README.md")).toContain("typed in one tab");
  await context.close();
});

test("Invoke builds the function and shows its answer, log and report", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await page.getByRole("button", { name: "Invoke", exact: true }).click();
  const result = page.getByRole("region", { name: "Result" });
  await expect(result).toContainText("Hello, Ada!", { timeout: 240_000 });
  await expect(result).toContainText("Billed duration");
  await expect(result).toContainText("wasm");
  await expect(result).toContainText("greeting Ada");
});

test("Deploy makes an API that answers, and a second deploy changes nothing", async ({ page, request }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const deploy = page.getByRole("region", { name: "Deploy" });
  await page.getByRole("button", { name: "Deploy", exact: true }).first().click();
  await expect(deploy).toContainText("/_aws/execute-api/", { timeout: 240_000 });
  const text = (await deploy.textContent()) ?? "";
  const url = /http:\/\/[\d.]+:\d+\/_aws\/execute-api\/[a-z0-9]+/.exec(text)?.[0] ?? "";
  const answer = await request.get(`${url}/hello/Grace`, { headers: {} });
  expect(await answer.json()).toEqual({ message: "Hello, Grace!" });
  process.env.JOURNEY_API = url;
  await page.getByRole("button", { name: "Deploy", exact: true }).first().click();
  await expect(page.getByText("hello-api is up to date").first()).toBeVisible({ timeout: 60_000 });
});

test("the server is killed and comes back: same terminal, same program in it, the API answers throughout", async ({ page, request }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.type("echo before the ki''ll; cat");
  await expect(ide.terminal()).toContainText("before the kill");
  await program.kill();
  expect((await request.get(`${process.env.JOURNEY_API}/hello/Ada`)).status()).toBe(200);
  await program.start();
  await expect(page.getByRole("status", { name: "Connection" })).toContainText("online");
  await ide.type("to the program that ran on");
  await expect(ide.terminal()).toContainText("to the program that ran on");
  await expect(ide.terminal()).toContainText("before the kill");
  await page.keyboard.press("Control+c");
});

test("rust-analyzer marks what is broken, and takes the mark away when it is mended", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await page.getByRole("tab", { name: "main.rs" }).click();
  const editor = ide.editor("src/main.rs");
  await expect(editor).toContainText("fn handler");
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("fn broken( {");
  await page.getByRole("tab", { name: /^Problems/ }).click();
  const problems = page.getByRole("tabpanel", { name: /^Problems/ });
  await expect(problems).toContainText("main.rs", { timeout: 180_000 });
  for (let typed = 0; typed < "fn broken( {".length + 2; typed++) await page.keyboard.press("Control+z");
  await expect(editor).not.toContainText("fn broken");
  await expect(problems).not.toContainText("main.rs", { timeout: 120_000 });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing for axe to say in ${colorScheme}, and no violation of the content policy`, async ({ browser }) => {
    const page = await (await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } })).newPage();
    const ide = new Ide(page);
    await ide.open(program.url());
    await page.getByRole("tab", { name: "Cloud", exact: true }).click();
    await page.getByRole("tab", { name: "main.rs" }).click();
    await expect(ide.editor("src/main.rs")).toContainText("fn handler");
    const found = await new AxeBuilder({ page }).analyze();
    expect(found.violations.map((violation) => violation.id)).toEqual([]);
    if (colorScheme === "dark") await page.screenshot({ path: "../../docs/ide.png" });
    const reports = await page.evaluate(async () => (await fetch("/csp-report")).text());
    expect(Number(/\d+/.exec(reports)?.[0])).toBe(0);
    await page.context().close();
  });
}
