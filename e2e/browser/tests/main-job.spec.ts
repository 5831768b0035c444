// The journey the product exists for: open, edit, invoke, deploy, call, and find it all there again.
import { type APIRequestContext, expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program({ languages: true });
let api = "";

/** Asks the deployed API. Its name leads to this machine in browsers and curl; here it need not be resolved. */
function ask(request: APIRequestContext, path: string) {
  const { host, port } = new URL(api);
  return request.get(`http://127.0.0.1:${port}${path}`, { headers: { host } });
}

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

test("the IDE opens with the template, its code, and a terminal in its cloud", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.ready.ide_url);
  await expect(ide.entry("template.yaml")).toBeVisible();
  await expect(ide.editor("src/main.rs")).toContainText("fn handler");
  await expect(ide.connection()).toContainText("online");
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

test("rust-analyzer marks what is broken until it is mended, completes, explains and leads to definitions", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const editor = ide.editor("src/main.rs");
  await expect(page.getByText("rust-analyzer ready")).toBeVisible({ timeout: 180_000 });
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText("fn probe() -> u32 { greet(\"Ada\").message }\n");
  await page.getByRole("tab", { name: /^Problems/ }).click();
  const problems = page.getByRole("tabpanel", { name: /^Problems/ });
  await expect(problems).toContainText("expected u32, found String");
  await expect(editor.locator(".cm-lintRange-error")).not.toHaveCount(0);
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("End");
  for (const _ of " }") await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(".le");
  const proposals = page.getByRole("listbox", { name: "Completions" });
  await expect(proposals).toContainText("len()");
  await proposals.getByText("len()", { exact: false }).first().click();
  await expect(editor).toContainText("message.len()");
  await page.keyboard.type(" as u32");
  await expect(problems).not.toContainText("main.rs");
  await expect(editor.locator(".cm-lintRange-error")).toHaveCount(0);
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("src/main.rs")).toContain(".message.len() as u32");

  await page.keyboard.press("Control+Home");
  await editor.getByText("Deserialize", { exact: true }).first().hover();
  await expect(page.locator(".cm-hover")).toContainText("data structure");
  await page.keyboard.press("Escape");
  await editor.getByText("run", { exact: true }).first().click({ modifiers: ["Control"] });
  await expect(ide.editor("function/src/lib.rs")).toContainText("pub fn run");
  await ide.tab("main.rs").click();
  await editor.getByText("Option", { exact: true }).first().click({ modifiers: ["Control"] });
  await expect(page.getByRole("textbox", { name: /^Source: .*option\.rs/ })).toContainText("pub enum Option");
});

test("Invoke builds the function and shows its answer, log and report", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.button("Invoke").click();
  const result = ide.region("Result");
  await expect(result).toContainText("Hello, Ada!", { timeout: 240_000 });
  for (const text of ["Billed duration", "Memory size", "Max memory used", "wasm", "greeting Ada", "REPORT RequestId:"]) {
    await expect(result).toContainText(text);
  }
});

test("the event is edited and saved as a file; what fails says why", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const event = page.getByRole("textbox", { name: "Test event" });
  await event.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText('{ "pathParameters": { "name": "Grace" } }');
  await page.keyboard.press("Control+Enter");
  const result = ide.region("Result");
  await expect(result).toContainText("Hello, Grace!");
  await ide.button("Save the event as…").click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("grace");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect.poll(() => program.has("events/HelloFunction/grace.json")).toBe(true);
  expect(JSON.parse(program.read("events/HelloFunction/grace.json"))).toEqual({ pathParameters: { name: "Grace" } });
  await page.reload();
  await page.getByRole("combobox", { name: "Event" }).selectOption("grace");
  await ide.button("Invoke").click();
  await expect(result).toContainText("Hello, Grace!");
  await event.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText('{ "pathParameters": 7 }');
  await page.keyboard.press("Control+Enter");
  await expect(result).toContainText("The function failed");
  await expect(result).toContainText("errorMessage");
});

test("Deploy makes an API that answers, and a second deploy changes nothing", async ({ page, request }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const deploy = ide.region("Deploy");
  await ide.button("Deploy").first().click();
  await expect(deploy).toContainText(".execute-api.localhost:", { timeout: 240_000 });
  for (const kind of ["AWS::Lambda::Function", "AWS::IAM::Role", "AWS::ApiGatewayV2::Api", "CREATE_COMPLETE"]) {
    await expect(deploy).toContainText(kind);
  }
  const text = (await deploy.textContent()) ?? "";
  api = /http:\/\/[a-z0-9]+\.execute-api\.localhost:\d+/.exec(text)?.[0] ?? "";
  const answer = await ask(request, "/hello/Grace");
  expect(await answer.json()).toEqual({ message: "Hello, Grace!" });
  await ide.button("Deploy").first().click();
  await expect(page.getByText("hello-api is up to date").first()).toBeVisible({ timeout: 60_000 });
});

test("a template that cannot be deployed says where, and the stack stays as it was", async ({ page, request }) => {
  const ide = new Ide(page);
  const template = program.read("template.yaml");
  program.write("template.yaml", template.replace("AWS::Serverless::Function", "AWS::Serverless::Funktion"));
  await ide.open(program.url());
  await ide.button("Deploy").first().click();
  const deploy = ide.region("Deploy");
  await expect(deploy).toContainText("hello-api is not deployed");
  await expect(deploy).toContainText("AWS::Serverless::Funktion");
  await deploy.getByRole("button", { name: /^template\.yaml, line \d+$/ }).click();
  await expect(ide.editor("template.yaml").locator(".cm-activeLine")).toContainText("HelloFunction:");
  expect((await ask(request, "/hello/Ada")).status()).toBe(200);
  program.write("template.yaml", template);
  await expect(ide.editor("template.yaml")).not.toContainText("Funktion");
});

