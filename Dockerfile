# azr and the certificates that it trusts: no shell, no libraries, not as root.
#
#   docker build --tag azr .
#   docker run --rm --env AZURE_TENANT_ID --env AZURE_CLIENT_ID --env AZURE_CLIENT_SECRET azr apim list
#
# From programs that are built already, in PROGRAMS/amd64/azr and PROGRAMS/arm64/azr:
#
#   docker build --tag azr --build-context build=PROGRAMS .
#
# With a shell, for pipelines whose runner needs one (GitLab) and to look around:
#
#   docker build --tag azr-debug --target debug .

# A digest names the same image for ever; Dependabot proposes newer ones.
FROM rust:1.95-alpine3.23@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS build
ARG TARGETARCH
WORKDIR /src
COPY . .
# ring compiles C. Alpine's toolchain links musl statically.
RUN apk add --no-cache build-base=~0.5 \
    && RUSTFLAGS="--remap-path-prefix=/usr/local/cargo=cargo --remap-path-prefix=/src=azr" \
    cargo build --profile dist --locked \
    && install -D target/dist/azr "/$TARGETARCH/azr"

# For the platform of the build machine: only files are copied from here.
FROM --platform=$BUILDPLATFORM alpine:3.23@sha256:fd791d74b68913cbb027c6546007b3f0d3bc45125f797758156952bc2d6daf40 AS files
RUN mkdir -p /root-of-image/etc/ssl/certs /root-of-image/home /root-of-image/tmp \
    && cp /etc/ssl/certs/ca-certificates.crt /root-of-image/etc/ssl/certs/ \
    && chmod 1777 /root-of-image/home /root-of-image/tmp

# Nothing runs in this stage, so that it is built for every architecture without an emulator.
FROM alpine:3.23@sha256:fd791d74b68913cbb027c6546007b3f0d3bc45125f797758156952bc2d6daf40 AS debug
ARG TARGETARCH
COPY --from=files /root-of-image /
COPY --from=build --chmod=755 /${TARGETARCH}/azr /usr/local/bin/azr
ENV HOME=/home
WORKDIR /home
USER 65532:65532
CMD ["/bin/sh"]

FROM scratch
ARG TARGETARCH
COPY --from=files /root-of-image /
COPY --from=build --chmod=755 /${TARGETARCH}/azr /azr
# The folder of az's and azr's configuration, and the working directory.
ENV HOME=/home
WORKDIR /home
USER 65532:65532
ENTRYPOINT ["/azr"]
