//! Who azr is to Azure: the credential chain and the token cache.
