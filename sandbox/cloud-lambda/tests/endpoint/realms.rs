//! A layer of another account, which lets some in.

use async_trait::async_trait;
use cloud_core::{
    Access, Arn, Authority, AwsError, Caller, ConditionKeys, Denial, InUse, Realm, Realms, Region,
};

use super::*;

/// The two accounts of a cloud.
struct Both(Vec<Context>);

#[async_trait]
impl Realms for Both {
    async fn open(&self, realm: &Realm) -> Result<(Context, InUse), AwsError> {
        let found = self.0.iter().find(|context| context.realm() == realm).cloned();
        let found = found.ok_or_else(|| AwsError::validation("no such account").status(404))?;
        Ok((found, InUse::by(Arc::new(()))))
    }
}

/// Lets those into another account's resource whose account its policy names.
struct Door;

#[async_trait]
impl Authority for Door {
    async fn decide(
        &self,
        caller: &Caller,
        _: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<Vec<(usize, Denial)>, AwsError> {
        let named = format!(":{}:", caller.account);
        let shut = |access: &Access| {
            access.crosses(caller) && !access.policy.as_deref().is_some_and(|policy| policy.contains(&named))
        };
        let denied = accesses.iter().enumerate().filter(|(_, access)| shut(access));
        let denial = |access: &Access| Denial {
            principal: caller.arn.to_string(),
            action: access.action.clone(),
            resource: access.resource.clone(),
            reason: "because no resource-based policy allows it".into(),
            is_barred: true,
        };
        Ok(denied.map(|(place, access)| (place, denial(access))).collect())
    }

    async fn trusts(&self, _: &Arn, _: &str, _: &ConditionKeys) -> Result<bool, AwsError> {
        Ok(true)
    }
}

#[tokio::test]
async fn a_layer_of_another_account_is_had_by_whom_it_lets_in() {
    let (folder, others) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mine, _clock) = Context::for_test(folder.path());
    let there = Realm::new(AccountId::new("111111111111"), Region::new("us-east-1"));
    let theirs = mine.in_realm(&there, others.path());
    let both: Arc<dyn Realms> = Arc::new(Both(vec![mine.clone(), theirs.clone()]));
    for context in [&mine, &theirs] {
        context.peers().set_realms(&both);
        context.peers().set_authority(Arc::new(Door));
    }
    let mine = Cloud::within(mine, folder, Fake::new()).await;
    let theirs = Cloud::within(theirs, others, Fake::new()).await;
    let made = theirs.layer("shared", "python/x.py", "1").await;
    let arn = made["LayerVersionArn"].as_str().unwrap().to_owned();
    assert_eq!(arn, "arn:aws:lambda:us-east-1:111111111111:layer:shared:1");
    let denied = (403, "AccessDeniedException");
    let words = |arn: &str| {
        format!(
            "User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:GetLayerVersion on resource: {arn} \
             because no resource-based policy allows it"
        )
    };
    let by_arn = |arn: &str| format!("/2018-10-31/layers?find=LayerVersion&Arn={arn}");
    let create = |name: &str, arn: &str| function(name, json!({ "Layers": [arn] }));
    let functions = ("POST", "/2015-03-31/functions");
    // Nobody is told whether there is one.
    for arn in [arn.as_str(), "arn:aws:lambda:us-east-1:111111111111:layer:none:1"] {
        mine.refused(("GET", &by_arn(arn)), Value::Null, denied, &words(arn)).await;
        mine.refused(functions, create("f", arn), denied, &words(arn)).await;
    }
    let policy = format!("{}/1/policy", layers("shared"));
    let allow =
        json!({ "StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": "000000000000" });
    theirs.post(&policy, allow).await;
    let seen = mine.get(&by_arn(&arn)).await;
    assert_eq!(
        (&seen["LayerVersionArn"], &seen["CreatedDate"]),
        (&made["LayerVersionArn"], &made["CreatedDate"])
    );
    assert_eq!(seen["Content"]["CodeSha256"], made["Content"]["CodeSha256"]);
    let made = mine.function("f", json!({ "Layers": [arn] })).await;
    assert_eq!(made["Layers"][0]["Arn"], arn);
    // It is a copy: nothing that happens there takes it away.
    theirs.delete(&format!("{policy}/s")).await;
    theirs.delete(&format!("{}/1", layers("shared"))).await;
    theirs.packages(0).await;
    let mine = mine.again().await;
    assert_eq!(mine.invoke("f").await.status, 200);
    let laid = mine.engine.last().layers;
    assert_eq!(std::fs::read_to_string(laid[0].join("python/x.py")).unwrap(), "1");
    mine.packages(2).await;
    mine.delete("/2015-03-31/functions/f").await;
    mine.packages(0).await;
}
