// Queues and topics: their pages, reached from the cloud's tree.
import { expect, test } from "@playwright/test";

import { Ide, Program } from "./program.ts";

const program = new Program();

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  await program.start();
  program.write("template.yaml", TEMPLATE);
});
test.afterAll(() => program.stop());

const TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Dead:
    Type: AWS::SQS::Queue
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  News:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: news
      Subscription:
        - { Protocol: sqs, Endpoint: !GetAtt Jobs.Arn }
        - { Protocol: email, Endpoint: ada@example.com }
  MayPublish:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Statement:
          - { Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: sqs:SendMessage, Resource: "*" }
`;

test("a queue's page shows what waits without receiving it, sends, and purges", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.ready.ide_url);
  await ide.button("Deploy").first().click();
  await expect(ide.region("Deploy")).toContainText("is deployed");
  await ide.tab("Cloud").click();
  await ide.entry("Jobs").dblclick();
  await expect(ide.tab("jobs")).toBeVisible();
  const messages = ide.region("Messages, oldest first");
  await expect(messages).toContainText("The queue is empty");

  const form = page.getByRole("form", { name: "Send a message" });
  await form.getByRole("button", { name: "Send" }).click();
  await expect(form.getByRole("alert")).toHaveText("Write a message first.");
  await form.getByRole("textbox", { name: "Message", exact: true }).fill('{"order": 1}');
  await form.getByRole("button", { name: "Send" }).click();
  await expect(form.getByRole("status")).toContainText("Sent: ");
  await expect(messages.getByRole("listitem")).toHaveCount(1);
  await expect(messages).toContainText('{"order": 1}');
  await form.getByRole("textbox", { name: "Delay in seconds" }).fill("600");
  await form.getByRole("button", { name: "Send" }).click();
  await expect(messages.getByRole("listitem")).toHaveCount(2);
  await expect(messages).toContainText("Delayed for 9 min");
  // It looks again by itself, and nothing is received by that.
  await expect(messages).not.toContainText("sent 0 s ago");
  await expect(messages.getByText("received 0 times")).toHaveCount(2);

  await ide.button("Purge…").click();
  await ide.button("Purge").click();
  await expect(messages).toContainText("The queue is empty");
  await ide.region("Settings").getByRole("button", { name: /Dead/ }).click();
  await expect(ide.region("Settings")).toContainText("Dead letters come from");
  await expect(ide.button("Redrive…")).toBeVisible();
});

test("a topic's page shows who is subscribed, publishes, and keeps its mail", async ({ page }) => {
  const ide = new Ide(page);
  await ide.open(program.url());
  await ide.tab("Cloud").click();
  await ide.entry("News").dblclick();
  const subscriptions = ide.region("Subscriptions");
  await expect(subscriptions).toContainText("arn:aws:sqs:");
  await expect(subscriptions).toContainText("ada@example.com not confirmed");
  await expect(ide.region("Inbox")).toContainText("Confirmation");
  const form = page.getByRole("form", { name: "Publish a message" });
  await form.getByRole("textbox", { name: "Message", exact: true }).fill("hello");
  await form.getByRole("textbox", { name: /^Attributes/ }).fill("kind");
  await form.getByRole("button", { name: "Publish" }).click();
  await expect(form.getByRole("alert")).toContainText("An attribute is a name");
  await form.getByRole("textbox", { name: /^Attributes/ }).fill("kind = order");
  await form.getByRole("button", { name: "Publish" }).click();
  await expect(form.getByRole("status")).toContainText("Published: ");
  await ide.entry("Jobs").dblclick();
  await expect(ide.region("Messages, oldest first")).toContainText("hello");
});
