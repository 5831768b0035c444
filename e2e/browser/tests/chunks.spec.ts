// Views whose code loads when they are first shown: late, not at all, and before anybody has asked.
import { expect, test, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const CHUNK = "**/assets/split_cloud-*.wasm";
const program = new Program();

test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

function cloud(page: Page) {
  return page.getByRole("tabpanel", { name: "Cloud" });
}

function tree(page: Page) {
  return page.getByRole("tree", { name: "Cloud" });
}

test("a view says that it is on its way, and is drawn when it is there", async ({ page }) => {
  let pass = () => {};
  const held = new Promise<void>((done) => (pass = done));
  await page.route(CHUNK, async (route) => {
    await held;
    await route.continue();
  });
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Cloud").click();
  await expect(cloud(page).getByRole("status")).toHaveText("Loading Cloud…");
  await expect(tree(page)).toBeHidden();
  pass();
  await expect(tree(page)).toBeVisible();
});

test("what is written in the palette stays in its field when what finds arrives", async ({ page }) => {
  let pass = () => {};
  const held = new Promise<void>((done) => (pass = done));
  await page.route("**/assets/split_palette-*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  const ide = new Ide(page);
  await ide.open(program.url());
  const field = await ide.palette(">Toggle Panel");
  await expect(page.getByText("Loading…", { exact: true })).toBeVisible();
  // An input method composes in this very element: another in its place would end that.
  await field.evaluate((element) => element.setAttribute("data-composed", ""));
  await page.keyboard.type(" Vis");
  pass();
  await expect(ide.results().first()).toContainText("Toggle Panel Visibility");
  await expect(field).toHaveValue(">Toggle Panel Vis");
  await expect(field).toHaveAttribute("data-composed");
  await expect(field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
});

test("a view that cannot be loaded says why, and is drawn when trying again succeeds", async ({ page }) => {
  let refused = 0;
  await page.route(CHUNK, (route) => {
    refused += 1;
    return route.abort();
  });
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Cloud").click();
  await expect(cloud(page).getByRole("alert")).toContainText("Cloud could not be loaded");
  const before = refused;
  await cloud(page).getByRole("button", { name: "Retry" }).click();
  // What stood there is gone by then, and what is said next is of this try.
  await expect.poll(() => refused).toBeGreaterThan(before);
  await expect(cloud(page).getByRole("alert")).toContainText("Cloud could not be loaded");
  await page.unroute(CHUNK);
  await cloud(page).getByRole("button", { name: "Retry" }).click();
  await expect(tree(page)).toBeVisible();
  await ide.tab("Files").click();
  await ide.tab("Cloud").click();
  await expect(tree(page)).toBeVisible();
});

test("a page at rest has its views, so that they open without a connection", async ({ page, context }) => {
  const loaded = page.waitForEvent("requestfinished", (request) => request.url().includes("/split_cloud-"));
  const ide = new Ide(page);
  await ide.open(program.url());
  await loaded;
  await context.setOffline(true);
  await ide.tab("Cloud").click();
  await expect(tree(page)).toBeVisible();
  await context.setOffline(false);
});

test("a menu that cannot be loaded says so and is put away or opened again", async ({ page }) => {
  const over = "**/assets/split_over-*.wasm";
  await page.route(over, (route) => route.abort());
  const ide = new Ide(page);
  await ide.open(program.url());
  // Another test's page left the cloud in front.
  await ide.tab("Files").click();
  const row = page.getByRole("tree", { name: "Files" }).getByRole("treeitem").first();
  await row.click({ button: "right" });
  const failed = page.locator(".later-over");
  await expect(failed.getByRole("alert")).toContainText("could not be loaded");
  await failed.getByRole("button", { name: "Close" }).click();
  await expect(failed).toBeHidden();
  await row.click({ button: "right" });
  await expect(failed.getByRole("alert")).toContainText("could not be loaded");
  await page.unroute(over);
  await failed.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expect(failed).toBeHidden();
});
