//! cloud-logs
