// Templates: what the cloud says of them is shown while they are typed.
import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => program.stop());

const START = `AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Files:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: files-of-ada
`;

test("the sample's template has nothing to complain of", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.ready.ide_url);
  await ide.openFile("template.yaml");
  await ide.editor("template.yaml").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("  Wrong");
  await page.getByRole("tab", { name: /^Problems/ }).click();
  const problems = page.getByRole("tabpanel", { name: /^Problems/ });
  await expect(problems).toContainText("template.yaml");
  await ide.editor("template.yaml").click();
  await page.keyboard.press("Control+z");
  await expect(ide.editor("template.yaml")).not.toContainText("Wrong");
  await expect(problems).not.toContainText("template.yaml");
});

test("mistakes and what has no effect are told while a template is typed", async ({ page }) => {
  program.write("files.yaml", START);
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.openFile("files.yaml");
  const editor = ide.editor("files.yaml");
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText("      BucketNaem: x\n");
  await page.getByRole("tab", { name: /^Problems/ }).click();
  const problems = page.getByRole("tabpanel", { name: /^Problems/ });
  await expect(problems).toContainText("extraneous key [BucketNaem] is not permitted");
  await expect(problems).toContainText("CloudFormation [7:7]");
  await expect(editor.locator(".cm-lintRange-error")).toHaveText("BucketNaem");
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(1);

  await editor.click();
  await page.keyboard.press("Control+z");
  await page.keyboard.insertText("      VersioningConfiguration:\n        Status: Enabled\n");
  await expect(problems).not.toContainText("BucketNaem");
  await expect(problems).toContainText("Without effect here: VersioningConfiguration");
  await expect(editor.locator(".cm-lintRange-hint")).toHaveText("VersioningConfiguration");

  await page.keyboard.insertText("  Table:\n    Type: AWS::DynamoDB::Tabel\n");
  await expect(problems).toContainText("Unrecognized resource types: [AWS::DynamoDB::Tabel]");
  await page.keyboard.insertText("\t- [");
  await expect(problems).toContainText("Template format error");

  // What was said is there for whoever comes later.
  await page.reload();
  await expect(problems).toContainText("Template format error");
});
