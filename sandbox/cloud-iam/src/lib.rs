//! cloud-iam
