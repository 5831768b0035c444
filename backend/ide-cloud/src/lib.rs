//! ide-cloud
