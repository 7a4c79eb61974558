# The operator as one file and Node, and nothing else: no shell, no npm, no package manager. Base images are pinned here by
# version, which distroless has only as that of its Debian; another one, a mirror's or one by digest, goes in with
# --build-arg. The provenance of a release names the digests that it was built from.
ARG NODE_IMAGE=docker.io/library/node:26.12.1-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian13:nonroot

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY LICENSE tsconfig.json rolldown.config.ts ./
COPY scripts scripts
COPY src src
RUN npm run build
# The one library that Node needs and the runtime image does not bring.
RUN mkdir -p /runtime/usr/local/bin /runtime/usr/lib \
  && cp "$(command -v node)" /runtime/usr/local/bin/node \
  && for library in $(ldd /runtime/usr/local/bin/node | grep -o '/[^ ]*/libatomic\.so[^ ]*'); do \
       cp "$library" /runtime/usr/lib/; \
     done

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="twilio-emergency-operator" \
      org.opencontainers.image.description="Keeps the emergency addresses of Twilio phone numbers registered" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /runtime /
COPY --from=build /build/dist/twilio-emergency.mjs /build/dist/THIRD-PARTY-LICENSES.txt /build/LICENSE /app/
ENV NODE_ENV=production
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["/usr/local/bin/node", "/app/twilio-emergency.mjs"]
CMD ["run"]
