//! cloud-cloudformation
