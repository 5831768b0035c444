// Settings and keys: a person's own and the workspace's, by form, by JSON and on disk.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Locator, type Page } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  program.write("notes.txt", "one\ntwo\nthree\nfour\n");
  program.write("a.js", "const a = 1;\n");
  await program.start();
});
test.afterAll(() => program.stop());

let answered = false;

/** A page of the folder, which is asked about once. */
async function opened(page: Page): Promise<Ide> {
  const ide = new Ide(page);
  await ide.open(program.url());
  await expect(ide.button("Restricted")).toBeVisible();
  if (!answered) await page.getByRole("dialog", { name: "Do you trust this folder?" }).getByRole("button", { name: "Browse only" }).click();
  answered = true;
  return ide;
}

/** The page of settings. */
async function settings(ide: Ide): Promise<Locator> {
  await ide.page.keyboard.press("Control+,");
  await expect(ide.page.getByRole("searchbox", { name: "Search settings" })).toBeVisible();
  return ide.page.locator(".settings");
}

async function hasNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} at ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

/** Writes a person's own settings as text. */
async function write(ide: Ide, text: string): Promise<void> {
  await ide.command("Open User Settings (JSON)");
  const box = ide.page.getByRole("textbox", { name: "User Settings (JSON)" });
  await box.click();
  await ide.page.keyboard.press("Control+a");
  // Inserted whole: brackets that are typed close themselves.
  await ide.page.keyboard.insertText(text);
}

const lines = (ide: Ide, path: string) => ide.editor(path).locator(".cm-line");

