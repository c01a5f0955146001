//! TLS for the emulator's server: a self-signed certificate for this machine, kept beside the state.
//!
//! A client trusts it by the certificate's PEM file: `REQUESTS_CA_BUNDLE` for az, `SSL_CERT_FILE` for most others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, DnsName, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use azr_core::error::{Error, Result};
use azr_core::files::private::{self, FileMode};

/// The names the certificate is for, unless it is for another.
const NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// The certificate's and the key's PEM file.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate, for clients to trust.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The one name that the certificate is for; none for those of this machine.
    name: Option<String>,
}

impl Files {
    /// The files beside a state file: of the certificate for this machine, or for the host of another `name`, which a
    /// client is to refuse.
    #[must_use]
    pub fn beside(state: &Path, name: Option<String>) -> Self {
        let before = name.as_ref().map_or_else(String::new, |name| format!("{name}."));
        let file = |ending: &str| state.with_extension(format!("{before}{ending}.pem"));
        Self { certificate: file("cert"), key: file("key"), name }
    }
}

/// A name that a certificate can be for: a host's, with letters, digits, hyphens and full stops.
pub fn host(name: &str) -> Result<String, String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    match DnsName::try_from(name) {
        Ok(_) if plain => Ok(name.to_owned()),
        _ => Err("it is no name of a host; give one such as other.example".to_owned()),
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
    let read = |path: &Path, care| private::read_file(path, care).map_err(|e| Error::read(path, e));
    let certificate = CertificateDer::from_pem_slice(&read(&files.certificate, FileMode::OwnerWritable)?)
        .map_err(|e| invalid(&files.certificate, &e))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key, FileMode::OwnerOnly)?)
        .map_err(|e| invalid(&files.key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(|e| invalid(&files.key, &e))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn make(files: &Files) -> Result<()> {
    let names = match &files.name {
        Some(name) => vec![name.clone()],
        None => NAMES.iter().map(|n| (*n).to_owned()).collect(),
    };
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|e| Error::unexpected(format!("a certificate for the emulator could not be made: {e}")))?;
    write(&files.key, &made.signing_key.serialize_pem())?;
    write(&files.certificate, &made.cert.pem())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        private::create_folders(folder).map_err(|e| Error::write(path, e))?;
    }
    // Readable by the user only, which the key needs and the certificate does not mind.
    private::write_file(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_made_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::beside(&folder.path().join("state.json"), None);
        acceptor(&files).expect("made");
        let first = std::fs::read(&files.certificate).expect("there");
        acceptor(&files).expect("read");
        assert_eq!(std::fs::read(&files.certificate).expect("there"), first);
        std::fs::write(&files.key, "nonsense").expect("written");
        assert!(acceptor(&files).is_err_and(|e| e.hint().is_some()));
    }
    #[test]
    fn a_certificate_for_another_name_has_files_of_its_own() {
        let files = Files::beside(Path::new("a/state.json"), Some("other.example".to_owned()));
        assert_eq!(files.certificate, Path::new("a/state.other.example.cert.pem"));
        assert!(host("other.example").is_ok());
        for bad in ["", "a/b", "..", "127.0.0.1/", "a b"] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }
}
