//! CheckIfPhoneNumberIsOptedOut, ListPhoneNumbersOptedOut, OptInPhoneNumber. Nobody opts out here: no message leaves.

use cloud_core::{AwsError, Caller};

use crate::error::because;
use crate::open::Sns;
use crate::ops::subscribe::is_number;
use crate::shapes::{
    CheckIfPhoneNumberIsOptedOutInput, CheckIfPhoneNumberIsOptedOutResponse, ListPhoneNumbersOptedOutInput,
    ListPhoneNumbersOptedOutResponse, OptInPhoneNumberInput, OptInPhoneNumberResponse,
};

fn check(number: &str) -> Result<(), AwsError> {
    if number.starts_with('+') && is_number(number) {
        return Ok(());
    }
    Err(because("PhoneNumber", "input incorrectly formatted"))
}

// LIMIT: who is sent a short message cannot answer it, so the list is always empty.
pub(crate) async fn check_if_phone_number_is_opted_out(
    _sns: &Sns,
    _caller: &Caller,
    input: CheckIfPhoneNumberIsOptedOutInput,
) -> Result<CheckIfPhoneNumberIsOptedOutResponse, AwsError> {
    check(&input.phone_number)?;
    Ok(CheckIfPhoneNumberIsOptedOutResponse { is_opted_out: Some(false) })
}

pub(crate) async fn list_phone_numbers_opted_out(
    _sns: &Sns,
    _caller: &Caller,
    _input: ListPhoneNumbersOptedOutInput,
) -> Result<ListPhoneNumbersOptedOutResponse, AwsError> {
    Ok(ListPhoneNumbersOptedOutResponse { phone_numbers: Some(Vec::new()), next_token: None })
}

pub(crate) async fn opt_in_phone_number(
    _sns: &Sns,
    _caller: &Caller,
    input: OptInPhoneNumberInput,
) -> Result<OptInPhoneNumberResponse, AwsError> {
    check(&input.phone_number)?;
    Ok(OptInPhoneNumberResponse {})
}
