//! What buckets and keys may be called.

use cloud_core::AwsError;

use crate::error::bad;

// AWS: "Object key names": at most 1,024 bytes of UTF-8.
const MAX_KEY: usize = 1024;

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
        && !name.starts_with("xn--")
        && !name.ends_with("-s3alias");
    if valid {
        return Ok(());
    }
    Err(bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name))
}

pub(crate) fn check_key(key: &str) -> Result<(), AwsError> {
    if key.len() > MAX_KEY {
        let size = key.len().to_string();
        return Err(bad("KeyTooLongError", "Your key is too long")
            .with("Size", size)
            .with("MaxSizeAllowed", "1024"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names_follow_the_rules() {
        for name in ["abc", "my-bucket.1", "0ab", &"a".repeat(63)] {
            assert!(check_bucket(name).is_ok(), "{name}");
        }
        for name in
            ["ab", "-abc", "abc-", "Abc", "a_b", "a..b", "192.168.5.4", "xn--a", "a/b", "", &"a".repeat(64)]
        {
            assert_eq!(check_bucket(name).unwrap_err().code(), "InvalidBucketName", "{name}");
        }
    }
}
