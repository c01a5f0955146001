/*
 * Whether this Windows accepts additional root certificates as azr's TLS library passes them: in a
 * CERT_CHAIN_ENGINE_CONFIG with the member dwExclusiveFlags, which Windows has since version 8. Wine 8 accepts only the
 * shorter form, and reports E_INVALIDARG. Exits with 0 if it is accepted, otherwise with 3.
 */
#include <windows.h>
#include <wincrypt.h>
#include <stdio.h>

/* The whole structure; the headers may describe an older Windows. */
struct config {
    DWORD cbSize;
    HCERTSTORE hRestrictedRoot, hRestrictedTrust, hRestrictedOther;
    DWORD cAdditionalStore;
    HCERTSTORE *rghAdditionalStore;
    DWORD dwFlags, dwUrlRetrievalTimeout, MaximumCachedCertificates, CycleDetectionModulus;
    HCERTSTORE hExclusiveRoot, hExclusiveTrustedPeople;
    DWORD dwExclusiveFlags;
};

int main(void)
{
    struct config config = {.cbSize = sizeof config};
    HCERTCHAINENGINE engine = NULL;
    config.hExclusiveRoot = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    if (CertCreateCertificateChainEngine((PCERT_CHAIN_ENGINE_CONFIG)&config, &engine)) {
        CertFreeCertificateChainEngine(engine);
        puts("additional root certificates are accepted");
        return 0;
    }
    printf("additional root certificates are not accepted: error 0x%lx\n", (unsigned long)GetLastError());
    return 3;
}
