// AWS's SDK for JavaScript against the cloud that the environment names: `node --test clients.test.mjs`.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { after, test } from "node:test";

import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as s3 from "@aws-sdk/client-s3";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as sts from "@aws-sdk/client-sts";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const ACCOUNT = "000000000000";
const arn = (service, name) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`;

const clients = [];

// A client whose connections are closed at the end.
function kept(client) {
  clients.push(client);
  return client;
}

after(() => clients.forEach((client) => client.destroy()));

// An error is of the class, has the name and the status, and the id of its request.
async function refused(promise, name, status, kind = Error) {
  await assert.rejects(promise, (error) => {
    assert.deepEqual([error.name, error.$metadata?.httpStatusCode], [name, status], error);
    assert.ok(error instanceof kind && error.message && error.$metadata.requestId, error);
    return true;
  });
}

async function collected(pages, read) {
  const all = [];
  for await (const page of pages) all.push(...read(page));
  return all;
}

test("STS says who calls", async () => {
  const client = kept(new sts.STSClient({}));
  const caller = await client.send(new sts.GetCallerIdentityCommand({}));
  assert.deepEqual([caller.Account, caller.Arn], [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`]);
});

test("Lambda", async (t) => {
  const client = kept(new lambda.LambdaClient({}));
  const functions = ["first", "second", "third"];
  const ZipFile = await readFile(process.env.PACKAGE);
  await t.test("functions are made, awaited and listed", async () => {
    for (const FunctionName of functions) {
      const made = { FunctionName, Runtime: "nodejs22.x", Handler: "index.handler", Role: `arn:aws:iam::${ACCOUNT}:role/e2e` };
      await client.send(new lambda.CreateFunctionCommand({ ...made, Code: { ZipFile }, Timeout: 20 }));
      await lambda.waitUntilFunctionActiveV2({ client, maxWaitTime: 20, minDelay: 1 }, { FunctionName });
    }
    const pages = lambda.paginateListFunctions({ client, pageSize: 1 }, {});
    assert.deepEqual(await collected(pages, (page) => page.Functions.map((found) => found.FunctionName)), functions);
  });
  await t.test("an invocation answers", async () => {
    const ClientContext = Buffer.from('{"custom":{"k":"v"}}').toString("base64");
    const asked = { FunctionName: "first", Payload: '{"n":1}', LogType: "Tail", ClientContext };
    const answer = await client.send(new lambda.InvokeCommand(asked));
    assert.deepEqual([answer.StatusCode, answer.ExecutedVersion, answer.FunctionError], [200, "$LATEST", undefined]);
    assert.deepEqual(JSON.parse(answer.Payload.transformToString()), { event: { n: 1 }, custom: { k: "v" } });
    assert.match(Buffer.from(answer.LogResult, "base64").toString(), /^START RequestId: .*asked/s);
    const failed = await client.send(new lambda.InvokeCommand({ FunctionName: "first", Payload: '{"fail":true}' }));
    assert.equal(failed.FunctionError, "Unhandled");
    assert.equal(JSON.parse(failed.Payload.transformToString()).errorType, "TypeError");
  });
  await t.test("an invocation streams", async () => {
    const asked = { FunctionName: "first", Payload: '{"n":2}', LogType: "Tail" };
    const answer = await client.send(new lambda.InvokeWithResponseStreamCommand(asked));
    const seen = [];
    for await (const event of answer.EventStream) seen.push(event);
    const pieces = seen.flatMap((event) => (event.PayloadChunk ? [event.PayloadChunk.Payload] : []));
    assert.deepEqual(JSON.parse(Buffer.concat(pieces).toString()).event, { n: 2 });
    assert.ok(seen.at(-1).InvokeComplete.LogResult);
  });
  const none = client.send(new lambda.GetFunctionCommand({ FunctionName: "none" }));
  await refused(none, "ResourceNotFoundException", 404, lambda.ResourceNotFoundException);
});

