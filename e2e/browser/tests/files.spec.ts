// The explorer: what people do with files, and names that would like to be more than names.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

test("files are made, renamed, duplicated, moved and deleted", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const name = page.getByRole("tree", { name: "Files" }).getByRole("textbox", { name: "Name" });
  await ide.entry("Makefile").click();
  await ide.button("New folder").click();
  await name.fill("drafts");
  await name.press("Enter");
  await expect(ide.entry("drafts")).toBeVisible();
  await ide.entry("drafts").click({ button: "right" });
  await page.getByRole("menuitem", { name: "New file…" }).click();
  await name.fill("one.txt");
  await name.press("Enter");
  await expect(ide.editor("drafts/one.txt")).toBeFocused();
  await page.keyboard.type("kept");
  await ide.entry("one.txt").click();
  await page.getByRole("tree", { name: "Files" }).focus();
  await page.keyboard.press("F2");
  await name.fill("two.txt");
  await name.press("Enter");
  await expect(ide.tab("two.txt")).toBeVisible();
  await expect(ide.editor("drafts/two.txt")).toContainText("kept");
  await ide.editor("drafts/two.txt").click();
  await page.keyboard.press("Control+s");
  await expect.poll(() => program.read("drafts/two.txt")).toBe("kept");
  await ide.entry("two.txt").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(ide.entry("two copy.txt")).toBeVisible();
  await ide.entry("two copy.txt").dragTo(ide.entry("events"));
  await expect.poll(() => program.has("events/two copy.txt")).toBe(true);
  await ide.entry("two.txt").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Move to folder…" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Folder" }).fill("events");
  await page.getByRole("dialog").getByRole("button", { name: "Move" }).click();
  await expect.poll(() => program.has("events/two.txt")).toBe(true);
  await expect(ide.editor("events/two.txt")).toContainText("kept");
});

test("several are selected and deleted at once, into the trash", async ({ page }) => {
  for (const name of ["x1.txt", "x2.txt", "x3.txt"]) program.write(name, "x");
  const ide = new Ide(page);
  await ide.open(program.url());
  // A click on a file opens it, sooner or later: the keyboard stays here all the same.
  await ide.entry("x1.txt").click();
  await ide.entry("x3.txt").click({ modifiers: ["Shift"] });
  await ide.entry("x2.txt").click({ modifiers: ["Control"] });
  await expect(ide.entry("x1.txt")).toHaveAttribute("aria-selected", "true");
  await expect(ide.editor("x1.txt")).toBeVisible();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("dialog")).toContainText("Delete 2 files and folders?");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(ide.entry("x1.txt")).toBeHidden();
  await expect(ide.entry("x3.txt")).toBeHidden();
  await expect(ide.entry("x2.txt")).toBeVisible();
  await expect.poll(() => program.has("x1.txt")).toBe(false);
  expect(program.trashed()).toEqual(expect.arrayContaining(["x1.txt", "x3.txt"]));
});

test("files come and go over the browser", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  // What comes goes beside what is chosen.
  await ide.entry("Makefile").click();
  await expect(ide.editor("Makefile")).toBeVisible();
  await page.getByLabel("Files to upload").setInputFiles({ name: "sent.txt", mimeType: "text/plain", buffer: Buffer.from("up\n") });
  await expect.poll(() => program.has("sent.txt") && program.read("sent.txt")).toBe("up\n");
  await ide.entry("sent.txt").click({ button: "right" });
  const downloading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("sent.txt");
  expect(readFileSync(await download.path(), "utf8")).toBe("up\n");
});

test("a terminal opens where the person asks", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("events").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Open terminal here" }).click();
  await expect(page.getByRole("tablist", { name: "Terminals" }).getByRole("tab")).toHaveCount(2);
  await ide.type("echo in:$(basename $PWD)");
  await expect(ide.terminal()).toContainText("in:events");
});

