//! Published versions of a function and its aliases.

use std::sync::Arc;

use http::Method;
use ide_core::Router;
use protocol::{
    CallError, ErrorCode,
    version::{
        Alias, DeleteAlias, DeleteVersion, ListVersions, MAX_VERSIONS, PublishVersion, Published, PutAlias,
        Share, Version, Versions,
    },
};
use serde_json::{Map, Value, json};

use crate::{
    client::{LAMBDA, Rest, encode, text},
    error::CloudError,
    functions::FUNCTIONS,
    workspace::CloudPanels,
};

const PAGES: (&str, &str) = ("NextMarker", "Marker");

impl CloudPanels {
    /// Answers the calls about versions.
    pub(crate) fn register_versions(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, call: ListVersions| async move { Ok(this.versions(&call.name).await?) })
            .on(|this, _, call: PublishVersion| async move { Ok(this.publish_version(&call).await?) })
            .on(|this, _, call: DeleteVersion| async move { this.delete_version(&call).await })
            .on(|this, _, call: PutAlias| async move { Ok(this.put_alias(call).await?) })
            .on(|this, _, call: DeleteAlias| async move { Ok(this.delete_alias(&call).await?) });
    }

    async fn versions(&self, name: &str) -> Result<Versions, CloudError> {
        let path = format!("{FUNCTIONS}/{}", encode(name));
        let listed = self.aws().rest_pages(LAMBDA, &format!("{path}/versions"), "Versions", PAGES).await?;
        let mut versions: Vec<_> = listed.iter().filter_map(version).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.version.parse::<u64>().unwrap_or_default()));
        versions.truncate(MAX_VERSIONS);
        let listed = self.aws().rest_pages(LAMBDA, &format!("{path}/aliases"), "Aliases", PAGES).await?;
        let mut aliases: Vec<_> = listed.iter().map(alias).collect();
        aliases.truncate(MAX_VERSIONS);
        Ok(Versions { versions, aliases })
    }

    async fn publish_version(&self, call: &PublishVersion) -> Result<Published, CloudError> {
        let path = format!("{FUNCTIONS}/{}/versions", encode(&call.name));
        let body =
            if call.description.is_empty() { json!({}) } else { json!({ "Description": call.description }) };
        let answer = self.aws().send(Rest::new(LAMBDA, Method::POST, path).body(body.to_string())).await?;
        let version = answer.json("PublishVersion")?;
        let version = version.get("Version").and_then(Value::as_str);
        Ok(Published { version: version.ok_or(CloudError::Answer("PublishVersion"))?.to_owned() })
    }

    async fn delete_version(&self, call: &DeleteVersion) -> Result<(), CallError> {
        // Without a version this would delete the function.
        if call.version.is_empty() || !call.version.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = "a published version is a number; name the one to delete";
            return Err(CallError::new(ErrorCode::Invalid, message).because("no-version", &[]));
        }
        let path = format!("{FUNCTIONS}/{}?Qualifier={}", encode(&call.name), call.version);
        self.aws().send(Rest::new(LAMBDA, Method::DELETE, path)).await?;
        Ok(())
    }

    async fn put_alias(&self, call: PutAlias) -> Result<(), CloudError> {
        let Alias { name, description, version, second } = call.alias;
        // AWS: weights that are not named are no more.
        let weights: Map<_, _> =
            second.into_iter().map(|share| (share.version, share.weight.into())).collect();
        let mut body = json!({
            "FunctionVersion": version,
            "Description": description,
            "RoutingConfig": { "AdditionalVersionWeights": weights },
        });
        let mut path = format!("{FUNCTIONS}/{}/aliases", encode(&call.name));
        let method = if call.is_new {
            body["Name"] = name.into();
            Method::POST
        } else {
            path = format!("{path}/{}", encode(&name));
            Method::PUT
        };
        self.aws().send(Rest::new(LAMBDA, method, path).body(body.to_string())).await.map(drop)
    }

    async fn delete_alias(&self, call: &DeleteAlias) -> Result<(), CloudError> {
        let path = format!("{FUNCTIONS}/{}/aliases/{}", encode(&call.name), encode(&call.alias));
        self.aws().send(Rest::new(LAMBDA, Method::DELETE, path)).await.map(drop)
    }
}

/// A version as it is listed; `$LATEST`, which is listed too, is none.
fn version(listed: &Value) -> Option<Version> {
    let version = text(listed, "Version");
    version.parse::<u64>().ok()?;
    Some(Version {
        version,
        description: text(listed, "Description"),
        last_modified: text(listed, "LastModified"),
        code_size: listed.get("CodeSize").and_then(Value::as_u64).unwrap_or_default(),
    })
}

fn alias(listed: &Value) -> Alias {
    let weights = listed.pointer("/RoutingConfig/AdditionalVersionWeights").and_then(Value::as_object);
    let second = weights.and_then(|weights| weights.iter().next());
    Alias {
        name: text(listed, "Name"),
        description: text(listed, "Description"),
        version: text(listed, "FunctionVersion"),
        second: second
            .and_then(|(version, weight)| Some(Share { version: version.clone(), weight: weight.as_f64()? })),
    }
}
