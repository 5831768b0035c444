//! ide-core
