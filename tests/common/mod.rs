//! What several tests share.

pub(crate) mod generated_spec;
