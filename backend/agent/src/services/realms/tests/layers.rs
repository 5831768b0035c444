//! Layers that other accounts are let into by their policies, in each mode.

use serde_json::{Value, json};

use super::guests::MODES;
use super::*;

const REGION: &str = "us-east-1";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:layer:l:1";
/// A zip file without entries, in base64.
const EMPTY: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

impl Rig {
    async fn lambda(&self, key: &str, method: &str, path: &str, body: &Value) -> (u16, String) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("content-type", "application/json")];
        let ask =
            Ask { key, region: REGION, service: "lambda", method, path, headers: &headers, body: &body };
        self.ask(ask).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_the_layers_that_another_lets_it_have() {
    let (versions, by_arn) =
        ("/2018-10-31/layers/l/versions", format!("/2018-10-31/layers?find=LayerVersion&Arn={ARN}"));
    let policy = format!("{versions}/1/policy");
    let allow = |id: &str, principal: &str| json!({ "StatementId": id, "Action": "lambda:GetLayerVersion", "Principal": principal });
    let function = json!({
        "FunctionName": "f", "Runtime": "provided.al2023", "Handler": "h", "Code": { "ZipFile": EMPTY },
        "Role": format!("arn:aws:iam::{SECOND}:role/r"), "Layers": [ARN],
    });
    let barred = format!(
        "User: arn:aws:iam::{SECOND}:root is not authorized to perform: lambda:GetLayerVersion on resource: {ARN} because no \
         resource-based policy allows the lambda:GetLayerVersion action"
    );
    for mode in MODES {
        // Its clock stands still.
        let (rig, _) = Rig::by_hand().await;
        rig.cloud.realms().first.set_permissions(mode);
        let shut = async |what: &str| {
            for (method, path, body) in
                [("GET", by_arn.as_str(), &Value::Null), ("POST", "/2015-03-31/functions", &function)]
            {
                let (status, answer) = rig.lambda(SECOND, method, path, body).await;
                assert!(status == 403 && answer.contains(&barred), "{mode:?} {what} {method}: {answer}");
            }
        };
        let done = async |key: &str, method: &str, path: &str, body: &Value| {
            let (status, answer) = rig.lambda(key, method, path, body).await;
            assert!((200..300).contains(&status), "{mode:?} {method} {path}: {answer}");
            answer
        };
        shut("before there is one").await;
        done(FIRST, "POST", versions, &json!({ "Content": { "ZipFile": EMPTY } })).await;
        shut("without a policy").await;
        let mut of_organization = allow("o", "*");
        of_organization["OrganizationId"] = json!("o-0123456789");
        done(FIRST, "POST", &policy, &of_organization).await;
        shut("as nobody of an organization").await;
        done(FIRST, "POST", &policy, &allow("s", SECOND)).await;
        assert!(done(SECOND, "GET", &by_arn, &Value::Null).await.contains(ARN));
        assert!(done(SECOND, "POST", "/2015-03-31/functions", &function).await.contains(ARN));
        done(SECOND, "DELETE", "/2015-03-31/functions/f", &Value::Null).await;
        done(FIRST, "DELETE", &format!("{policy}/s"), &Value::Null).await;
        shut("once it is shut again").await;
    }
}
