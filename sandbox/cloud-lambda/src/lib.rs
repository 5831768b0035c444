//! cloud-lambda
