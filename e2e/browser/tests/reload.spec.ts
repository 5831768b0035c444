// Hot reload: a deployed function has its code as soon as that is saved, by the editor or by any program.
import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  await program.start();
  program.write("app/main.py", 'def handle(event, context):\n    return "one"\n');
  program.write("template.yaml", TEMPLATE);
});
test.afterAll(() => program.stop());

const TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: app, Handler: main.handle, Runtime: python3.13, FunctionName: greet }
`;

async function answers(ide: Ide, word: string): Promise<void> {
  await ide.type("clear; aws lambda invoke --function-name greet --output text /dev/stdout");
  await expect(ide.terminal()).toContainText(`"${word}"`);
}

test("what is saved of a function's code runs at once", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.ready.ide_url);
  await ide.button("Deploy").first().click();
  await expect(ide.region("Deploy")).toContainText("is deployed");
  await answers(ide, "one");

  program.write(".cumulo/settings.json", '{ "cloud.watch": true }\n');
  // The first save may come before the folder is watched.
  await expect(async () => {
    program.write("app/main.py", 'def handle(event, context):\n    return "two"\n');
    await expect(page.getByText(/^Greet has the saved code: app\/main\.py \(\d+ ms\)$/)).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await answers(ide, "two");

  await page.getByRole("treeitem", { name: "app", exact: true }).click();
  await ide.openFile("main.py");
  await ide.editor("app/main.py").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type('handle = lambda event, context: "three"\n');
  await page.keyboard.press("Control+s");
  await expect(async () => {
    await ide.type("clear; aws lambda invoke --function-name greet --output text /dev/stdout");
    await expect(ide.terminal()).toContainText('"three"', { timeout: 5_000 });
  }).toPass();
});
