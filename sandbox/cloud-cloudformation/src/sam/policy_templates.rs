//! Policy templates: policies for common needs by name and the one resource that they are for.
// AWS: "AWS SAM policy templates". LIMIT: these are the ones for the services that applications use most.

use serde_json::{Map, Value, json};

use super::{Cause, Outcome};

/// A template: a name, the parameters that it asks for, what it allows.
struct Template {
    name: &'static str,
    parameters: &'static [&'static str],
    statements: &'static [Statement],
}

/// Actions, and the resources on which they are allowed: `SERVICE:REST` of an ARN in the account, or a whole pattern.
type Statement = (&'static [&'static str], &'static [&'static str]);

const BUCKET: &[&str] =
    &["arn:${AWS::Partition}:s3:::${bucketName}", "arn:${AWS::Partition}:s3:::${bucketName}/*"];
const TABLE: &[&str] = &["dynamodb:table/${tableName}", "dynamodb:table/${tableName}/index/*"];

const fn of(
    name: &'static str,
    parameters: &'static [&'static str],
    statements: &'static [Statement],
) -> Template {
    Template { name, parameters, statements }
}

const TEMPLATES: &[Template] = &[
    of(
        "AWSSecretsManagerGetSecretValuePolicy",
        &["SecretArn"],
        &[(&["secretsmanager:GetSecretValue"], &["${secretArn}"])],
    ),
    of(
        "CloudFormationDescribeStacksPolicy",
        &[],
        &[(&["cloudformation:DescribeStacks"], &["cloudformation:stack/*"])],
    ),
    of("CloudWatchPutMetricPolicy", &[], &[(&["cloudwatch:PutMetricData"], &["*"])]),
    of(
        "DynamoDBCrudPolicy",
        &["TableName"],
        &[(
            &[
                "dynamodb:GetItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:Scan",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
                "dynamodb:ConditionCheckItem",
            ],
            TABLE,
        )],
    ),
    of(
        "DynamoDBReadPolicy",
        &["TableName"],
        &[(
            &[
                "dynamodb:GetItem",
                "dynamodb:Scan",
                "dynamodb:Query",
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
            ],
            TABLE,
        )],
    ),
    of(
        "DynamoDBStreamReadPolicy",
        &["TableName", "StreamName"],
        &[
            (
                &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                &["dynamodb:table/${tableName}/stream/${streamName}"],
            ),
            (&["dynamodb:ListStreams"], &["dynamodb:table/${tableName}/stream/*"]),
        ],
    ),
    of(
        "DynamoDBWritePolicy",
        &["TableName"],
        &[(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], TABLE)],
    ),
    of(
        "KinesisStreamReadPolicy",
        &["StreamName"],
        &[
            (&["kinesis:ListStreams", "kinesis:DescribeLimits"], &["kinesis:stream/*"]),
            (
                &[
                    "kinesis:DescribeStream",
                    "kinesis:DescribeStreamSummary",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                ],
                &["kinesis:stream/${streamName}"],
            ),
        ],
    ),
    of(
        "LambdaInvokePolicy",
        &["FunctionName"],
        &[(&["lambda:InvokeFunction"], &["lambda:function:${functionName}*"])],
    ),
    of(
        "S3CrudPolicy",
        &["BucketName"],
        &[(
            &[
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:GetLifecycleConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:DeleteObject",
            ],
            BUCKET,
        )],
    ),
    of(
        "S3ReadPolicy",
        &["BucketName"],
        &[(
            &[
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:GetLifecycleConfiguration",
            ],
            BUCKET,
        )],
    ),
    of(
        "S3WritePolicy",
        &["BucketName"],
        &[(&["s3:PutObject", "s3:PutObjectAcl", "s3:PutLifecycleConfiguration"], BUCKET)],
    ),
    of(
        "SNSCrudPolicy",
        &["TopicName"],
        &[(
            &[
                "sns:ListSubscriptionsByTopic",
                "sns:CreateTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:Publish",
            ],
            &["sns:${topicName}*"],
        )],
    ),
    of("SNSPublishMessagePolicy", &["TopicName"], &[(&["sns:Publish"], &["sns:${topicName}"])]),
    of(
        "SQSPollerPolicy",
        &["QueueName"],
        &[(
            &[
                "sqs:ChangeMessageVisibility",
                "sqs:ChangeMessageVisibilityBatch",
                "sqs:DeleteMessage",
                "sqs:DeleteMessageBatch",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ],
            &["sqs:${queueName}"],
        )],
    ),
    of("SQSSendMessagePolicy", &["QueueName"], &[(&["sqs:SendMessage*"], &["sqs:${queueName}"])]),
    of(
        "SSMParameterReadPolicy",
        &["ParameterName"],
        &[
            (&["ssm:DescribeParameters"], &["*"]),
            (
                &["ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"],
                &["ssm:parameter/${parameterName}"],
            ),
        ],
    ),
    of(
        "StepFunctionsExecutionPolicy",
        &["StateMachineName"],
        &[(&["states:StartExecution"], &["states:stateMachine:${stateMachineName}"])],
    ),
];

/// The document of a policy `{Name: {Parameter: value}}`; none if no template is called so.
pub(super) fn document(id: &str, policy: &Map<String, Value>) -> Outcome<Option<Value>> {
    let mut members = policy.iter();
    let (Some((name, values)), None) = (members.next(), members.next()) else { return Ok(None) };
    let Some(template) = TEMPLATES.iter().find(|template| template.name == name) else { return Ok(None) };
    let Value::Object(values) = values else {
        let reason = format!("Must specify valid parameter values for policy template '{name}'");
        return Err(Cause::resource(id, reason));
    };
    let missing = template.parameters.iter().filter(|parameter| !values.contains_key(**parameter));
    let missing: Vec<String> = missing.map(|parameter| format!("'{parameter}'")).collect();
    if !missing.is_empty() {
        let reason = format!(
            "Following required parameters of template '{name}' don't have values: [{}]",
            missing.join(", ")
        );
        return Err(Cause::resource(id, reason));
    }
    let statements = template.statements.iter().map(|(actions, resources)| {
        let mut resources: Vec<Value> =
            resources.iter().map(|pattern| resource(pattern, template.parameters, values)).collect();
        let resource = if resources.len() == 1 { resources.remove(0) } else { resources.into() };
        json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
    });
    Ok(Some(json!({ "Statement": statements.collect::<Vec<_>>() })))
}

fn resource(pattern: &str, parameters: &[&str], values: &Map<String, Value>) -> Value {
    let text = match pattern.split_once(':') {
        Some((service, rest)) if service != "arn" && !pattern.starts_with('$') => {
            format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")
        }
        _ => pattern.to_owned(),
    };
    let mut variables = Map::new();
    for parameter in parameters {
        let mut letters = parameter.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        let variable: String = first.into_iter().chain(letters).collect();
        if text.contains(&format!("${{{variable}}}")) {
            variables.insert(variable, values.get(*parameter).cloned().unwrap_or_default());
        }
    }
    match (text.contains("${"), variables.is_empty()) {
        (false, _) => json!(text),
        (true, true) => json!({ "Fn::Sub": text }),
        (true, false) => json!({ "Fn::Sub": [text, variables] }),
    }
}
