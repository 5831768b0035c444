//! Layers as functions and other accounts get them.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::budget::Source;
use cloud_core::{Access, Arn, AwsError, Caller, LayerHead, LayerReader, OnBehalf, leave};

use crate::Lambda;
use crate::lambda::{Held, Kept};
use crate::names::{LayerName, LayerVersionName, layer};
use crate::packages::code_sha256;
use crate::quotas::{self, UNZIPPED};
use crate::shapes::Code;
use crate::state::{Laid, LayerVersion, document};

/// Who reads layers for a caller.
const PRINCIPAL: &str = "lambda.amazonaws.com";
const GET: &str = "lambda:GetLayerVersion";

/// The layers that a function is about to have. Their packages stay until this goes.
#[derive(Default)]
pub(crate) struct Layers {
    pub(crate) laid: Vec<Laid>,
    held: Vec<Held>,
    kept: Vec<Kept>,
}

impl Layers {
    /// Fails where they and code that unpacks to so many bytes are more than a function may have.
    pub(crate) fn expect_room(&self, code: u64) -> Result<(), AwsError> {
        expect_room(code, &self.laid)
    }
}

/// Fails where code that unpacks to so many bytes and layers are more than a function may have.
pub(crate) fn expect_room(code: u64, layers: &[Laid]) -> Result<(), AwsError> {
    let refused = |text: String| Err(Code::InvalidParameterValueException.error(text));
    let of_layers: u64 = layers.iter().map(|layer| layer.package.unzipped.unwrap_or(0)).sum();
    if of_layers > UNZIPPED {
        return refused(format!("Layers consume more than the available size of {UNZIPPED} bytes"));
    }
    let all = code + of_layers;
    if all > UNZIPPED {
        return refused(format!(
            "Function code combined with layers exceeds the maximum allowed size of {UNZIPPED} bytes. The actual size is \
             {all} bytes."
        ));
    }
    Ok(())
}

impl Lambda {
    /// The layers of those ARNs, for a function of the caller's.
    // AWS: a layer's runtimes and architectures say what it is listed by; a function of another may have it all the same.
    pub(crate) async fn lay(
        &self,
        caller: &Caller,
        function: &str,
        arns: &[String],
    ) -> Result<Layers, AwsError> {
        quotas::check(&quotas::LAYERS, arns.len())?;
        let mut layers = Layers::default();
        for named in named(arns)? {
            if named.layer.arn.account() == self.context().account().as_str() {
                self.lay_own(&named, &mut layers)?;
            } else {
                self.lay_foreign(caller, function, &named, &mut layers).await?;
            }
        }
        layers.expect_room(0)?;
        Ok(layers)
    }

    fn lay_own(&self, named: &LayerVersionName, layers: &mut Layers) -> Result<(), AwsError> {
        let missing = || Code::InvalidParameterValueException.error(named.does_not_exist());
        if !named.layer.is_here(self.context()) {
            let region = self.context().region();
            return Err(Code::InvalidParameterValueException.error(format!(
                "Layers are not in the same region as the function. Layers are expected to be in region {region}."
            )));
        }
        let version = self.layer_version(named).ok_or_else(missing)?;
        layers.held.push(self.hold_package(&version.package.hash));
        // Nobody removes it from now on: it was there, or is gone.
        self.layer_version(named).ok_or_else(missing)?;
        layers.laid.push(Laid { arn: named.arn(), package: version.package.clone() });
        Ok(())
    }

    /// Copies what another account lets the caller have.
    async fn lay_foreign(
        &self,
        caller: &Caller,
        function: &str,
        named: &LayerVersionName,
        layers: &mut Layers,
    ) -> Result<(), AwsError> {
        let arn = named.arn();
        let arn: Arn = arn.parse().map_err(|_| layer::not_found())?;
        let (reader, _open) = self.reader_of(caller, &arn).await?;
        let on_behalf = OnBehalf { caller, service: PRINCIPAL };
        let head = reader.head(on_behalf, &arn).await?;
        let source = Source::named("function", function);
        let _memory = self.context().memory().reserve(&source, head.size)?;
        let kept = self.keep_package(reader.get(on_behalf, &arn).await?).await?;
        layers.laid.push(Laid { arn: arn.to_string(), package: kept.package.clone() });
        layers.kept.push(kept);
        Ok(())
    }

    /// A version of a layer of this account and region.
    pub(crate) fn layer_version(&self, named: &LayerVersionName) -> Option<Arc<LayerVersion>> {
        let is_here = named.layer.is_here(self.context());
        self.records().layer(&named.layer.name, named.number).filter(|_| is_here)
    }

    /// What is known of a version of a layer, of whatever account.
    pub(crate) async fn layer_head(
        &self,
        caller: &Caller,
        named: &LayerVersionName,
    ) -> Result<LayerHead, AwsError> {
        if named.layer.arn.account() == self.context().account().as_str() {
            let version = self.layer_version(named).ok_or_else(layer::not_found)?;
            return Ok(self.shown(&version));
        }
        let arn: Arn = named.arn().parse().map_err(|_| layer::not_found())?;
        let (reader, _open) = self.reader_of(caller, &arn).await?;
        reader.head(OnBehalf { caller, service: PRINCIPAL }, &arn).await
    }

