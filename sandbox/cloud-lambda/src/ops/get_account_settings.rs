//! GetAccountSettings.

use cloud_core::{AwsError, Caller};

use crate::Lambda;
use crate::quotas;
use crate::shapes::{AccountLimit, AccountUsage, GetAccountSettingsRequest, GetAccountSettingsResponse};

pub(crate) async fn get_account_settings(
    service: &Lambda,
    _caller: &Caller,
    _input: GetAccountSettingsRequest,
) -> Result<GetAccountSettingsResponse, AwsError> {
    let all = service.records().view();
    let reserved: i32 = all.values().map(|function| function.claims()).sum();
    let sizes = all.values().map(|function| {
        function.latest.package.size
            + function.versions.values().map(|version| version.package.size).sum::<u64>()
    });
    Ok(GetAccountSettingsResponse {
        account_limit: Some(AccountLimit {
            total_code_size: Some(quotas::CODE_STORAGE),
            code_size_unzipped: Some(quotas::UNZIPPED as i64),
            code_size_zipped: Some(quotas::ZIPPED as i64),
            concurrent_executions: Some(quotas::CONCURRENCY),
            unreserved_concurrent_executions: Some(quotas::CONCURRENCY - reserved),
        }),
        account_usage: Some(AccountUsage {
            total_code_size: Some((sizes.sum::<u64>() + service.records().layers_size()) as i64),
            function_count: Some(all.len() as i64),
        }),
    })
}
