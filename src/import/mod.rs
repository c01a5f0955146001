//! The bulk import: azr itself reads an API Management service and writes an API center.
//!
//! What is there ([`inventory`]) and what is wanted ([`plan`], pure) are settled before anything is written;
//! [`execute`] carries it out, [`journal`] remembers what was done, [`report`] says what came of it.

pub mod document;
pub mod execute;
pub mod held;
pub mod inventory;
pub mod journal;
pub mod plan;
pub mod report;
pub mod source;
