//! What buckets and keys may be called.

use cloud_core::{AwsError, Region};

use crate::{error::bad, quotas};

// AWS: "Bucket naming rules": these are of domains, of AWS itself, of aliases, and of other kinds of buckets.
const RESERVED_STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

// AWS: "Bucket naming rules".
pub(crate) fn check_bucket(name: &str) -> Result<(), AwsError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_address = name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok());
    let valid = (3..=63).contains(&name.len())
        && name.chars().all(fits)
        && edge(name.chars().next())
        && edge(name.chars().last())
        && !name.contains("..")
        && !is_address
        && !RESERVED_STARTS.iter().any(|start| name.starts_with(start))
        && !RESERVED_ENDS.iter().any(|end| name.ends_with(end));
    if valid {
        return Ok(());
    }
    Err(bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name))
}

/// The ARN of a bucket of that region, or of what is in it. AWS: it names neither region nor account.
pub(crate) fn arn(region: &str, resource: &str) -> String {
    format!("arn:{}:s3:::{resource}", Region::new(region).partition().id)
}

pub(crate) fn check_key(key: &str) -> Result<(), AwsError> {
    if key.len() > quotas::KEY {
        let size = key.len().to_string();
        return Err(bad("KeyTooLongError", "Your key is too long")
            .with("Size", size)
            .with("MaxSizeAllowed", quotas::KEY.to_string()));
    }
    // LIMIT: AWS's answer to such a key is a 400 that says nothing.
    if climbs_out(key) {
        return Err(bad("InvalidURI", "Couldn't parse the specified URI."));
    }
    Ok(())
}

/// Whether a key would lead out of its bucket, were it a path.
// AWS: "Naming Amazon S3 objects": read from the left, there are never more `..` than other segments before them.
fn climbs_out(key: &str) -> bool {
    let mut depth = 0_usize;
    key.split('/').any(|segment| {
        let next = if segment == ".." { depth.checked_sub(1) } else { depth.checked_add(1) };
        depth = next.unwrap_or_default();
        next.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_any_text_that_does_not_lead_out() {
        for key in [
            "a",
            "videos/2014/../../video1.wmv",
            "a/..",
            "..a/b..",
            "%2e%2e/%2e%2e/x",
            "..\\..\\x",
            "/etc/passwd",
            "//",
            "./x",
            "a\0\n\u{1b}[31m",
            "\u{202e}",
            "</Key><Key>",
            &"\u{e9}".repeat(512),
        ] {
            assert!(check_key(key).is_ok(), "{key:?}");
        }
        for key in ["..", "../x", "../../x", "videos/../../video1.wmv", "a/../b/../../c"] {
            assert_eq!(check_key(key).unwrap_err().code(), "InvalidURI", "{key:?}");
        }
        assert_eq!(check_key(&"\u{e9}".repeat(513)).unwrap_err().code(), "KeyTooLongError");
    }

    #[test]
    fn bucket_names_follow_the_rules() {
        for name in ["abc", "my-bucket.1", "0ab", &"a".repeat(63)] {
            assert!(check_bucket(name).is_ok(), "{name}");
        }
        for name in ["ab", "-abc", "abc-", "Abc", "a_b", "a..b", "192.168.5.4", "a/b", "", &"a".repeat(64)] {
            assert_eq!(check_bucket(name).unwrap_err().code(), "InvalidBucketName", "{name}");
        }
        for start in RESERVED_STARTS {
            assert!(check_bucket(&format!("{start}a")).is_err(), "{start}");
            assert!(check_bucket(&format!("a{start}a")).is_ok(), "{start}");
        }
        for end in RESERVED_ENDS {
            assert!(check_bucket(&format!("a{end}")).is_err(), "{end}");
            assert!(check_bucket(&format!("a{end}a")).is_ok(), "{end}");
        }
    }
}
