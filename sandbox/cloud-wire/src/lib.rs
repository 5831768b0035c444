//! cloud-wire
