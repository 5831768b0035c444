// Builds: what a function's code depends on is installed beside it, once.
import { execFileSync } from "node:child_process";

import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

// A wheel of one module, as a package index has them.
const WHEEL = `
import io, sys, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as wheel:
    wheel.writestr("tiny.py", "ANSWER = 'installed'\\n")
    wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny-1.0.dist-info/RECORD", "")
sys.stdout.buffer.write(packed.getvalue())
`;
const TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: app, Handler: main.handle, Runtime: python3.13, FunctionName: greet }
`;

test.beforeAll(async () => {
  await program.start();
  program.write("wheels/tiny-1.0-py3-none-any.whl", execFileSync("python3", ["-c", WHEEL]));
  program.write("app/requirements.txt", "--no-index\n--find-links ../wheels\ntiny\n");
  program.write("app/main.py", "import tiny\n\n\ndef handle(event, context):\n    return tiny.ANSWER\n");
  program.write("template.yaml", TEMPLATE);
});
test.afterAll(() => program.stop());

test("what a function's code requires is installed with it, or the build says why not", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.ready.ide_url);
  const panel = ide.region("Deploy");
  await ide.button("Deploy").first().click();
  await expect(panel).toContainText("is deployed");
  await expect(panel).toContainText("Successfully installed tiny-1.0");
  await ide.type("clear; aws lambda invoke --function-name greet --output text /dev/stdout");
  await expect(ide.terminal()).toContainText('"installed"');

  program.write("app/requirements.txt", "--no-index\n--find-links ../wheels\nhuge\n");
  await ide.button("Deploy").first().click();
  await expect(panel).toContainText("No matching distribution found for huge");
});
