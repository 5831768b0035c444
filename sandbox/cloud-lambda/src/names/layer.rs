//! Layers and their versions, by name or by ARN, of whatever account.

use cloud_core::{AccountId, Arn, AwsError, Context};

use crate::SERVICE;
use crate::shapes::Code;

/// A layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerName {
    pub(crate) name: String,
    /// Without a version.
    pub(crate) arn: Arn,
}

/// One version of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerVersionName {
    pub(crate) layer: LayerName,
    pub(crate) number: u64,
}

impl LayerName {
    /// Reads the `LayerName` member: a name, or an ARN without a version.
    pub(crate) fn parse(context: &Context, text: &str) -> Result<Self, AwsError> {
        let own =
            |name: &str| Self { name: name.to_owned(), arn: context.arn(SERVICE, format!("layer:{name}")) };
        if is_name(text) {
            return Ok(own(text));
        }
        let arn: Option<Arn> = text.parse().ok();
        let named = arn.and_then(|arn| {
            Some(Self { name: layer_in(&arn).filter(|name| is_name(name))?.to_owned(), arn })
        });
        named.ok_or_else(not_found)
    }

    /// A layer of this account and region, for operations that are on no other.
    pub(crate) fn own(context: &Context, text: &str) -> Result<Self, AwsError> {
        let layer = Self::parse(context, text)?;
        if layer.arn.account() != context.account().as_str() {
            // AWS: whether the other account has such a layer is not told.
            let message =
                format!("No resource-based policy of account {} allows this on {text}", layer.arn.account());
            return Err(AwsError::access_denied(message));
        }
        if layer.is_here(context) { Ok(layer) } else { Err(not_found()) }
    }

    /// Whether it is of this account and region.
    pub(crate) fn is_here(&self, context: &Context) -> bool {
        self.arn.is_of(context.realm())
    }

    /// One version of it.
    // AWS: the number is looked at before whether there is such a layer.
    pub(crate) fn version(self, number: i64) -> Result<LayerVersionName, AwsError> {
        match u64::try_from(number) {
            Ok(number) if number > 0 => Ok(LayerVersionName { layer: self, number }),
            _ => Err(Code::InvalidParameterValueException.error("Layer Version Cannot be less than 1")),
        }
    }
}

impl LayerVersionName {
    /// Reads the ARN of a version; none where it is no such ARN.
    // LIMIT: AWS's own layers, `arn:aws:lambda:::awslayer:…`, are not here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (layer, number) = text.rsplit_once(':')?;
        let arn: Arn = layer.parse().ok()?;
        let name = layer_in(&arn).filter(|name| is_name(name))?.to_owned();
        let number = number.parse().ok().filter(|number| *number > 0)?;
        AccountId::is_one(arn.account()).then_some(Self { layer: LayerName { name, arn }, number })
    }

    /// The ARN with the version.
    pub(crate) fn arn(&self) -> String {
        format!("{}:{}", self.layer.arn, self.number)
    }

    /// That there is no such version, as it is said of one that is named beside something else.
    pub(crate) fn does_not_exist(&self) -> String {
        format!("Layer version {} does not exist.", self.arn())
    }
}

/// That there is no such layer, or no such version.
pub(crate) fn not_found() -> AwsError {
    Code::ResourceNotFoundException.error("The resource you requested does not exist.")
}

fn layer_in(arn: &Arn) -> Option<&str> {
    (arn.service() == SERVICE && arn.resource_type() == Some("layer")).then(|| arn.resource_id())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let (context, _) = Context::for_test("/nowhere");
        let own = LayerName::own(&context, text);
        assert_eq!(own.as_ref().map(|layer| layer.name.as_str()).map_err(AwsError::code), expected, "{text}");
    }

    #[test]
    fn a_layer_is_named_by_name_or_arn() {
        check("libs", Ok("libs"));
        check("arn:aws:lambda:us-east-1:000000000000:layer:libs", Ok("libs"));
        check("arn:aws:lambda:us-east-1:000000000000:layer:libs:1", Err("ResourceNotFoundException"));
        check("arn:aws:lambda:eu-west-1:000000000000:layer:libs", Err("ResourceNotFoundException"));
        check("arn:aws:lambda:us-east-1:111111111111:layer:libs", Err("AccessDeniedException"));
        check("arn:aws:lambda:us-east-1:000000000000:function:libs", Err("ResourceNotFoundException"));
        check("a.b", Err("ResourceNotFoundException"));
        check("", Err("ResourceNotFoundException"));
    }

    #[test]
    fn a_version_is_named_by_its_arn() {
        let arn = "arn:aws:lambda:us-east-1:111111111111:layer:libs";
        let named = LayerVersionName::parse(&format!("{arn}:7")).expect("a version");
        assert_eq!((named.layer.name.as_str(), named.layer.arn.as_str(), named.number), ("libs", arn, 7));
        assert_eq!(named.arn(), format!("{arn}:7"));
        for text in [arn, &format!("{arn}:0"), &format!("{arn}:x"), "arn:aws:lambda:::awslayer:A", "libs:1"] {
            assert_eq!(LayerVersionName::parse(text), None, "{text}");
        }
        let (context, _) = Context::for_test("/nowhere");
        for (number, fits) in [(1, true), (0, false), (-1, false)] {
            let version = LayerName::own(&context, "libs").and_then(|layer| layer.version(number));
            assert_eq!(version.is_ok(), fits, "{number}");
        }
    }
}
