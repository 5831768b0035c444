//! cloud-s3
