//! cloud-core
