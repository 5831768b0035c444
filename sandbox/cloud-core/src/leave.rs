//! Asking for leave: what policies say of a request, and what of that counts in this cloud's mode.

use crate::caller::Caller;
use crate::context::Context;
use crate::error::AwsError;
use crate::ids::{AccountId, Region};
use crate::ports::{Access, ConditionKeys, Denial, Permissions};

/// What an operation goes by that was let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leave {
    /// Other accounts, whose resources let the caller in.
    pub guest_of: Vec<AccountId>,
    /// Parts of the request that are refused while the others are done.
    pub refused: Vec<(usize, Denial)>,
}

/// What came of asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Why the request as a whole is refused.
    pub refused: Option<Denial>,
    /// What mode enforce would refuse, and this one reports.
    pub reported: Option<Denial>,
    /// What the operation goes by.
    pub leave: Leave,
}

/// The keys of what a service asks on somebody's behalf, in that region: they say so.
pub fn keys_of(context: &Context, region: &Region, service: &str) -> ConditionKeys {
    let now = context.now();
    let (time, seconds) = (now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), now.as_second().to_string());
    let keys = [
        ("aws:ViaAWSService", "true"),
        ("aws:SecureTransport", "true"),
        ("aws:CalledVia", service),
        ("aws:CalledViaFirst", service),
        ("aws:CalledViaLast", service),
        ("aws:RequestedRegion", region.as_str()),
        ("aws:CurrentTime", &time),
        ("aws:EpochTime", &seconds),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), vec![value.to_owned()])).collect()
}

/// Asks leave for all of it, for its parts each for itself. An error means that nobody knows.
pub async fn ask(
    context: &Context,
    caller: &Caller,
    keys: &ConditionKeys,
    accesses: &[Access],
) -> Result<Answer, AwsError> {
    let mode = context.permissions();
    let crosses = |access: &Access| access.crosses(caller);
    if accesses.is_empty() || mode == Permissions::Off && !accesses.iter().any(crosses) {
        return Ok(Answer::default());
    }
    let denials = match context.peers().authority() {
        Some(authority) => authority.decide(caller, keys, accesses).await?,
        // Where nobody knows policies, each account does as it likes with what is its own.
        None => barred(caller, accesses),
    };
    let mut answer = Answer::default();
    let let_in = |place: &usize| !denials.iter().any(|(denied, denial)| denied == place && denial.is_barred);
    for (_, access) in accesses.iter().enumerate().filter(|(place, access)| crosses(access) && let_in(place))
    {
        let owner = access.owner.iter().filter(|owner| !answer.leave.guest_of.contains(owner));
        let owner: Vec<AccountId> = owner.cloned().collect();
        answer.leave.guest_of.extend(owner);
    }
    for (place, denial) in denials {
        let part = accesses.get(place).and_then(|access| access.part);
        match (denial.is_barred || mode == Permissions::Enforce, part) {
            (true, Some(part)) => answer.leave.refused.push((part, denial)),
            (true, None) => answer.refused = answer.refused.or(Some(denial)),
            (false, _) if mode == Permissions::Report => answer.reported = answer.reported.or(Some(denial)),
            (false, _) => {}
        }
    }
    Ok(answer)
}

/// Those that are about other accounts.
fn barred(caller: &Caller, accesses: &[Access]) -> Vec<(usize, Denial)> {
    let crossing = accesses.iter().enumerate().filter(|(_, access)| access.crosses(caller));
    crossing.map(|(place, access)| (place, Denial::barred(caller, access))).collect()
}

impl Denial {
    fn barred(caller: &Caller, access: &Access) -> Self {
        let principal = if caller.is_anonymous() { String::new() } else { caller.arn.to_string() };
        let (action, resource) = (access.action.clone(), access.resource.clone());
        Self { principal, action, resource, reason: String::new(), is_barred: true }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;

    use super::*;
    use crate::arn::Arn;
    use crate::ids::RequestId;
    use crate::ports::Authority;

    /// Denies what is called `no`, and bars from what is called `wall`.
    struct Named;

    #[async_trait]
    impl Authority for Named {
        async fn decide(
            &self,
            caller: &Caller,
            _: &ConditionKeys,
            accesses: &[Access],
        ) -> Result<Vec<(usize, Denial)>, AwsError> {
            let denied = accesses.iter().enumerate().filter(|(_, access)| access.action != "yes");
            let denial = |access: &Access| Denial {
                is_barred: access.action == "wall",
                ..Denial::barred(caller, access)
            };
            Ok(denied.map(|(place, access)| (place, denial(access))).collect())
        }

        async fn trusts(&self, _: &Arn, _: &str, _: &ConditionKeys) -> Result<bool, AwsError> {
            Ok(true)
        }
    }

    #[tokio::test]
    async fn walls_count_in_every_mode_and_all_else_as_the_mode_wants() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let caller = Caller::root(context.account(), &Region::default(), RequestId::new("request"));
        let other = AccountId::new("000000000002");
        let access = |action: &str, owner: Option<&AccountId>, part| Access {
            action: action.into(),
            owner: owner.cloned(),
            part,
            ..Access::default()
        };
        let accesses = [
            access("yes", Some(&other), None),
            access("no", None, Some(3)),
            access("wall", Some(&other), Some(4)),
            access("no", None, None),
        ];
        let asked = async |mode, accesses: &[Access]| {
            context.set_permissions(mode);
            let answer = ask(&context, &caller, &ConditionKeys::new(), accesses).await.unwrap();
            let parts: Vec<usize> = answer.leave.refused.iter().map(|(part, _)| *part).collect();
            let action = |denial: Option<Denial>| denial.map_or(String::new(), |denial| denial.action);
            (action(answer.refused), action(answer.reported), parts, answer.leave.guest_of)
        };
        let (no, none) = (|| "no".to_owned(), String::new);
        // Without an authority all that is another account's is shut.
        let alone = (none(), none(), vec![4], vec![]);
        assert_eq!(asked(Permissions::Enforce, &accesses[1..]).await, alone);
        context.peers().set_authority(Arc::new(Named));
        let guest = || vec![other.clone()];
        assert_eq!(asked(Permissions::Enforce, &accesses).await, (no(), none(), vec![3, 4], guest()));
        assert_eq!(asked(Permissions::Report, &accesses).await, (none(), no(), vec![4], guest()));
        assert_eq!(asked(Permissions::Off, &accesses).await, (none(), none(), vec![4], guest()));
        let wall = [access("wall", Some(&other), None)];
        assert_eq!(asked(Permissions::Off, &wall).await, ("wall".to_owned(), none(), vec![], vec![]));
        assert_eq!(asked(Permissions::Off, &accesses[3..]).await, (none(), none(), vec![], vec![]));
    }
}