/** Presses a key as a keyboard of another layout would. */
function pressed(page: Page, key: string, code: string): Promise<void> {
  return page.evaluate(([key, code]) => {
    const event = new KeyboardEvent("keydown", { key: key!, code: code!, ctrlKey: true, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(event);
  }, [key, code]);
}

test("the form changes what counts at once, in every tab, and takes it back", async ({ page, browser }) => {
  const ide = await opened(page);
  await ide.openFile("notes.txt");
  const other = await Ide.another(browser, program.url());
  const size = (of: Ide) => of.editor("notes.txt").evaluate((text) => getComputedStyle(text).fontSize);
  await expect(other.editor("notes.txt")).toBeVisible();
  const form = await settings(ide);
  await page.getByRole("searchbox", { name: "Search settings" }).fill("editor font size");
  const field = form.getByRole("spinbutton", { name: "Editor: Font Size" });
  await expect(form.getByRole("heading", { level: 3 })).toHaveCount(1);
  await field.fill("21");
  await field.press("Enter");
  await expect.poll(() => size(other)).toBe("21px");
  await expect(form.getByText("from your own settings")).toBeVisible();
  await hasNoViolations(page);
  await page.reload();
  await expect(field).toBeHidden();
  await page.getByRole("searchbox", { name: "Search settings" }).fill("font size");
  await expect(field).toHaveValue("21");
  await form.getByRole("button", { name: "Reset Editor: Font Size" }).click();
  await expect(field).toHaveValue("13");
  await expect.poll(() => size(other)).toBe("13px");
  await other.page.context().close();
});

test("what is written as JSON counts at once, and what is wrong in it is named by its line", async ({ page }) => {
  const ide = await opened(page);
  await ide.openFile("notes.txt");
  await write(ide, '{\n  // mine\n  "editor.wordWrap": "on",\n  "editor.tabSize": 99,\n}');
  await expect(page.locator(".cm-lint-marker-warning")).toBeVisible();
  await ide.tab("notes.txt").click();
  await expect(ide.editor("notes.txt")).toHaveClass(/cm-lineWrapping/);
  const form = await settings(ide);
  await expect(form.getByRole("status")).toContainText("Line 4: 'editor.tabSize' is a whole number from 1 to 16");
  await write(ide, '{\n  "editor.wordWrap": "on"\n  "editor.tabSize": 2\n}');
  await expect(page.locator(".cm-lint-marker-error")).toBeVisible();
  await ide.tab("Settings").click();
  await expect(form.getByRole("status")).toContainText("Line 3: a comma or the closing brace is missing");
  await write(ide, "{\n  ");
  await page.keyboard.type('"wordW');
  await expect(page.locator(".cm-tooltip-autocomplete")).toContainText('"editor.wordWrap"');
  await page.keyboard.press("Escape");
  await write(ide, "{}");
  await ide.tab("notes.txt").click();
  await expect(ide.editor("notes.txt")).not.toHaveClass(/cm-lineWrapping/);
});

test("the workspace's file wins over one's own, and the form says so", async ({ page }) => {
  const ide = await opened(page);
  await ide.openFile("a.js");
  await write(ide, '{ "editor.tabSize": 2 }');
  const indented = async (): Promise<number> => {
    await ide.tab("a.js").click();
    await ide.editor("a.js").click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Control+]");
    const first = await lines(ide, "a.js").first().textContent();
    await page.keyboard.press("Control+[");
    return /^ */.exec(first ?? "")?.[0].length ?? 0;
  };
  await expect.poll(indented).toBe(2);
  program.write(".cumulo/settings.json", '{\n  "editor.tabSize": 8\n}\n');
  await expect.poll(indented).toBe(8);
  const form = await settings(ide);
  await page.getByRole("searchbox", { name: "Search settings" }).fill("tab size");
  await expect(form.getByText("The workspace states another value, which wins: 8.")).toBeVisible();
  await form.getByRole("button", { name: "Workspace" }).click();
  await form.getByRole("spinbutton", { name: "Editor: Tab Size" }).fill("3");
  await page.keyboard.press("Tab");
  await expect.poll(() => program.read(".cumulo/settings.json")).toContain('"editor.tabSize": 3');
  await form.getByRole("button", { name: "Reset Editor: Tab Size" }).click();
  await expect.poll(() => program.read(".cumulo/settings.json")).not.toContain("tabSize");
  await expect.poll(indented).toBe(2);
});

test("a command gets other keys by having them pressed", async ({ page }) => {
  const ide = await opened(page);
  await ide.openFile("notes.txt");
  await page.keyboard.press("Control+k");
  await expect(page.getByText("Ctrl+K was pressed. Waiting")).toBeVisible();
  await page.keyboard.press("Control+s");
  const search = page.getByRole("searchbox", { name: "Search keyboard shortcuts" });
  await search.fill("toggle panel visibility");
  await ide.button("Change the keys of Toggle Panel Visibility").click();
  const dialog = page.getByRole("dialog", { name: "Change the keys of Toggle Panel Visibility" });
  await hasNoViolations(page);
  await page.keyboard.press("Control+s");
  await expect(dialog).toContainText("Also runs: Save");
  await page.keyboard.press("Control+m");
  await page.keyboard.press("Control+Alt+p");
  await expect(dialog.getByRole("textbox")).toHaveValue("Ctrl+Alt+P");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /Toggle Panel Visibility/ })).toContainText("Ctrl+Alt+P");
  await expect(ide.tab("Terminal")).toBeVisible();
  await page.keyboard.press("Control+j");
  await expect(ide.tab("Terminal")).toBeVisible();
  await page.keyboard.press("Control+Alt+p");
  await expect(ide.tab("Terminal")).toBeHidden();
  await page.keyboard.press("Control+Alt+p");
  await ide.palette(">Toggle Panel");
  await expect(ide.results().first()).toContainText("Ctrl+Alt+P");
  await page.keyboard.press("Escape");
  await ide.button("Reset the keys of Toggle Panel Visibility").click();
  await page.keyboard.press("Control+j");
  await expect(ide.tab("Terminal")).toBeHidden();
  await page.keyboard.press("Control+j");
});

test("the editor's keys are the table's: bound otherwise, by chord, taken away, and by place", async ({ page }) => {
  const ide = await opened(page);
  const rules = [
    { key: "ctrl+k ctrl+x", command: "editor.action.deleteLines", when: "editorTextFocus" },
    { key: "ctrl+shift+k", command: "-editor.action.deleteLines" },
    { key: "ctrl+h", command: "editor.action.copyLinesDownAction", when: "editorTextFocus" },
  ];
  await write(ide, JSON.stringify({ keybindings: rules }));
  await ide.openFile("notes.txt");
  const text = () => lines(ide, "notes.txt").allTextContents();
  await ide.editor("notes.txt").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+Shift+k");
  await page.keyboard.press("Control+h");
  await expect.poll(text).toEqual(["one", "one", "two", "three", "four", ""]);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+x");
  await expect.poll(text).toEqual(["one", "two", "three", "four", ""]);
  await expect(page.locator(".cm-search")).toBeHidden();
  await page.keyboard.press("Alt+ArrowUp");
  await pressed(page, "я", "KeyZ");
  await pressed(page, "я", "KeyZ");
  await pressed(page, "а", "KeyF");
  await expect(page.locator(".cm-search")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator(".cm-search")).toBeHidden();
  await ide.palette(">Toggle Line Comment");
  await page.keyboard.press("Escape");
  await ide.palette(">Move Line Down");
  await page.keyboard.press("Enter");
  await expect(ide.editor("notes.txt")).toBeFocused();
  await write(ide, "{}");
});

