//! Who asks, and whom a policy names.
// AWS: "AWS JSON policy elements: Principal" and "NotPrincipal".

use serde_json::Value;

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Principal {
    /// Twelve digits; of a service the account on whose behalf it asks.
    pub account: String,
    /// `arn:aws:iam::…:root`, `arn:aws:iam::…:user/…`, `arn:aws:sts::…:assumed-role/ROLE/SESSION`; of a service nothing.
    pub arn: String,
    /// The unique id: of a role's session `AROA…:SESSION`.
    pub user_id: String,
    /// The ARN of the role whose session this is.
    pub role: Option<String>,
    /// `lambda.amazonaws.com`, if it is a service.
    pub service: Option<String>,
}

impl Principal {
    /// A service that asks on behalf of an account.
    pub fn service(name: &str, account: &str) -> Self {
        Self { account: account.to_owned(), service: Some(name.to_owned()), ..Self::default() }
    }

    /// Whether it signs nothing.
    pub fn is_anonymous(&self) -> bool {
        self.account == "anonymous"
    }

    /// Whether it is the account itself.
    pub fn is_root(&self) -> bool {
        self.arn.ends_with(":root")
    }
}

/// How a policy means somebody, the closest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// As one of an account, which decides itself whom of it it lets.
    Account,
    /// As anybody.
    Everybody,
    /// As a session of a role.
    Role,
    /// By name.
    Itself,
}

/// Whom a statement names.
#[derive(Clone, Debug)]
pub(crate) struct Principals {
    /// Whether it names those whom it does not mean.
    pub(crate) negated: bool,
    /// Kinds (`AWS`, `Service`, …) with names.
    named: Vec<(String, String)>,
}

impl Principals {
    /// Reads `"*"` or names by their kinds; none of anything else.
    pub(crate) fn of(value: &Value, negated: bool) -> Option<Self> {
        let mut named = Vec::new();
        match value {
            Value::String(all) if all == "*" => named.push(("*".to_owned(), all.clone())),
            Value::Object(kinds) => {
                for (kind, names) in kinds {
                    for name in names.as_array().map_or(std::slice::from_ref(names), Vec::as_slice) {
                        named.push((kind.clone(), name.as_str()?.to_owned()));
                    }
                }
            }
            _ => return None,
        }
        Some(Self { negated, named })
    }

    /// All that there are.
    pub(crate) fn everybody() -> Self {
        Self { negated: false, named: vec![("*".to_owned(), "*".to_owned())] }
    }

    /// How the principal is meant, if it is.
    pub(crate) fn reach(&self, principal: &Principal) -> Option<Reach> {
        let named = self.named.iter().filter_map(|(kind, name)| reach(kind, name, principal)).max();
        if !self.negated {
            return named;
        }
        // AWS: an account that is listed exempts its root, and none of its roles and users: each is listed itself.
        let is_listed = named.is_some_and(|reach| reach != Reach::Account || principal.is_root());
        (!is_listed).then_some(Reach::Everybody)
    }
}

fn reach(kind: &str, name: &str, principal: &Principal) -> Option<Reach> {
    if let Some(service) = &principal.service {
        // AWS: "*" is everybody, services included.
        return match kind {
            "Service" => service.eq_ignore_ascii_case(name).then_some(Reach::Itself),
            "*" => Some(Reach::Everybody),
            "AWS" => (name == "*").then_some(Reach::Everybody),
            _ => None,
        };
    }
    if kind == "*" || kind == "AWS" && name == "*" {
        return Some(Reach::Everybody);
    }
    if kind != "AWS" || principal.is_anonymous() {
        return None;
    }
    if name == principal.arn && !principal.is_root() {
        return Some(Reach::Itself);
    }
    if principal.role.as_deref() == Some(name) {
        return Some(Reach::Role);
    }
    let id = principal.user_id.split(':').next().unwrap_or_default();
    if principal.role.is_some() && id == name && name.starts_with("AROA") {
        return Some(Reach::Role);
    }
    is_account(name, principal).then_some(Reach::Account)
}

/// Whether a name is that of the principal's account: twelve digits, or its root's ARN in the principal's partition.
fn is_account(name: &str, principal: &Principal) -> bool {
    let account = || {
        let (partition, rest) = name.strip_prefix("arn:")?.split_once(":iam::")?;
        let is_own = principal.arn.split(':').nth(1) == Some(partition);
        rest.strip_suffix(":root").filter(|_| is_own)
    };
    name == principal.account || account() == Some(principal.account.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn principals_are_meant_by_name_role_account_or_as_everybody() {
        let session = Principal {
            account: "111111111111".into(),
            arn: "arn:aws:sts::111111111111:assumed-role/r/s".into(),
            user_id: "AROAX:s".into(),
            role: Some("arn:aws:iam::111111111111:role/path/r".into()),
            service: None,
        };
        let service = Principal::service("lambda.amazonaws.com", "111111111111");
        for (named, of_session, of_service) in [
            (json!("*"), Some(Reach::Everybody), Some(Reach::Everybody)),
            (json!({"AWS": "*"}), Some(Reach::Everybody), Some(Reach::Everybody)),
            (json!({"AWS": "111111111111"}), Some(Reach::Account), None),
            (json!({"AWS": ["222222222222", "arn:aws:iam::111111111111:root"]}), Some(Reach::Account), None),
            (json!({"AWS": "arn:aws:iam::111111111111:role/path/r"}), Some(Reach::Role), None),
            (json!({"AWS": "AROAX"}), Some(Reach::Role), None),
            (
                json!({"AWS": ["111111111111", "arn:aws:sts::111111111111:assumed-role/r/s"]}),
                Some(Reach::Itself),
                None,
            ),
            (json!({"AWS": "arn:aws:sts::111111111111:assumed-role/r/*"}), None, None),
            (json!({"Service": ["s3.amazonaws.com", "Lambda.amazonaws.com"]}), None, Some(Reach::Itself)),
            (json!({"CanonicalUser": "111111111111"}), None, None),
        ] {
            let all = Principals::of(&named, false).unwrap();
            assert_eq!((all.reach(&session), all.reach(&service)), (of_session, of_service), "{named}");
            let others = Principals::of(&named, true).unwrap();
            let is_listed = of_session.is_some_and(|reach| reach != Reach::Account);
            assert_eq!(others.reach(&session).is_some(), !is_listed, "not {named}");
        }
        let root = |partition: &str| Principal {
            account: "111111111111".into(),
            arn: format!("arn:{partition}:iam::111111111111:root"),
            ..Principal::default()
        };
        for (named, of_root, of_chinese) in [
            ("111111111111", true, true),
            ("arn:aws:iam::111111111111:root", true, false),
            ("arn:aws-cn:iam::111111111111:root", false, true),
            ("arn:aws:iam::111111111111:user/root", false, false),
        ] {
            let account = Principals::of(&json!({ "AWS": named }), false).unwrap();
            let others = Principals::of(&json!({ "AWS": named }), true).unwrap();
            for (root, is_meant) in [(root("aws"), of_root), (root("aws-cn"), of_chinese)] {
                assert_eq!(account.reach(&root), is_meant.then_some(Reach::Account), "{named}: {root:?}");
                assert_eq!(others.reach(&root).is_none(), is_meant, "not {named}: {root:?}");
            }
        }
        assert!(Principals::of(&json!("x"), false).is_none());
        assert!(Principals::of(&json!({"AWS": 1}), false).is_none());
    }
}
