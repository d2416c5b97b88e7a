# A static binary and nothing else: docker build -t airconn . && docker run --rm -v "$PWD:/work" airconn check .
FROM rust:1.95-alpine AS build
# The C compiler is for the cryptography of the probe.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin airconn

FROM scratch
COPY --from=build /src/target/release/airconn /airconn
WORKDIR /work
# No account of the image owns the files that are mounted: a plain one will do to read them.
USER 65534:65534
ENTRYPOINT ["/airconn"]