const DENIED = `
import json, boto3
iam, sts = boto3.client("iam"), boto3.client("sts")
trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
try:
    iam.create_role(RoleName="nobody", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
except iam.exceptions.EntityAlreadyExistsException:
    pass
keys = sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/nobody", RoleSessionName="session")["Credentials"]
s3 = boto3.client("s3", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])
try:
    answer = s3.list_buckets()
    print("reported" if "x-cumulo-permissions" in answer["ResponseMetadata"]["HTTPHeaders"] else "done")
except s3.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
`;

/** What becomes of a call that no policy allows. */
async function denied(): Promise<string> {
  const { cloud_url, access_key_id, secret_access_key } = program.ready as typeof program.ready & { secret_access_key: string };
  const env = {
    ...process.env, AWS_ENDPOINT_URL: cloud_url, AWS_DEFAULT_REGION: "us-east-1", AWS_ACCESS_KEY_ID: access_key_id,
    AWS_SECRET_ACCESS_KEY: secret_access_key,
  };
  return (await promisify(execFile)("python3", ["-c", DENIED], { env })).stdout.trim();
}

test("the workspace says what becomes of permissions, once the folder is trusted", async ({ page }) => {
  const ide = await opened(page);
  expect(await denied()).toBe("reported");
  const form = await settings(ide);
  await form.getByRole("button", { name: "Workspace" }).click();
  await form.getByRole("combobox", { name: "Cloud: Permissions" }).selectOption("enforce");
  await expect(form.getByText("This counts only where the folder is trusted.")).toBeVisible();
  expect(await denied()).toBe("reported");
  await ide.button("Restricted").click();
  await page.getByRole("dialog").getByRole("button", { name: "Trust", exact: true }).click();
  await expect(form.getByText("This counts only where the folder is trusted.")).toBeHidden();
  await expect.poll(denied).toBe("AccessDenied");
  await form.getByRole("combobox", { name: "Cloud: Permissions" }).selectOption("off");
  await expect.poll(denied).toBe("done");
  await form.getByRole("button", { name: "Reset Cloud: Permissions" }).click();
  await expect.poll(denied).toBe("reported");
});

test("files save themselves where the person wants that", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await write(ide, '{ "files.autoSave": "afterDelay", "files.autoSaveDelay": 200 }');
  await ide.openFile("notes.txt");
  await ide.editor("notes.txt").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("saved ");
  await expect.poll(() => program.read("notes.txt")).toMatch(/^saved /);
  await write(ide, "{}");
});

test("the window speaks Korean", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await write(ide, '{ "locale": "ko" }');
  await expect(page.getByRole("textbox", { name: "사용자 설정(JSON)" })).toBeVisible();
  await page.keyboard.press("Control+,");
  // What axe does not see on the screen has no label for it: one setting is enough.
  await page.getByRole("searchbox", { name: "설정 검색" }).fill("locale");
  await ide.palette(">바로 가기 키");
  await expect(ide.results().first()).toContainText("바로 가기 키 열기");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("combobox", { name: "파일, 명령, 함수로 이동" })).toBeHidden();
  await hasNoViolations(page);
  // Panels, CodeMirror's own words, and why a call failed.
  await expect(page.getByRole("tree", { name: "파일" })).toBeVisible();
  await page.getByRole("button", { name: "새 폴더" }).click();
  await page.getByRole("textbox", { name: "이름" }).fill("notes.txt/in-a-file");
  await page.keyboard.press("Enter");
  await expect(page.locator(".toast").filter({ hasText: "폴더를 만들 수 없습니다" })).toContainText("경로의 일부가 폴더가 아닙니다");
  await page.getByRole("treeitem", { name: "notes.txt" }).dblclick();
  await page.getByRole("textbox", { name: "편집기: notes.txt" }).click();
  await page.keyboard.press("Control+f");
  await expect(page.getByRole("textbox", { name: "찾기", exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+,");
  await page.getByRole("searchbox", { name: "설정 검색" }).fill("locale");
  await page.getByRole("combobox", { name: "Locale" }).selectOption("auto");
  await expect(page.getByRole("searchbox", { name: "Search settings" })).toBeVisible();
});