    /// As it is told of a version of this account.
    pub(crate) fn shown(&self, version: &LayerVersion) -> LayerHead {
        LayerHead {
            description: version.description.clone(),
            created: version.created.clone(),
            runtimes: version.runtimes.iter().map(ToString::to_string).collect(),
            architectures: version.architectures.iter().map(ToString::to_string).collect(),
            license: version.license.clone(),
            sha256: code_sha256(&version.package.hash),
            size: version.package.size,
            location: self.signer().address(self.context(), &version.package.hash),
        }
    }

    /// Where the layers of another account are, open for as long as the second is held.
    async fn reader_of(
        &self,
        caller: &Caller,
        arn: &Arn,
    ) -> Result<(Arc<dyn LayerReader>, Option<cloud_core::InUse>), AwsError> {
        // AWS: no account's layer of another region is within reach, and whether an account has one is not told.
        let refused = || not_let_in(caller, arn);
        let is_near = arn.region() == self.context().region().as_str();
        let realm = arn.realm().filter(|_| is_near).ok_or_else(refused)?;
        let realms = self.context().peers().realms().ok_or_else(refused)?;
        let (there, open) = realms
            .open(&realm)
            .await
            .map_err(|error| if error.http_status() == 404 { refused() } else { error })?;
        let reader = there.peers().layers().ok_or_else(refused)?;
        Ok((reader, Some(open)))
    }

    /// The version that an ARN names, for whom its policy lets in.
    async fn admitted(
        &self,
        OnBehalf { caller, service }: OnBehalf<'_>,
        arn: &Arn,
    ) -> Result<Arc<LayerVersion>, AwsError> {
        let version = LayerVersionName::parse(arn.as_str()).and_then(|named| self.layer_version(&named));
        let access = Access {
            action: GET.to_owned(),
            resource: arn.to_string(),
            policy: version.as_ref().and_then(|version| policy_of(version, arn.as_str())).map(Into::into),
            owner: Some(self.context().account().clone()),
            ..Access::default()
        };
        let keys = leave::keys_of(self.context(), self.context().region(), service);
        let answer = leave::ask(self.context(), caller, &keys, &[access]).await?;
        if let Some(denial) = answer.refused {
            return Err(if denial.reason.is_empty() {
                not_let_in(caller, arn)
            } else {
                AwsError::access_denied(denial.to_string())
            });
        }
        if let Some(denial) = &answer.reported {
            let text = denial.to_string();
            tracing::warn!(service, text, "mode enforce would not let a service read a layer");
            cloud_wire::response_headers::would_be_refused(&text);
        }
        version.ok_or_else(|| not_let_in(caller, arn))
    }
}

/// The policy of a version as text, if it has one.
pub(crate) fn policy_of(version: &LayerVersion, arn: &str) -> Option<String> {
    (!version.policy.is_empty()).then(|| document(&version.policy, arn))
}

/// What the ARNs name, each layer once.
fn named(arns: &[String]) -> Result<Vec<LayerVersionName>, AwsError> {
    let invalid = |text: String| Code::InvalidParameterValueException.error(text);
    let mut all: Vec<LayerVersionName> = Vec::with_capacity(arns.len());
    for text in arns {
        let named = LayerVersionName::parse(text);
        let named = named.ok_or_else(|| invalid(format!("Layer version {text} does not exist.")))?;
        if let Some(other) = all.iter().find(|other| other.layer == named.layer) {
            return Err(invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. {} and {} \
                 are versions of the same layer.",
                other.arn(),
                named.arn()
            )));
        }
        all.push(named);
    }
    Ok(all)
}

/// That the account does not let the caller have a layer, or has none of that name.
fn not_let_in(caller: &Caller, arn: &Arn) -> AwsError {
    AwsError::access_denied(format!(
        "User: {} is not authorized to perform: {GET} on resource: {arn} because no resource-based policy allows the {GET} \
         action",
        caller.arn
    ))
}

#[async_trait]
impl LayerReader for Lambda {
    async fn head(&self, reader: OnBehalf<'_>, arn: &Arn) -> Result<LayerHead, AwsError> {
        let version = self.admitted(reader, arn).await?;
        Ok(self.shown(&version))
    }

    async fn get(&self, reader: OnBehalf<'_>, arn: &Arn) -> Result<Bytes, AwsError> {
        let version = self.admitted(reader, arn).await?;
        self.packages().zip(&version.package).await
    }
}

/// The ARN of a version of this account's.
pub(crate) fn version_arn(layer: &LayerName, number: u64) -> String {
    format!("{}:{number}", layer.arn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Package;

    fn check(sizes: &[u64], code: u64, words: Option<&str>) {
        let laid = |size: &u64| Laid {
            arn: String::new(),
            package: Package { hash: size.to_string(), size: 1, unzipped: Some(*size) },
        };
        let laid: Vec<Laid> = sizes.iter().map(laid).collect();
        let seen = expect_room(code, &laid).err().map(|error| error.message().to_owned());
        match words {
            None => assert_eq!(seen, None),
            Some(words) => assert!(seen.as_deref().is_some_and(|text| text.contains(words)), "{seen:?}"),
        }
    }

    #[test]
    fn code_and_layers_have_one_size_together() {
        check(&[], UNZIPPED, None);
        check(&[UNZIPPED - 2, 1], 1, None);
        check(&[UNZIPPED - 2, 1], 2, Some("The actual size is 262144001 bytes."));
        check(&[UNZIPPED, 1], 0, Some("Layers consume more than the available size of 262144000 bytes"));
    }
}