test("the API is tried in the panel, from the cloud's tree and from the palette", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Cloud").click();
  await page.getByRole("tree", { name: "Cloud" }).getByRole("treeitem", { name: "GET /hello/{name}" }).click();
  const address = page.getByRole("textbox", { name: "Address" }).or(page.getByRole("combobox", { name: "Address" }));
  await expect(address).toHaveValue(`${api}/hello/{name}`);
  await address.fill(`${api}/hello/Ada`);
  await ide.button("Send").click();
  const response = ide.region("Response");
  await expect(response).toContainText("200");
  await expect(response).toContainText("Hello, Ada!");
  await ide.palette("api hello");
  await page.keyboard.press("Enter");
  await expect(address).toHaveValue(`${api}/hello/{name}`);
});

test("curl, the AWS CLI and boto3 in the terminal reach the workspace's cloud", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Terminal").click();
  await ide.type(`clear; curl -s ${api}/hello/Terminal`);
  await expect(ide.terminal()).toContainText('{"message":"Hello, Terminal!"}');
  await ide.type("clear; aws lambda list-functions --query 'Functions[].Runtime' --output text");
  await expect(ide.terminal()).toContainText("provided.al2023");
  await ide.type("clear; G=$(aws logs describe-log-groups --query 'logGroups[0].logGroupName' --output text)");
  await ide.type("aws logs filter-log-events --log-group-name $G --filter-pattern REPORT --query 'events[0].message'");
  await expect(ide.terminal()).toContainText("Billed Duration");
  await ide.type(`clear; python3 -c "import boto3; print(len(boto3.client('cloudformation').describe_stacks()['Stacks']), 'stack')"`);
  await expect(ide.terminal()).toContainText("1 stack");
});

test("a reload and another browser show the same files, layout, unsaved text and terminals", async ({ page, browser }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Files").click();
  await ide.openFile("README.md");
  await ide.editor("README.md").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("typed, not saved ");
  await ide.type("clear; echo a running pro''gram; cat");
  await expect(ide.terminal()).toContainText("a running program");
  await ide.command("Show problems");
  await expect(page.getByRole("tabpanel", { name: "Problems" })).toBeVisible();
  const same = async (other: Ide) => {
    await expect(other.editor("README.md")).toContainText("typed, not saved");
    await expect(other.tab("main.rs")).toBeVisible();
    await expect(other.page.getByRole("tabpanel", { name: "Problems" })).toBeVisible();
    await expect(other.tab("README.md").locator("xpath=..")).toHaveClass(/dirty/);
    await other.tab("Terminal").click();
    await expect(other.terminal()).toContainText("a running program");
  };
  // The layout is kept a moment after it was changed.
  await expect.poll(() => program.layout()).toContain('"view":"problems"');
  await page.reload();
  await same(ide);
  await ide.command("Show problems");
  await expect.poll(() => program.layout()).toContain('"view":"problems"');
  const other = await Ide.another(browser, program.url(), { viewport: { width: 1440, height: 900 } });
  await same(other);
  await other.type("heard in both");
  await ide.tab("Terminal").click();
  await expect(ide.terminal()).toContainText("heard in both");
  await other.page.context().close();
  expect(program.read("README.md")).not.toContain("typed, not saved");
});

test("the server is killed and comes back: same terminal, same program in it, the API answers throughout", async ({ page, request }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("README.md").click();
  await ide.tab("Terminal").click();
  await expect(ide.terminal()).toContainText("heard in both");
  await program.kill();
  await expect(ide.connection()).not.toContainText("online");
  expect((await ask(request, "/hello/Ada")).status()).toBe(200);
  await ide.editor("README.md").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("typed while away, ");
  await program.start();
  await expect(ide.connection()).toContainText("online");
  await ide.type("to the program that ran on");
  await expect(ide.terminal()).toContainText("to the program that ran on");
  await expect(ide.terminal()).toContainText("heard in both");
  await page.keyboard.press("Control+c");
  await page.reload();
  await expect(ide.editor("README.md")).toContainText("typed while away, typed, not saved");
});

test("the agent is killed: its terminals say so, text and stack are there again, new terminals open", async ({ page, request }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(ide.terminal()).toContainText("to the program that ran on");
  const before = program.agentPid();
  program.killAgent();
  await expect.poll(() => program.agentPid()).not.toBe(before);
  await expect(ide.connection()).toContainText("online");
  await expect(ide.terminal()).toContainText("The program ended with the workspace's agent");
  // What was printed in the last seconds may be missing: screens are kept now and then.
  await expect(ide.terminal()).toContainText("heard in both");
  await expect(ide.editor("README.md")).toContainText("typed while away, typed, not saved");
  await expect.poll(async () => (await ask(request, "/hello/Ada").catch(() => undefined))?.status()).toBe(200);
  await ide.button("New terminal").click();
  await expect(page.getByRole("tabpanel", { name: "bash 2" }).getByRole("textbox")).toBeFocused();
  await page.keyboard.type("echo alive ag''ain\n");
  await expect(ide.terminal()).toContainText("alive again");
});
