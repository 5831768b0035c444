//! GetAccountSettings.

use cloud_core::{AwsError, Caller};

use crate::Lambda;
use crate::invoke::ACCOUNT_CONCURRENCY;
use crate::packages::{MAX_UNZIPPED, MAX_ZIPPED};
use crate::shapes::{AccountLimit, AccountUsage, GetAccountSettingsRequest, GetAccountSettingsResponse};

// AWS: "Storage for uploaded functions … 75 GB".
const TOTAL_CODE_SIZE: i64 = 80_530_636_800;

pub(crate) async fn get_account_settings(
    service: &Lambda,
    _caller: &Caller,
    _input: GetAccountSettingsRequest,
) -> Result<GetAccountSettingsResponse, AwsError> {
    let all = service.records().view();
    let reserved: i32 = all.values().filter_map(|function| function.reserved).sum();
    let sizes = all.values().map(|function| {
        function.latest.package.size
            + function.versions.values().map(|version| version.package.size).sum::<u64>()
    });
    Ok(GetAccountSettingsResponse {
        account_limit: Some(AccountLimit {
            total_code_size: Some(TOTAL_CODE_SIZE),
            code_size_unzipped: Some(MAX_UNZIPPED as i64),
            code_size_zipped: Some(MAX_ZIPPED as i64),
            concurrent_executions: Some(ACCOUNT_CONCURRENCY),
            unreserved_concurrent_executions: Some(ACCOUNT_CONCURRENCY - reserved),
        }),
        account_usage: Some(AccountUsage {
            total_code_size: Some(sizes.sum::<u64>() as i64),
            function_count: Some(all.len() as i64),
        }),
    })
}