test("SQS", async () => {
  const client = kept(new sqs.SQSClient({}));
  const { QueueUrl } = await client.send(new sqs.CreateQueueCommand({ QueueName: "letters", tags: { a: "b" } }));
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "x" },
    number: { DataType: "Number.int", StringValue: "3" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
  };
  await client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "hällo", MessageAttributes }));
  const asked = { QueueUrl, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"], WaitTimeSeconds: 5 };
  const { Messages } = await client.send(new sqs.ReceiveMessageCommand(asked));
  assert.equal(Messages[0].Body, "hällo");
  assert.deepEqual([...Messages[0].MessageAttributes.bytes.BinaryValue], [1, 2]);
  assert.equal(Messages[0].Attributes.ApproximateReceiveCount, "1");
  await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
  assert.equal((await client.send(new sqs.ReceiveMessageCommand({ QueueUrl }))).Messages, undefined);
  const Entries = [{ Id: "good", MessageBody: "a" }, { Id: "late", MessageBody: "b", DelaySeconds: 901 }];
  const sent = await client.send(new sqs.SendMessageBatchCommand({ QueueUrl, Entries }));
  assert.deepEqual([sent.Successful.map((one) => one.Id), sent.Failed.map((one) => one.Id)], [["good"], ["late"]]);
  const none = client.send(new sqs.GetQueueUrlCommand({ QueueName: "none" }));
  await refused(none, "QueueDoesNotExist", 400, sqs.QueueDoesNotExist);
  for (const QueueName of ["letters-2", "letters-3"]) await client.send(new sqs.CreateQueueCommand({ QueueName }));
  const pages = sqs.paginateListQueues({ client, pageSize: 1 }, { QueueNamePrefix: "letters" });
  assert.equal((await collected(pages, (page) => page.QueueUrls)).length, 3);
});

