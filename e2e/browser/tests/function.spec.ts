// The page of a function: its tabs, each with its effect in the cloud.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();
const PAGES = ["Overview", "Invoke", "Logs", "Configuration", "Versions", "Triggers", "Concurrency"];

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  await program.start();
  program.write("orders/main.py", HANDLER);
  program.write("template.yaml", TEMPLATE);
});
test.afterAll(() => program.stop());

const HANDLER = `import json

def handle(event, context):
    print("seen", json.dumps(event))
    if event.get("fail"):
        raise ValueError("it was asked to")
    return {"version": context.function_version, "records": len(event.get("Records", []))}
`;

const TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: orders
      CodeUri: orders
      Handler: main.handle
      Runtime: python3.13
      Policies:
        - SQSPollerPolicy: { QueueName: !GetAtt Jobs.QueueName }
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { QueueName: jobs }
`;

function pages(page: Page) {
  return page.getByRole("tablist", { name: "Function pages" });
}

/** Shows a page of the function, and is that page. */
async function shown(page: Page, name: string) {
  await pages(page).getByRole("tab", { name, exact: true }).click();
  return page.locator(`#function-page[aria-label="${name}"]`);
}

/** Opens the function's page from the cloud's tree, as a function's row there leads to it. */
async function openPage(ide: Ide): Promise<void> {
  await ide.tab("Cloud").click();
  await ide.entry("Orders").dblclick();
}

/** The IDE with the deployed function's page. */
async function opened(page: Page): Promise<Ide> {
  const ide = new Ide(page);
  await ide.open(program.url());
  await openPage(ide);
  await expect(pages(page)).toBeVisible();
  return ide;
}

async function write(page: Page, event: string): Promise<void> {
  await page.getByRole("textbox", { name: "Test event" }).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(event);
}

test("a function's page has its tabs, which the arrows walk, and says what the function is", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.button("Deploy").first().click();
  await expect(ide.region("Deploy")).toContainText("is deployed", { timeout: 120_000 });
  await openPage(ide);
  for (const name of PAGES) await expect(pages(page).getByRole("tab", { name, exact: true })).toBeVisible();
  const overview = await shown(page, "Overview");
  for (const text of ["python3.13", "128 MB", "arn:aws:lambda:", "native", "/aws/lambda/orders"]) await expect(overview).toContainText(text);
  await page.keyboard.press("ArrowLeft");
  await expect(pages(page).getByRole("tab", { name: "Concurrency" })).toBeFocused();
  await expect(page.locator('#function-page[aria-label="Concurrency"]')).toBeVisible();
});

test("events of every source are sent, waited for or not, and what came of them is counted", async ({ page }) => {
  const ide = await opened(page);
  const invoke = await shown(page, "Invoke");
  const events = page.getByRole("combobox", { name: "Event", exact: true });
  for (const name of ["SQS messages", "S3 object created", "Kinesis records", "CloudWatch Logs subscription"]) {
    await events.selectOption(name);
    await ide.button("Send event").click();
    await expect(ide.region("Result")).toContainText("Succeeded");
  }
  await expect(ide.region("Result").getByLabel("Response")).toContainText('"records": 0');
  await expect(invoke).toContainText("of 6.0 MB");
  await write(page, '{ "fail": true }');
  await page.keyboard.press("Control+Enter");
  await expect(ide.region("Result")).toContainText("The function failed");
  await page.getByRole("checkbox", { name: /asynchronous/ }).check();
  await expect(invoke).toContainText("of 1.0 MB");
  await write(page, '{ "quietly": 7 }');
  await ide.button("Send event").click();
  await expect(ide.region("Result")).toContainText("Accepted");
  const doing = (await shown(page, "Overview")).getByRole("region", { name: "The last 15 minutes" });
  await expect(doing.getByRole("img")).toHaveAccessibleName("6 calls and 1 error in the last 15 minutes");
  await expect(doing).toContainText("ms");
  await ide.button("Invoke").click();
  await expect(pages(page).getByRole("tab", { name: "Invoke" })).toHaveAttribute("aria-selected", "true");
});

test("the log is followed, by a pattern and by a request, and a line is shown whole", async ({ page }) => {
  await opened(page);
  const log = await shown(page, "Logs");
  const lines = log.getByRole("list", { name: "Log lines" });
  await expect(lines).toContainText("REPORT RequestId:");
  await log.getByRole("searchbox").fill("quietly");
  await page.keyboard.press("Enter");
  // Sent by one button, and once more by the other.
  await expect(lines.getByRole("listitem")).toHaveCount(2);
  await log.getByRole("searchbox").fill("");
  await page.keyboard.press("Enter");
  await expect(lines).toContainText("REPORT RequestId:");
  await lines.getByRole("button", { name: /seen \{"quietly": 7\}/ }).first().click();
  await expect(log.getByRole("region", { name: "Line" })).toContainText("quietly");
  await log.getByRole("button", { name: "Only this request" }).click();
  await expect(lines.getByRole("listitem")).toHaveCount(4);
  await log.getByRole("button", { name: /^Show every request/ }).click();
  await expect(lines.getByRole("listitem")).not.toHaveCount(4);
});