test("hostile names and texts are only text", async ({ page }) => {
  const markup = "<img src=x onerror=alert(1)>";
  const names = [markup, "line\nbreak.txt", "\u001b[31mred.txt", "txt.\u202eexe", "zero\u200bwidth.md", "-rf", "CON", " spaced ", "🎉.txt"];
  for (const name of names) program.write(`hostile/${name}`, `<script>alert("${name.length}")</script>${markup}\n`);
  program.write("hostile/run.html", `${markup}<script>document.title = "owned"</script>`);
  const ide = new Ide(page);
  let asked = false;
  page.on("dialog", async (dialog) => {
    asked = true;
    await dialog.dismiss();
  });
  await ide.open(program.url());
  await ide.entry("hostile").click();
  for (const shown of [markup, "line\\u{a}break.txt", "\\u{1b}[31mred.txt", "txt.\\u{202e}exe", "zero\\u{200b}width.md", "-rf", "CON", "🎉.txt"]) {
    await expect(ide.entry(shown)).toBeVisible();
  }
  await ide.entry(markup).click();
  await expect(ide.tab(markup)).toBeVisible();
  await expect(ide.editor(`hostile/${markup}`)).toContainText("<script>alert");
  await ide.palette("hostileimg");
  await expect(ide.results().first()).toContainText("<img src=x");
  await page.keyboard.press("Escape");
  await ide.entry("line\\u{a}break.txt").click();
  await expect(ide.tab("line\\u{a}break.txt")).toBeVisible();
  await page.getByRole("tree", { name: "Files" }).focus();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => program.has("hostile/line\nbreak.txt")).toBe(false);
  await ide.type("clear; cat hostile/run.html; printf '\\033]0;<b>title</b>\\007\\033]52;c;aGFjaw==\\007\\033[21t\\033[5n'; echo; echo e''nd");
  await expect(ide.terminal()).toContainText("end");
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect(await page.title()).not.toBe("owned");
  expect(asked).toBe(false);
  expect(await ide.policyReports()).toBe(0);
});

test("what is deleted comes back, with the text that was not saved", async ({ page }) => {
  program.write("precious.txt", "saved\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("precious.txt").click();
  await expect(ide.editor("precious.txt")).toContainText("saved");
  await ide.editor("precious.txt").click();
  await page.keyboard.type("typed ");
  await ide.entry("precious.txt").click();
  await page.getByRole("tree", { name: "Files" }).focus();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("dialog")).toContainText("precious.txt has unsaved text");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => program.has("precious.txt")).toBe(false);
  await page.getByRole("button", { name: "Undo delete" }).click();
  await expect.poll(() => program.has("precious.txt") && program.read("precious.txt")).toBe("saved\n");
  await ide.entry("precious.txt").click();
  await expect(ide.editor("precious.txt")).toContainText("typed");
});

test("the trash is a list, and restoring overwrites nothing", async ({ page }) => {
  program.write("twice.txt", "first\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("twice.txt").click();
  await page.getByRole("tree", { name: "Files" }).focus();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => program.has("twice.txt")).toBe(false);
  program.write("twice.txt", "second\n");
  await page.getByRole("button", { name: "Trash", exact: true }).click();
  await page.getByRole("listbox", { name: "Trash" }).getByRole("option", { name: "twice.txt" }).first().click();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("dialog")).toContainText("Nothing is overwritten");
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => program.has("twice (restored).txt") && program.read("twice (restored).txt")).toBe("first\n");
  expect(program.read("twice.txt")).toBe("second\n");
});

test("names that lead out, and pipes, are refused in words", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  const name = page.getByRole("tree", { name: "Files" }).getByRole("textbox", { name: "Name" });
  for (const bad of ["..", "../evil", "/etc/passwd", "n".repeat(300)]) {
    await ide.button("New file").click();
    await name.fill(bad);
    await name.press("Enter");
    await expect(page.getByText(bad.length > 100 ? /too long for this file system/ : /Choose a name within the workspace/).first()).toBeVisible();
  }
  expect(program.has("../evil")).toBe(false);
  execFileSync("mkfifo", [join(program.folder, "pipe.tmp")]);
  await ide.entry("pipe.tmp").click();
  await expect(page.getByText(/'pipe.tmp' cannot be opened/).first()).toBeVisible();
});

