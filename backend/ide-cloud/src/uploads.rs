//! What deployments upload: a stack's packages and templates, each named by its content, until the stack no longer has them.

use std::collections::BTreeSet;

use http::Method;

use crate::{
    client::{Element, Rest, S3, encode},
    error::CloudError,
    workspace::CloudPanels,
};

/// Pages of objects that are looked through at once; the next deployment looks further.
const MAX_PAGES: usize = 10;

/// The key of something that is uploaded for a stack.
pub(crate) fn key(stack: &str, hash: &str, ending: &str) -> String {
    format!("{stack}/{hash}.{ending}")
}

impl CloudPanels {
    /// Removes what was uploaded for a stack and is not of those keys. To be called when the stack is as they make it:
    /// until then it may have to become again what it was.
    pub(crate) async fn forget_uploads(
        &self,
        stack: &str,
        kept: &BTreeSet<String>,
    ) -> Result<(), CloudError> {
        let bucket = format!("/{}", self.bucket());
        let mut after = String::new();
        for _ in 0..MAX_PAGES {
            let prefix = encode(&format!("{stack}/"));
            let path = format!("{bucket}?list-type=2&prefix={prefix}&start-after={}", encode(&after));
            let answer = self.aws().send(Rest::new(S3, Method::GET, path)).await?;
            let page = Element::parse(&answer.body).ok_or(CloudError::Answer("ListObjectsV2"))?;
            let keys = keys(&page);
            for key in keys.iter().filter(|key| is_upload(stack, key) && !kept.contains(*key)) {
                let path = format!("{bucket}/{}", encode(key));
                self.aws().send(Rest::new(S3, Method::DELETE, path)).await?;
            }
            match keys.last() {
                Some(last) if page.text_of("IsTruncated").as_deref() == Some("true") => {
                    after.clone_from(last);
                }
                _ => break,
            }
        }
        Ok(())
    }
}

fn keys(page: &Element) -> Vec<String> {
    let objects = page.children.iter().filter(|child| child.name == "Contents");
    objects.filter_map(|object| object.text_of("Key")).collect()
}

/// Whether a key is one that a deployment of that stack made: whatever else is there is somebody else's.
fn is_upload(stack: &str, key: &str) -> bool {
    let name = key.strip_prefix(stack).and_then(|name| name.strip_prefix('/'));
    let hash = name.and_then(|name| name.strip_suffix(".zip").or_else(|| name.strip_suffix(".template")));
    hash.is_some_and(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_deployments_of_the_stack_made_is_theirs() {
        let hash = "0f".repeat(32);
        for (key, ours) in [
            (key("app", &hash, "zip"), true),
            (key("app", &hash, "template"), true),
            (key("app2", &hash, "zip"), false),
            (key("app", "notes", "zip"), false),
            (key("app", &hash, "txt"), false),
            (format!("{hash}.zip"), false),
        ] {
            assert_eq!(is_upload("app", &key), ours, "{key}");
        }
    }

    #[test]
    fn keys_are_read_from_a_page() {
        let page = b"<ListBucketResult><Contents><Key>a/b</Key><Size>1</Size></Contents><IsTruncated>false</IsTruncated>\
            <Contents><Key>c</Key></Contents></ListBucketResult>";
        assert_eq!(keys(&Element::parse(page).unwrap()), ["a/b", "c"]);
    }
}
