//! Why a document is not read as a definition.

use azr_core::error::Error;

/// Why a document is not read as a definition.
#[derive(Debug)]
pub enum Refusal {
    /// It is something else: a README, a picture, a fragment that a definition includes.
    Other(Error),
    /// It is meant as a definition, but has a mistake or is of a version that azr does not know.
    Broken(Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Other(error) | Refusal::Broken(error) => error,
        }
    }
}