test("what is dropped on the editor is uploaded, not typed", async ({ page }) => {
  program.write("target.txt", "target\n");
  program.write("there.txt", "old\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("target.txt").click();
  await expect(ide.editor("target.txt")).toContainText("target");
  const drop = async () => {
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      for (const name of ["new.txt", "there.txt"]) transfer.items.add(new File(["dropped\n"], name));
      return transfer;
    });
    for (const kind of ["dragover", "drop"]) await ide.editor("target.txt").dispatchEvent(kind, { dataTransfer: data });
  };
  await drop();
  await expect(page.getByRole("dialog")).toContainText("Upload 2 files?");
  await page.getByRole("dialog").getByRole("textbox", { name: "Folder" }).fill("");
  await page.getByRole("dialog").getByRole("button", { name: "Upload" }).click();
  await expect.poll(() => program.has("new.txt") && program.read("new.txt")).toBe("dropped\n");
  await expect(page.getByRole("dialog")).toContainText("there.txt");
  expect(program.read("there.txt")).toBe("old\n");
  await page.getByRole("dialog").getByRole("button", { name: "Replace" }).click();
  await expect.poll(() => program.read("there.txt")).toBe("dropped\n");
  await expect(ide.editor("target.txt")).not.toContainText("dropped");
});

test("encodings and line ends are seen and changed in the status bar", async ({ page }) => {
  program.write("korean.txt", Buffer.from([0xc7, 0xd1, 0xb1, 0xdb, 0x0a]));
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("korean.txt").click();
  await page.getByRole("button", { name: /^Encoding / }).click();
  await page.getByRole("menuitem", { name: "Reopen with encoding…" }).click();
  await page.getByRole("menuitem", { name: "Korean (EUC-KR)" }).click();
  await expect(ide.editor("korean.txt")).toContainText("한글");
  await page.getByRole("button", { name: "Line ends LF" }).click();
  await page.getByRole("menuitem", { name: "CRLF (Windows)" }).click();
  await expect(page.getByRole("button", { name: "Line ends CRLF" })).toBeVisible();
  await page.getByRole("button", { name: "Encoding EUC-KR" }).click();
  await page.getByRole("menuitem", { name: "Save with encoding…" }).click();
  await page.getByRole("menuitem", { name: "Western (Windows 1252)" }).click();
  await expect(page.getByText(/'한' in line 1/).first()).toBeVisible();
  await page.getByRole("button", { name: "Encoding EUC-KR" }).click();
  await page.getByRole("menuitem", { name: "Save with encoding…" }).click();
  await page.getByRole("menuitem", { name: "UTF-8", exact: true }).click();
  await expect.poll(() => program.read("korean.txt")).toBe("한글\r\n");
});

test("closed editors leave nothing in the page", async ({ page }) => {
  for (const name of ["0.txt", "1.txt"]) program.write(`many/${name}`, `text of ${name}\n`);
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("many").click();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("DOM.enable");
  // What was taken out of the page and is still held, sorted: not the browser's count of nodes, which falls when it sweeps.
  const held = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { detachedNodes } = await devtools.send("DOM.getDetachedDomNodes");
    return detachedNodes.map(({ treeNode }) => `${treeNode.nodeName} ${treeNode.attributes?.join(" ") ?? ""}`).sort();
  };
  const visit = async (name: string, meanwhile = () => Promise.resolve()) => {
    await ide.entry(name).click();
    await expect(ide.editor(`many/${name}`)).toContainText(`text of ${name}`);
    await meanwhile();
    await page.keyboard.press("Alt+w");
    await expect(ide.editor(`many/${name}`)).toHaveCount(0);
  };
  for (let round = 0; round < 2; round++) await visit(`${round}.txt`);
  const before = await held();
  for (let round = 0; round < 24; round++) await visit(`${round % 2}.txt`);
  await expect.poll(held).toEqual(before);
  // A leak would be seen.
  const kept = ide.editor("many/0.txt");
  await visit("0.txt", () => kept.evaluate((text) => void Object.assign(window, { kept: text.closest(".cm-editor") })));
  await expect.poll(held).not.toEqual(before);
});

test("a renamed file keeps what can be undone", async ({ page }) => {
  program.write("before.txt", "\n");
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.entry("before.txt").click();
  await ide.editor("before.txt").click();
  await page.keyboard.type("typed");
  await ide.entry("before.txt").click();
  await page.getByRole("tree", { name: "Files" }).focus();
  await page.keyboard.press("F2");
  const name = page.getByRole("tree", { name: "Files" }).getByRole("textbox", { name: "Name" });
  await name.fill("after.txt");
  await name.press("Enter");
  await ide.editor("after.txt").click();
  await expect(ide.editor("after.txt")).toContainText("typed");
  await page.keyboard.press("Control+z");
  await expect(ide.editor("after.txt")).not.toContainText("typed");
});
