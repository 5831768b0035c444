//! AWS's own policies that applications use most, as its managed policy reference has them.
// LIMIT: those that are not here may be attached and allow nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use cloud_core::Partition;

/// The path and name of one of AWS's policies in an ARN, in whichever partition.
pub(crate) fn name(arn: &str) -> Option<&str> {
    let (partition, name) = arn.strip_prefix("arn:")?.split_once(":iam::aws:policy/")?;
    Partition::named(partition).map(|_| name)
}

/// What one of AWS's policies allows: actions on all resources, or a whole statement.
const POLICIES: &[(&str, &[&str])] = &[
    ("AdministratorAccess", &["*"]),
    ("AmazonAPIGatewayAdministrator", &["apigateway:*"]),
    ("AmazonAPIGatewayInvokeFullAccess", &["execute-api:Invoke", "execute-api:ManageConnections"]),
    (
        "AmazonDynamoDBReadOnlyAccess",
        &[
            "dynamodb:BatchGetItem",
            "dynamodb:Describe*",
            "dynamodb:List*",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:PartiQLSelect",
        ],
    ),
    ("AmazonDynamoDBFullAccess", &["dynamodb:*", "dax:*"]),
    ("AmazonS3FullAccess", &["s3:*", "s3-object-lambda:*"]),
    (
        "AmazonS3ReadOnlyAccess",
        &["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"],
    ),
    ("AmazonSNSFullAccess", &["sns:*"]),
    ("AmazonSQSFullAccess", &["sqs:*"]),
    ("AWSCloudFormationFullAccess", &["cloudformation:*"]),
    (
        "AWSCloudFormationReadOnlyAccess",
        &[
            "cloudformation:Describe*",
            "cloudformation:EstimateTemplateCost",
            "cloudformation:Get*",
            "cloudformation:List*",
            "cloudformation:ValidateTemplate",
            "cloudformation:Detect*",
        ],
    ),
    (
        "AWSLambda_FullAccess",
        &[
            "lambda:*",
            "logs:DescribeLogGroups",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoles",
            "cloudformation:DescribeStacks",
            "cloudformation:ListStacks",
            "cloudformation:ListStackResources",
        ],
    ),
    (
        "AWSLambda_ReadOnlyAccess",
        &[
            "lambda:Get*",
            "lambda:List*",
            "logs:DescribeLogGroups",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoles",
        ],
    ),
    (
        "AWSXRayDaemonWriteAccess",
        &[
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:GetSamplingStatisticSummaries",
        ],
    ),
    ("CloudWatchLogsFullAccess", &["logs:*", "cloudwatch:GenerateQuery"]),
    (
        "CloudWatchLogsReadOnlyAccess",
        &[
            "logs:Describe*",
            "logs:Get*",
            "logs:List*",
            "logs:StartQuery",
            "logs:StopQuery",
            "logs:TestMetricFilter",
            "logs:FilterLogEvents",
            "logs:StartLiveTail",
            "logs:StopLiveTail",
        ],
    ),
    ("IAMFullAccess", &["iam:*", "organizations:DescribeAccount", "organizations:ListPolicies"]),
    (
        "IAMReadOnlyAccess",
        &[
            "iam:GenerateCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:Get*",
            "iam:List*",
            "iam:SimulateCustomPolicy",
            "iam:SimulatePrincipalPolicy",
        ],
    ),
    (
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            "logs:GetLogEvents",
            "logs:FilterLogEvents",
        ],
    ),
    ("service-role/AWSLambdaBasicExecutionRole", WRITE_LOGS),
    (
        "service-role/AWSLambdaDynamoDBExecutionRole",
        &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    ),
    (
        "service-role/AWSLambdaKinesisExecutionRole",
        &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    ),
    ("service-role/AWSLambdaRole", &["lambda:InvokeFunction"]),
    (
        "service-role/AWSLambdaSQSQueueExecutionRole",
        &[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    ),
    (
        "service-role/AWSLambdaVPCAccessExecutionRole",
        &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
    ),
];

const WRITE_LOGS: &[&str] = &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/// Policies that are more than actions on everything.
const WHOLE: &[(&str, &str)] = &[
    (
        "AWSLambdaExecute",
        r#"[{"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:*"},
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::*"}]"#,
    ),
    (
        "PowerUserAccess",
        r#"[{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
            {"Effect": "Allow", "Action": ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles",
             "organizations:DescribeOrganization", "account:ListRegions", "account:GetAccountInformation"], "Resource": "*"}]"#,
    ),
];

/// The documents of those that are actions on everything, by name: they are the same in all partitions.
static DOCUMENTS: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    let document = |actions: &[&str]| {
        let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
        serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    };
    POLICIES.iter().map(|(name, actions)| (*name, document(actions))).collect()
});

/// The document of one of AWS's policies, by its ARN.
pub(crate) fn document(arn: &str) -> Option<Cow<'static, str>> {
    let name = name(arn)?;
    if let Some((_, statements)) = WHOLE.iter().find(|(known, _)| *known == name) {
        let statements = in_partition(arn, statements);
        return Some(format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#).into());
    }
    DOCUMENTS.get(name).map(|document| Cow::Borrowed(document.as_str()))
}

/// Statements whose resources are in the partition of that ARN, as AWS has them there.
fn in_partition(arn: &str, statements: &str) -> String {
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    statements.replace("\"arn:aws:", &format!("\"arn:{partition}:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Kind, check};

    #[test]
    fn all_are_policies() {
        let names = POLICIES.iter().map(|(name, _)| name).chain(WHOLE.iter().map(|(name, _)| name));
        for name in names {
            let text = document(&format!("arn:aws:iam::aws:policy/{name}")).unwrap();
            check(&text, Kind::Identity).unwrap();
        }
        for arn in ["arn:aws:iam::aws:policy/Unknown", "arn:mars:iam::aws:policy/AdministratorAccess"] {
            assert_eq!(document(arn), None, "{arn}");
        }
        let chinese = document("arn:aws-cn:iam::aws:policy/AWSLambdaExecute").unwrap();
        assert!(chinese.contains("arn:aws-cn:s3:::*") && !chinese.contains("arn:aws:"), "{chinese}");
        assert_eq!(document("arn:aws:iam::000000000000:policy/AdministratorAccess"), None);
    }
}
