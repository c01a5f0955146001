//! The bulk import: azr itself reads an API Management service and writes an API center.
//!
//! What there is ([`inventory`]) and what becomes what ([`plan`], pure) are settled before anything is written;
//! [`execute`] plans and carries out one API after the other, many at once, so that what is held of each is held
//! for as long as it is its turn; [`journal`] remembers what was done, [`results`] and [`report`] say what came of it.

pub mod choice;
pub mod document;
pub mod execute;
pub mod held;
pub mod identity;
pub mod inventory;
pub mod journal;
pub mod mark;
pub mod nature;
pub mod plan;
pub mod report;
pub mod results;
pub mod shown;
pub mod source;
pub mod survey;
