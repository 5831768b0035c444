//! What AWS lets an account, a stack and a template have.
// AWS: "Understand CloudFormation quotas"; those that can be raised as they are at first. Of a template's text as a whole:
// `template-text`.

use cloud_core::{Quota, Refusal};

pub(crate) const STACKS: Quota = Quota {
    name: "Stacks per account per Region",
    most: 2000,
    unit: "stacks",
    refusal: Refusal(CODE, 400, "Limit for stack has been exceeded: {most}"),
};
/// Those that failed count, too.
pub(crate) const CHANGE_SETS: Quota = Quota {
    name: "Change sets per stack",
    most: 1000,
    unit: "change sets",
    refusal: Refusal(CODE, 400, "ChangeSet limit exceeded for stack {stack}"),
};

const CODE: &str = "LimitExceededException";

/// How many members a section of a template may have, with what the refusal calls them.
pub(crate) const SECTIONS: [(&str, &str, usize); 4] = [
    ("Parameters", "parameters", 200),
    ("Mappings", "mappings", 200),
    ("Resources", "resources", 500),
    ("Outputs", "outputs", 200),
];

/// Bytes of a template within a request.
pub(crate) const TEMPLATE_BODY: usize = 51_200;
/// Bytes of a template's description.
pub(crate) const DESCRIPTION: usize = 1024;
/// Bytes of a parameter's value.
pub(crate) const PARAMETER_VALUE: usize = 4096;
/// Letters of a logical id, or of the name of a parameter, mapping or output.
pub(crate) const LOGICAL_NAME: usize = 255;
/// Letters of a stack's name.
pub(crate) const STACK_NAME: usize = 128;
