//! TLS for the emulator's server: a self-signed certificate for this machine, kept beside the state.
//!
//! A client trusts it by the certificate's PEM file: `REQUESTS_CA_BUNDLE` for az, `SSL_CERT_FILE` for most others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::error::{Error, Result};
use crate::files::private::{self, Care};

/// The names the certificate is for.
const NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// The certificate's and the key's PEM file.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate, for clients to trust.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Files {
    /// The files beside a state file.
    #[must_use]
    pub fn beside(state: &Path) -> Self {
        Self { certificate: state.with_extension("cert.pem"), key: state.with_extension("key.pem") }
    }
}

fn invalid(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::invalid(format!("{} cannot be used for TLS: {why}", path.display()))
        .with_hint("Delete the emulator's .cert.pem and .key.pem files; they are made anew.")
}

/// A TLS acceptor with the certificate in the files, which are made if one is missing.
pub fn acceptor(files: &Files) -> Result<TlsAcceptor> {
    if !files.certificate.exists() || !files.key.exists() {
        make(files)?;
    }
    let read = |path: &Path, care| private::read(path, care).map_err(|e| Error::read(path, e));
    let certificate = CertificateDer::from_pem_slice(&read(&files.certificate, Care::Own)?)
        .map_err(|e| invalid(&files.certificate, &e))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key, Care::Secret)?)
        .map_err(|e| invalid(&files.key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(|e| invalid(&files.key, &e))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn make(files: &Files) -> Result<()> {
    let names: Vec<String> = NAMES.iter().map(|n| (*n).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|e| Error::Unexpected(format!("a certificate for the emulator could not be made: {e}")))?;
    write(&files.key, &made.signing_key.serialize_pem())?;
    write(&files.certificate, &made.cert.pem())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        private::add_folder(folder).map_err(|e| Error::write(path, e))?;
    }
    // Readable by the user only, which the key needs and the certificate does not mind.
    private::write(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_made_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::beside(&folder.path().join("state.json"));
        acceptor(&files).expect("made");
        let first = std::fs::read(&files.certificate).expect("there");
        acceptor(&files).expect("read");
        assert_eq!(std::fs::read(&files.certificate).expect("there"), first);
        std::fs::write(&files.key, "nonsense").expect("written");
        assert!(acceptor(&files).is_err_and(|e| e.hint().is_some()));
    }
}
