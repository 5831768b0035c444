//! Layers: packages of their own that functions have laid under theirs.

use cloud_core::Maker;
use serde::{Deserialize, Serialize};

use super::{Package, Statement};
use crate::shapes::{Architecture, Layer, Runtime};

/// A published version of a layer. Only its policy ever changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LayerVersion {
    pub(crate) package: Package,
    pub(crate) description: String,
    /// When it was published, as operations answer it.
    pub(crate) created: String,
    pub(crate) runtimes: Vec<Runtime>,
    pub(crate) architectures: Vec<Architecture>,
    pub(crate) license: Option<String>,
    /// Statements of its resource policy.
    pub(crate) policy: Vec<Statement>,
    /// Of the policy.
    pub(crate) revision: String,
    /// Which step of a template published it.
    pub(crate) made_by: Maker,
}

impl LayerVersion {
    /// Whether it is said to be for that runtime and that architecture, as far as they are asked for.
    pub(crate) fn is_for(&self, runtime: Option<&Runtime>, architecture: Option<&Architecture>) -> bool {
        runtime.is_none_or(|runtime| self.runtimes.contains(runtime))
            && architecture.is_none_or(|architecture| self.architectures.contains(architecture))
    }
}

/// A layer as a version of a function has it. It stays so when the layer is deleted.
// AWS: "To avoid breaking functions, a copy of the version remains in Lambda until no functions refer to it."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Laid {
    /// The ARN of the layer's version.
    pub(crate) arn: String,
    pub(crate) package: Package,
}

impl Laid {
    /// As operations answer it.
    pub(crate) fn describe(&self) -> Layer {
        Layer { arn: Some(self.arn.clone()), code_size: Some(self.package.size as i64), ..Layer::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(runtime: Option<&str>, architecture: Option<&str>, is_for: bool) {
        let layer = LayerVersion {
            package: Package { hash: "h".into(), size: 1, unzipped: Some(1) },
            description: String::new(),
            created: String::new(),
            runtimes: vec!["python3.13".into(), "python3.14".into()],
            architectures: vec!["x86_64".into()],
            license: None,
            policy: Vec::new(),
            revision: "r".into(),
            made_by: Maker::NOBODY,
        };
        let (asked, of) = (runtime.map(Runtime::from), architecture.map(Architecture::from));
        assert_eq!(layer.is_for(asked.as_ref(), of.as_ref()), is_for, "{runtime:?} {architecture:?}");
    }

    #[test]
    fn a_layer_is_for_what_it_was_published_for() {
        check(None, None, true);
        check(Some("python3.14"), None, true);
        check(Some("nodejs22.x"), None, false);
        check(None, Some("x86_64"), true);
        check(None, Some("arm64"), false);
        check(Some("python3.13"), Some("arm64"), false);
    }
}
