//! Names, paths, durations and tags, checked for whoever makes a role or a policy: the operations, whose models say the
//! same, and templates, which have no model.

use cloud_core::{Arn, AwsError, Refusal, TagRules};

use crate::iam::shapes::Tag;

type Checked = Result<(), AwsError>;

/// What is said of tags that may not be.
pub(crate) const TAGS: TagRules = TagRules {
    ignores_case: true,
    too_many: Refusal("LimitExceeded", 409, "The number of tags has reached the maximum limit."),
    reserved: Refusal("InvalidInput", 400, "Tag keys starting with 'aws:' are reserved for system use"),
    key: Refusal(
        "ValidationError",
        400,
        "1 validation error detected: Value '{key}' at 'tags.1.member.key' failed to satisfy constraint: Member must have \
         length less than or equal to 128",
    ),
    value: Refusal(
        "ValidationError",
        400,
        "1 validation error detected: Value '{value}' at 'tags.1.member.value' failed to satisfy constraint: Member must \
         have length less than or equal to 256",
    ),
    twice: Refusal(
        "InvalidInput",
        400,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
    ..TagRules::plain("InvalidInput")
};

/// The same of a session's tags, in STS's words.
// AWS: a request's model says how many there are and of what characters.
pub(crate) const SESSION_TAGS: TagRules = TagRules {
    reserved: Refusal(
        "InvalidParameterValue",
        400,
        "Tag keys starting with 'aws:' are reserved for system use",
    ),
    twice: Refusal(
        "InvalidParameterValue",
        400,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
    ..TAGS
};

/// AWS's words for a value that is not as its model wants it.
pub(crate) fn constraint(value: &str, member: &str, constraint: &str) -> AwsError {
    cloud_core::constraint::broken("ValidationError", value, member, constraint)
}

/// What a role's or a policy's name is made of.
pub(crate) fn check_letters(name: &str, member: &str) -> Checked {
    let good = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if name.is_empty() || !name.chars().all(good) {
        return Err(AwsError::new(
            "ValidationError",
            format!(
                "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
            ),
        ));
    }
    Ok(())
}

/// A role's or a policy's name.
pub(crate) fn check_name(name: &str, member: &str, longest: usize) -> Checked {
    check_letters(name, member)?;
    if name.len() > longest {
        let text = format!("Member must have length less than or equal to {longest}");
        return Err(constraint(name, member, &text));
    }
    Ok(())
}

/// What a path is made of: slashes at both ends, printable characters between.
pub(crate) fn check_slashes(path: &str) -> Checked {
    let printable = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if !(path.starts_with('/') && path.ends_with('/') && printable) {
        return Err(AwsError::new(
            "ValidationError",
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        ));
    }
    Ok(())
}

/// A path.
pub(crate) fn check_path(path: &str) -> Checked {
    const LONGEST: usize = 512;
    check_slashes(path)?;
    if path.len() > LONGEST {
        return Err(constraint(
            path,
            "path",
            &format!("Member must have length less than or equal to {LONGEST}"),
        ));
    }
    Ok(())
}

/// The path in a policy's ARN.
pub(crate) fn path_of(policy: &str) -> &str {
    let path = policy.split_once(":policy").map_or("/", |(_, path)| path);
    path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or("/")
}

/// How long sessions of a role may last: from one hour to twelve.
pub(crate) fn check_duration(seconds: Option<i32>) -> Checked {
    match seconds {
        Some(short) if short < 3600 => Err(constraint(
            &short.to_string(),
            "maxSessionDuration",
            "Member must have value greater than or equal to 3600",
        )),
        Some(long) if long > 43_200 => Err(constraint(
            &long.to_string(),
            "maxSessionDuration",
            "Member must have value less than or equal to 43200",
        )),
        _ => Ok(()),
    }
}

/// Tags as they are given.
pub(crate) fn check_tags(tags: &[Tag]) -> Checked {
    Ok(TAGS.check(tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())))?)
}

/// An ARN of a policy, of AWS's or of anybody's.
pub(crate) fn check_policy_arn(arn: &str) -> Checked {
    let parsed = arn.parse::<Arn>().ok();
    match parsed.filter(|arn| arn.service() == "iam" && arn.resource().starts_with("policy/")) {
        Some(_) => Ok(()),
        None => Err(AwsError::new("ValidationError", "Invalid ARN:  Could not be parsed!")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(checked: Checked) -> String {
        checked.map_or_else(|error| format!("{}: {}", error.code(), error.message()), |()| "fine".to_owned())
    }

    #[test]
    fn names_paths_and_durations() {
        assert_eq!(told(check_name("a_+=,.@-1", "roleName", 64)), "fine");
        for name in ["", "a b", "a/b", "ä"] {
            assert!(
                told(check_name(name, "roleName", 64)).contains("value for roleName is invalid"),
                "{name}"
            );
        }
        assert!(
            told(check_name(&"a".repeat(65), "roleName", 64)).ends_with("length less than or equal to 64")
        );
        for path in ["/", "/a/b/"] {
            assert_eq!(told(check_path(path)), "fine");
        }
        for path in ["", "a", "/a", "a/", "/a b/"] {
            assert!(told(check_path(path)).contains("value for path is invalid"), "{path}");
        }
        assert_eq!(told(check_duration(Some(3600)).and(check_duration(Some(43_200)))), "fine");
        assert!(told(check_duration(Some(100))).contains("greater than or equal to 3600"));
        assert!(told(check_duration(Some(50_000))).contains("less than or equal to 43200"));
        assert_eq!(told(check_policy_arn("arn:aws:iam::aws:policy/service-role/X")), "fine");
        for (arn, path) in [
            ("arn:aws:iam::000000000000:policy/x", "/"),
            ("arn:aws:iam::aws:policy/service-role/x", "/service-role/"),
            ("arn:aws:iam::000000000000:policy/a:policy/b/x", "/a:policy/b/"),
        ] {
            assert_eq!(path_of(arn), path);
        }
        for arn in ["X", "arn:aws:iam::aws:role/x", "arn:aws:s3:::policy/x", "arn:aws:iam"] {
            assert_eq!(
                told(check_policy_arn(arn)),
                "ValidationError: Invalid ARN:  Could not be parsed!",
                "{arn}"
            );
        }
    }

    #[test]
    fn tags() {
        let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
        assert_eq!(told(check_tags(&[tag("a", ""), tag("b", "x")])), "fine");
        assert!(told(check_tags(&[tag("aws:x", "")])).contains("reserved"));
        assert!(told(check_tags(&[tag("a", ""), tag("A", "")])).contains("Duplicate tag keys"));
        assert!(told(check_tags(&[tag(&"k".repeat(129), "")])).contains("128"));
        assert!(told(check_tags(&[tag("k", &"v".repeat(257))])).contains("256"));
        let many: Vec<Tag> = (0..51).map(|n| tag(&n.to_string(), "")).collect();
        assert!(told(check_tags(&many)).starts_with("LimitExceeded"));
    }
}
