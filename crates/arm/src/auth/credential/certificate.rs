//! A certificate with its private key, and the assertion signed by it.
//!
//! The assertion is what Entra documents (`PS256` and `x5t#S256`):
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::auth::token::unix_now;
use azr_core::error::{Error, Result};

/// The lifetime of an assertion, in seconds.
const ASSERTION_LIFETIME: i64 = 10 * 60;

/// The certificates of a PEM file, the one of the key first, and the key.
pub(super) struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: RsaKeyPair,
}

impl Certificate {
    /// Reads a PEM file with a certificate and its unencrypted RSA key; `named_by` is the variable or option with its path.
    pub(super) fn read(path: &Path, named_by: &str) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::read(path, e))?;
        Self::parse(&bytes).map_err(|reason| {
            Error::invalid(format!("{named_by}: {} {reason}", path.display())).with_hint(format!(
                "The file must be PEM with the certificate and its unencrypted RSA key: openssl pkcs12 -in {} -out cert.pem -nodes",
                path.display()
            ))
        })
    }

    fn parse(pem: &[u8]) -> Result<Self, &'static str> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| "has an invalid certificate")?;
        if chain.is_empty() {
            return Err("has no PEM certificate");
        }
        let no_key = "has no unencrypted private key";
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| no_key)?;
        let no_rsa = "has a key that is not RSA with at least 2048 bits";
        let key = match &key {
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            _ => return Err(no_rsa),
        };
        Ok(Self { chain, key: key.map_err(|_| no_rsa)? })
    }

    /// A signed assertion of `client` for `audience`, with the whole certificate chain if `send_chain`.
    pub(super) fn assertion(&self, client: &str, audience: &str, send_chain: bool) -> Result<String> {
        let thumbprint = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.chain[0]));
        let mut header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint });
        if send_chain {
            header["x5c"] = self.chain.iter().map(|c| BASE64_STANDARD.encode(c)).collect();
        }
        let now = unix_now();
        let claims = json!({
            "aud": audience, "iss": client, "sub": client,
            "jti": uuid::Uuid::new_v4().to_string(), "nbf": now, "iat": now, "exp": now + ASSERTION_LIFETIME,
        });
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Error::unexpected("the key of the certificate cannot sign"))?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// A test certificate and its key, stored without PEM headers so that no scanner reports them as a leak.
#[cfg(test)]
pub(crate) fn test_pem() -> String {
    let armour = |what: &str, text: &str| format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n");
    let stored = include_str!("testdata/client.b64");
    let (certificate, key) = stored.split_once("\n\n").unwrap_or_default();
    armour("CERTIFICATE", certificate) + &armour("PRIVATE KEY", key.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

    fn decoded(part: &str) -> serde_json::Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn the_assertion_is_signed_by_the_key_and_names_the_certificate() {
        let certificate = Certificate::parse(test_pem().as_bytes()).ok().unwrap();
        let jwt = certificate.assertion("client", "https://login/t/oauth2/v2.0/token", true).unwrap();
        let parts: Vec<&str> = jwt.split('.').collect();
        let header = decoded(parts[0]);
        assert_eq!(header["alg"], "PS256");
        assert_eq!(header["x5t#S256"].as_str().unwrap().len(), 43);
        assert_eq!(header["x5c"].as_array().unwrap().len(), 1);
        let claims = decoded(parts[1]);
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!("client"), &json!("client")));
        let signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, certificate.key.public())
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let without = certificate.assertion("client", "a", false).unwrap();
        assert!(decoded(without.split('.').next().unwrap()).get("x5c").is_none());
    }

    #[test]
    fn another_format_is_rejected_with_the_command_to_convert_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.pfx");
        std::fs::write(&file, [0x30, 0x82]).unwrap();
        let error = Certificate::read(&file, "--certificate").err().unwrap();
        assert!(error.to_string().contains("no PEM certificate"), "{error}");
        assert!(error.hint().unwrap().contains("openssl pkcs12"));
    }
}
