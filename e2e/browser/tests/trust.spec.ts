// A folder that somebody else made: nothing of it runs before it is trusted, and everything that a person does works.
import { existsSync } from "node:fs";
import { join } from "node:path";

import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program({ languages: true });
const canary = join(program.home, "canary");

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  program.write("Cargo.toml", '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n');
  program.write("build.rs", `fn main() { std::fs::write(${JSON.stringify(canary)}, "build.rs").unwrap(); }\n`);
  program.write("src/main.rs", "fn main() {}\n");
  program.write(".git/hooks/pre-commit", "#!/bin/sh\n");
  program.write("README.md", "# Somebody's\n");
  program.write("template.yaml", [
    "Transform: AWS::Serverless-2016-10-31",
    "Resources:",
    "  Hello:",
    "    Type: AWS::Serverless::Function",
    "    Properties: {CodeUri: ., Handler: bootstrap, Runtime: provided.al2023}",
    "",
  ].join("\n"));
  await program.start();
});
test.afterAll(() => program.stop());

const question = (page: Page) => page.getByRole("dialog", { name: "Do you trust this folder?" });

async function hasNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

test("an opened folder asks first, shows what would run, and runs nothing", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(question(page)).toBeVisible();
  for (const path of ["build.rs", "template.yaml", ".git/hooks/pre-commit"]) await expect(question(page)).toContainText(path);
  await hasNoViolations(page);
  await question(page).getByRole("button", { name: "Browse only" }).click();
  await expect(question(page)).toBeHidden();
  await expect(ide.button("Restricted")).toBeVisible();

  await ide.openFile("README.md");
  await ide.editor("README.md").click();
  await page.keyboard.type("edited ");
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("README.md")).toContain("edited");
  await expect(page.getByRole("tablist", { name: "Terminals" }).getByRole("tab")).toHaveCount(0);
  await ide.button("New terminal").click();
  await ide.type("echo my own ac''t");
  await expect(ide.terminal()).toContainText("my own act");
  expect(existsSync(canary)).toBe(false);
});

test("what would run says why it does not, and asks again", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(ide.button("Restricted")).toBeVisible();
  await expect(question(page)).toBeHidden();
  await ide.button("Invoke").click();
  await expect(question(page)).toContainText("Invoke does not run");
  await page.keyboard.press("Escape");
  await expect(question(page)).toBeHidden();
  await ide.button("Restricted").click();
  await expect(question(page)).toBeVisible();
  await page.keyboard.press("Escape");
  expect(existsSync(canary)).toBe(false);
});

test("trust is given once, kept, and taken back", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.button("Restricted").click();
  await question(page).getByRole("button", { name: "Trust", exact: true }).click();
  await expect(ide.button("Restricted")).toBeHidden();
  await ide.palette("main.rs");
  await ide.results().first().click();
  await expect(ide.editor("src/main.rs")).toBeVisible();
  await expect.poll(() => existsSync(canary), { timeout: 120_000 }).toBe(true);
  await page.reload();
  await expect(ide.editor("src/main.rs")).toBeVisible();
  await expect(question(page)).toBeHidden();
  await ide.command("Stop trusting this folder");
  await expect(ide.button("Restricted")).toBeVisible();
  await expect(page.getByText("rust-analyzer")).toBeHidden();
});
