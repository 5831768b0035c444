//! Aliases that divide: each invocation draws its version by weight, and says which it was.

use super::*;

impl Rig {
    /// Two versions, and an alias of the first that gives the second that share.
    async fn divided(&self, weight: f64) {
        self.create("f").await;
        for text in ["one", "two"] {
            let change = UpdateFunctionConfigurationRequest {
                function_name: "f".into(),
                description: Some(text.into()),
                ..Default::default()
            };
            let name = "UpdateFunctionConfiguration";
            self.call::<operation::UpdateFunctionConfiguration>(name, change).await.unwrap();
            self.settled("f").await;
            let publish = PublishVersionRequest { function_name: "f".into(), ..Default::default() };
            self.call::<operation::PublishVersion>("PublishVersion", publish).await.unwrap();
        }
        let alias = CreateAliasRequest {
            function_name: "f".into(),
            name: "live".into(),
            function_version: "1".into(),
            routing_config: Some(routing(&[("2", weight)])),
            ..Default::default()
        };
        self.call::<operation::CreateAlias>("CreateAlias", alias).await.unwrap();
    }

    async fn divide(&self, weights: &[(&str, f64)]) -> AliasConfiguration {
        let update = UpdateAliasRequest {
            function_name: "f".into(),
            name: "live".into(),
            routing_config: Some(routing(weights)),
            ..Default::default()
        };
        self.call::<operation::UpdateAlias>("UpdateAlias", update).await.unwrap()
    }

    /// How many of so many invocations ran the second version.
    async fn second(&self, many: usize) -> usize {
        let mut second = 0;
        for _ in 0..many {
            let ran = self.invoke("f:live", InvocationType::RequestResponse, "1").await.unwrap();
            let version = ran.executed_version.unwrap();
            let (spec, invocation) = self.engine.seen.lock().unwrap().last().unwrap().clone();
            assert_eq!(spec.key.version, version, "what is said to have run did");
            assert!(invocation.invoked_arn.ends_with(":function:f:live"));
            second += usize::from(version == "2");
        }
        second
    }
}

fn routing(weights: &[(&str, f64)]) -> AliasRoutingConfiguration {
    let weights = weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect();
    AliasRoutingConfiguration { additional_version_weights: Some(weights) }
}

#[tokio::test]
async fn invocations_are_drawn_by_weight() {
    let rig = Rig::new().await;
    rig.divided(0.25).await;
    let second = rig.second(400).await;
    assert!((60..=140).contains(&second), "{second} of 400");
    rig.divide(&[("2", 0.0)]).await;
    assert_eq!(rig.second(50).await, 0);
    rig.divide(&[("2", 1.0)]).await;
    assert_eq!(rig.second(50).await, 50);
    assert_eq!(rig.divide(&[]).await.routing_config, None);
    assert_eq!(rig.second(50).await, 0);
}

#[tokio::test]
async fn a_version_that_gets_a_share_is_not_deleted() {
    let rig = Rig::new().await;
    rig.divided(0.5).await;
    let gone = || DeleteFunctionRequest { function_name: "f".into(), qualifier: Some("2".into()) };
    let refused = rig.call::<operation::DeleteFunction>("DeleteFunction", gone()).await.unwrap_err();
    assert_eq!(refused.code(), "ResourceConflictException");
    rig.divide(&[]).await;
    rig.call::<operation::DeleteFunction>("DeleteFunction", gone()).await.unwrap();
}
