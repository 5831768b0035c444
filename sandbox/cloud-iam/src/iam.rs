//! Identity and Access Management: roles and their policies.

pub mod shapes;
