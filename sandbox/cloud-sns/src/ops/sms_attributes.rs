//! GetSMSAttributes, SetSMSAttributes: recorded for the account and region.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};
use cloud_store::Transaction;

use crate::open::{Failed, Sns};
use crate::record::SETTINGS;
use crate::shapes::{
    Code, GetSMSAttributesInput, GetSMSAttributesResponse, SetSMSAttributesInput, SetSMSAttributesResponse,
};

const KEY: &str = "sms";
/// The longest value, in bytes.
const LONGEST: usize = 1024;
const NAMES: [&str; 6] = [
    "DefaultSMSType",
    "DefaultSenderID",
    "DeliveryStatusIAMRole",
    "DeliveryStatusSuccessSamplingRate",
    "MonthlySpendLimit",
    "UsageReportS3Bucket",
];

pub(crate) async fn get_sms_attributes(
    sns: &Sns,
    _caller: &Caller,
    input: GetSMSAttributesInput,
) -> Result<GetSMSAttributesResponse, AwsError> {
    let kept = sns.records.store.get_json::<BTreeMap<String, String>>(SETTINGS, KEY).await?;
    let mut all = kept.unwrap_or_default();
    // AWS: a new account may spend one dollar.
    all.entry("MonthlySpendLimit".to_owned()).or_insert_with(|| "1".to_owned());
    let asked = input.attributes.unwrap_or_default();
    if !asked.is_empty() {
        all.retain(|name, _| asked.contains(name));
    }
    Ok(GetSMSAttributesResponse { attributes: Some(all) })
}

fn check(name: &str, value: &str) -> Result<(), String> {
    if !NAMES.contains(&name) || value.len() > LONGEST {
        let shown: String = name.chars().take(200).collect();
        return Err(format!("{shown} is not a valid attribute"));
    }
    let is_right = match name {
        "DefaultSMSType" => matches!(value, "Promotional" | "Transactional"),
        // AWS: "up to 11 alphanumeric characters … at least one letter".
        "DefaultSenderID" => {
            (1..=11).contains(&value.len())
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        }
        "DeliveryStatusSuccessSamplingRate" => value.parse::<u8>().is_ok_and(|rate| rate <= 100),
        "MonthlySpendLimit" => value.parse::<u32>().is_ok(),
        _ => true,
    };
    if is_right { Ok(()) } else { Err(format!("{name} is invalid")) }
}

pub(crate) async fn set_sms_attributes(
    sns: &Sns,
    _caller: &Caller,
    input: SetSMSAttributesInput,
) -> Result<SetSMSAttributesResponse, AwsError> {
    for (name, value) in &input.attributes {
        check(name, value).map_err(|reason| Code::InvalidParameterException.error(reason))?;
    }
    let set = move |transaction: &mut Transaction<'_>| {
        let kept = transaction.get_json::<BTreeMap<String, String>>(SETTINGS, KEY)?;
        let mut all = kept.unwrap_or_default();
        all.extend(input.attributes);
        transaction.put_json(SETTINGS, KEY, &all)?;
        Ok::<_, Failed>(())
    };
    sns.records.store.transact(set).await.map_err(|Failed(error)| error)?;
    Ok(SetSMSAttributesResponse {})
}