test("SNS", async () => {
  const [client, queues] = [kept(new sns.SNSClient({})), kept(new sqs.SQSClient({}))];
  const { TopicArn } = await client.send(new sns.CreateTopicCommand({ Name: "news" }));
  const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({ QueueName: "readers" }));
  const Attributes = { RawMessageDelivery: "true" };
  const subscribed = { TopicArn, Protocol: "sqs", Endpoint: arn("sqs", "readers"), Attributes, ReturnSubscriptionArn: true };
  await client.send(new sns.SubscribeCommand(subscribed));
  const Statement = { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await queues.send(new sqs.SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const MessageAttributes = { bytes: { DataType: "Binary", BinaryValue: new Uint8Array([7]) } };
  await client.send(new sns.PublishCommand({ TopicArn, Message: "extra!", MessageAttributes }));
  const asked = { QueueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 10 };
  const { Messages } = await queues.send(new sqs.ReceiveMessageCommand(asked));
  assert.equal(Messages[0].Body, "extra!");
  assert.deepEqual([...Messages[0].MessageAttributes.bytes.BinaryValue], [7]);
  const found = await collected(sns.paginateListTopics({ client }, {}), (page) => page.Topics);
  assert.deepEqual(found, [{ TopicArn }]);
  await refused(client.send(new sns.GetTopicAttributesCommand({ TopicArn: `${TopicArn}s` })), "NotFoundException", 404);
});

test("S3", async (t) => {
  const client = kept(new s3.S3Client({ forcePathStyle: true }));
  const Bucket = "bucket";
  const put = (Key, others) => client.send(new s3.PutObjectCommand({ Bucket, Key, ...others }));
  const get = (Key, others) => client.send(new s3.GetObjectCommand({ Bucket, Key, ...others }));
  await client.send(new s3.CreateBucketCommand({ Bucket }));
  await s3.waitUntilBucketExists({ client, maxWaitTime: 20 }, { Bucket });
  await t.test("objects come and go", async () => {
    const Key = "a/ä b+c";
    await put(Key, { Body: "text", ContentType: "text/plain", Metadata: { x: "y" } });
    await s3.waitUntilObjectExists({ client, maxWaitTime: 20 }, { Bucket, Key });
    const object = await get(Key, { ChecksumMode: "ENABLED" });
    assert.equal(await object.Body.transformToString(), "text");
    assert.deepEqual([object.ContentType, object.Metadata], ["text/plain", { x: "y" }]);
    assert.ok(object.ChecksumCRC32);
    await refused(get("none"), "NoSuchKey", 404, s3.NoSuchKey);
    await refused(client.send(new s3.HeadObjectCommand({ Bucket, Key: "none" })), "NotFound", 404, s3.NotFound);
  });
  await t.test("bodies stream", async () => {
    await put("stream", { Body: Readable.from([Buffer.from("one"), Buffer.from("two")]), ContentLength: 6 });
    const part = await get("stream", { Range: "bytes=1-3" });
    assert.deepEqual([await part.Body.transformToString(), part.ContentRange], ["net", "bytes 1-3/6"]);
    const pieces = (function* () {
      for (let number = 0; number < 12; number++) yield Buffer.alloc(1 << 20, number);
    })();
    await new Upload({ client, params: { Bucket, Key: "large", Body: Readable.from(pieces) }, partSize: 5 << 20 }).done();
    const large = await get("large", { ChecksumMode: "ENABLED" });
    const bytes = await large.Body.transformToByteArray();
    assert.deepEqual([bytes.length, bytes[0], bytes.at(-1)], [12 << 20, 0, 11]);
  });
  await t.test("conditions hold", async () => {
    const { ETag } = await put("once", { Body: "1", IfNoneMatch: "*" });
    await refused(put("once", { Body: "2", IfNoneMatch: "*" }), "PreconditionFailed", 412);
    await put("once", { Body: "3", IfMatch: ETag });
    await refused(put("once", { Body: "4", IfMatch: ETag }), "PreconditionFailed", 412);
  });
  await t.test("a list comes in pages", async () => {
    const pages = s3.paginateListObjectsV2({ client, pageSize: 2 }, { Bucket });
    const keys = await collected(pages, (page) => page.Contents.map((object) => object.Key));
    assert.deepEqual(keys, ["a/ä b+c", "large", "once", "stream"]);
    const Objects = [{ Key: "once" }, { Key: "none" }];
    const gone = await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.deepEqual(gone.Deleted, Objects);
  });
  await t.test("who has a signed address needs no keys", async () => {
    const address = await getSignedUrl(client, new s3.GetObjectCommand({ Bucket, Key: "stream" }), { expiresIn: 60 });
    assert.equal(await (await fetch(address)).text(), "onetwo");
    assert.equal((await fetch(address.replace("/stream", "/large"))).status, 403);
    const ContentType = "text/x-a";
    const place = await getSignedUrl(client, new s3.PutObjectCommand({ Bucket, Key: "put", ContentType }), { expiresIn: 60 });
    const stored = await fetch(place, { method: "PUT", body: "body", headers: { "content-type": ContentType } });
    assert.equal(stored.status, 200);
    assert.equal((await get("put")).ContentType, ContentType);
    const Conditions = [["content-length-range", 0, 100], ["starts-with", "$Content-Type", "text/"]];
    const Fields = { success_action_status: "201" };
    const post = await createPresignedPost(client, { Bucket, Key: "form/${filename}", Conditions, Fields });
    const form = new FormData();
    for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
    form.append("Content-Type", "text/plain");
    form.append("file", new Blob(["hello"]), "n.txt");
    assert.equal((await fetch(post.url, { method: "POST", body: form })).status, 201);
    assert.equal(await (await get("form/n.txt")).Body.transformToString(), "hello");
  });
});

test("EventBridge", async () => {
  const client = kept(new events.EventBridgeClient({}));
  const { RuleArn } = await client.send(new events.PutRuleCommand({ Name: "r", EventPattern: '{"source":["x"]}' }));
  assert.equal(RuleArn, arn("events", "rule/r"));
  const event = { Source: "x", DetailType: "d", Time: new Date(1e12) };
  const Entries = [{ ...event, Detail: "{}" }, { ...event, Detail: "no json" }];
  const put = await client.send(new events.PutEventsCommand({ Entries }));
  assert.deepEqual([put.FailedEntryCount, put.Entries[1].ErrorCode], [1, "MalformedDetail"]);
  const none = client.send(new events.DescribeRuleCommand({ Name: "none" }));
  await refused(none, "ResourceNotFoundException", 400, events.ResourceNotFoundException);
});

test("CloudFormation", async () => {
  const client = kept(new cloudformation.CloudFormationClient({}));
  const template = { Resources: { Q: { Type: "AWS::SQS::Queue" } }, Outputs: { Q: { Value: { Ref: "Q" } } } };
  const StackName = "stack";
  await client.send(new cloudformation.CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  const waits = { client, maxWaitTime: 60, minDelay: 1 };
  await cloudformation.waitUntilStackCreateComplete(waits, { StackName });
  const [stack] = (await client.send(new cloudformation.DescribeStacksCommand({ StackName }))).Stacks;
  assert.ok(stack.CreationTime instanceof Date && stack.Outputs[0].OutputValue.includes("/stack-Q-"));
  const pages = cloudformation.paginateDescribeStackEvents({ client }, { StackName });
  assert.equal((await collected(pages, (page) => page.StackEvents)).at(-1).ResourceStatus, "CREATE_IN_PROGRESS");
  await client.send(new cloudformation.DeleteStackCommand({ StackName }));
  await cloudformation.waitUntilStackDeleteComplete(waits, { StackName: stack.StackId });
  await refused(client.send(new cloudformation.DescribeStacksCommand({ StackName })), "ValidationError", 400);
});

test("CloudWatch Logs", async () => {
  const client = kept(new logs.CloudWatchLogsClient({}));
  const stream = { logGroupName: "group", logStreamName: "stream" };
  const say = (message) => {
    const logEvents = [{ timestamp: Date.now(), message }];
    return client.send(new logs.PutLogEventsCommand({ ...stream, logEvents }));
  };
  await client.send(new logs.CreateLogGroupCommand({ logGroupName: "group" }));
  await client.send(new logs.CreateLogStreamCommand(stream));
  await say("first");
  const pages = logs.paginateFilterLogEvents({ client }, { logGroupName: "group" });
  assert.deepEqual(await collected(pages, (page) => page.events.map((event) => event.message)), ["first"]);
});
