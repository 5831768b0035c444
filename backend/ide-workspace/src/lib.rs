//! ide-workspace