test("the configuration is changed by a form, and what is wrong the service says itself", async ({ page }) => {
  await opened(page);
  const configuration = await shown(page, "Configuration");
  const form = configuration.getByRole("form", { name: "Configuration" });
  await form.getByRole("textbox", { name: "Memory in MB" }).fill("64");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128");
  await form.getByRole("textbox", { name: "Memory in MB" }).fill("256");
  await form.getByRole("button", { name: "Add a variable" }).click();
  await form.getByRole("textbox", { name: "Variable" }).fill("STAGE");
  await form.getByRole("textbox", { name: "Value" }).fill("test");
  await form.getByRole("combobox", { name: "Log format" }).selectOption("JSON");
  await form.getByRole("combobox", { name: "Application log level" }).selectOption("WARN");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("status")).toContainText("The configuration is changed.");
  await expect(await shown(page, "Overview")).toContainText("256 MB");
  const again = await shown(page, "Configuration");
  await expect(again.getByRole("textbox", { name: "Value" })).toHaveValue("test");
  await expect(again.getByRole("combobox", { name: "Application log level" })).toHaveValue("WARN");
});

test("versions are published, an alias divides its calls, and is invoked", async ({ page }) => {
  const ide = await opened(page);
  let versions = await shown(page, "Versions");
  await versions.getByRole("textbox", { name: "Description of the version" }).fill("with more memory");
  await versions.getByRole("button", { name: "Publish version" }).click();
  await expect(versions.getByRole("status")).toContainText("Version 1 is published.");
  await expect(versions.getByRole("region", { name: "Published versions" })).toContainText("with more memory");
  const configuration = await shown(page, "Configuration");
  await configuration.getByRole("textbox", { name: "Timeout in seconds" }).fill("9");
  await configuration.getByRole("button", { name: "Save" }).click();
  await expect(configuration.getByRole("status")).toContainText("changed");
  versions = await shown(page, "Versions");
  await expect(async () => {
    await versions.getByRole("button", { name: "Publish version" }).click();
    await expect(versions.getByRole("status").first()).toContainText("Version 2 is published.", { timeout: 2_000 });
  }).toPass();
  const fresh = versions.getByRole("form", { name: "New alias" });
  await fresh.getByRole("textbox", { name: "Alias" }).fill("live");
  await fresh.getByRole("combobox", { name: "Version", exact: true }).selectOption("2");
  await fresh.getByRole("button", { name: "Create alias" }).click();
  const live = versions.getByRole("form", { name: "Alias live" });
  await live.getByRole("combobox", { name: "Second version" }).selectOption("1");
  await live.getByRole("slider").fill("25");
  await expect(live).toContainText("25 % of the calls go to version 1, 75 % to 2");
  await live.getByRole("button", { name: "Save" }).click();
  await expect(live.getByRole("status")).toContainText("Alias live is saved.");
  await shown(page, "Invoke");
  await page.getByRole("combobox", { name: "Version or alias" }).selectOption("live");
  await ide.button("Send event").click();
  await expect(ide.region("Result")).toContainText(/Version [12] ran\./);
  await page.reload();
  await openPage(ide);
  await expect((await shown(page, "Versions")).getByRole("form", { name: "Alias live" }).getByRole("slider")).toHaveValue("25");
});

test("concurrency is reserved and provisioned, within what the account has", async ({ page }) => {
  await opened(page);
  const concurrency = await shown(page, "Concurrency");
  const reserve = concurrency.getByRole("form", { name: "Reserved" });
  await reserve.getByRole("textbox", { name: "Reserved" }).fill("1000");
  await reserve.getByRole("button", { name: "Reserve", exact: true }).click();
  await expect(reserve.getByRole("alert")).toContainText("below its minimum value of [100]");
  await reserve.getByRole("textbox", { name: "Reserved" }).fill("5");
  await reserve.getByRole("button", { name: "Reserve", exact: true }).click();
  await expect(concurrency).toContainText("995");
  const provisioned = concurrency.getByRole("region", { name: "Provisioned concurrency" });
  await provisioned.getByRole("combobox", { name: "Version or alias" }).selectOption("2");
  await provisioned.getByRole("textbox", { name: "Concurrent invocations" }).fill("1");
  await provisioned.getByRole("button", { name: "Provision" }).click();
  await expect(provisioned).toContainText("1 of 1 ready");
  await expect(provisioned).toContainText("READY");
  await provisioned.getByRole("button", { name: "Remove 2" }).click();
  await expect(provisioned.getByRole("listitem")).toHaveCount(0);
  await reserve.getByRole("button", { name: "Use the account's" }).click();
  await expect(concurrency).toContainText("1000");
});

test("a queue is made to call it, paused, and taken away", async ({ page }) => {
  await opened(page);
  const triggers = await shown(page, "Triggers");
  const form = triggers.getByRole("form", { name: "Add a trigger" });
  await form.getByRole("combobox", { name: /^ARN of/ }).fill("jobs");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form.getByRole("alert")).toContainText("give its ARN");
  const known = await form.locator("datalist option").first().getAttribute("value");
  expect(known).toMatch(/^arn:aws:sqs:.*:jobs$/);
  await form.getByRole("combobox", { name: /^ARN of/ }).fill(known ?? "");
  await form.getByRole("textbox", { name: "Batch size" }).fill("5");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const list = triggers.getByRole("region", { name: "Triggers" });
  await expect(list).toContainText("Enabled, batches of 5");
  await list.getByRole("button", { name: "Pause jobs" }).click();
  await expect(list).toContainText("Disabled");
  await list.getByRole("button", { name: "Remove jobs" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(list).toContainText("Nothing calls it yet");
});

test("axe has nothing to say of any page, and none is wider than a narrow screen", async ({ page }) => {
  await opened(page);
  for (const name of PAGES) {
    await expect((await shown(page, name)).getByText("Looking at the function…")).toHaveCount(0);
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
    const { violations } = await axe.analyze();
    expect(violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Run" }).click();
  for (const name of PAGES) {
    await shown(page, name);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(390);
  }
});
