//! What several tests share.

pub mod generated_spec;
