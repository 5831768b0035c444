//! cloud-store
