# azr and the certificates that it trusts; no shell, no library, not as root.
#
#   docker build --tag azr .
#   docker run --rm --env AZURE_TENANT_ID --env AZURE_CLIENT_ID --env AZURE_CLIENT_SECRET azr apim list
#
# Of programs that are built already, as PROGRAMS/amd64/azr and PROGRAMS/arm64/azr:
#
#   docker build --tag azr --build-context build=PROGRAMS .

FROM rust:1-alpine AS build
ARG TARGETARCH
WORKDIR /src
COPY . .
# ring compiles C. The target of Alpine's toolchain is musl, which it links statically.
RUN apk add --no-cache build-base=~0.5 \
    && cargo build --release --locked \
    && install -D target/release/azr "/$TARGETARCH/azr"

# On the machine that builds, whatever it builds for: these are only files.
FROM --platform=$BUILDPLATFORM alpine:3 AS files
RUN mkdir -p /root-of-image/etc/ssl/certs /root-of-image/home /root-of-image/tmp \
    && cp /etc/ssl/certs/ca-certificates.crt /root-of-image/etc/ssl/certs/ \
    && chmod 1777 /root-of-image/home /root-of-image/tmp

FROM scratch
ARG TARGETARCH
COPY --from=files /root-of-image /
COPY --from=build --chmod=755 /${TARGETARCH}/azr /azr
# Where az's configuration and azr's own are looked for, and where files are written that have no other folder.
ENV HOME=/home
WORKDIR /home
USER 65532:65532
ENTRYPOINT ["/azr"]
