# The image of a server; docs/guides/container.md says how to run it. scripts/rehearse-image.sh runs
# these very steps without Docker, in folders of its own: RUN names no absolute path.

FROM node:24.21-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Nothing that a server runs on needs an install script.
RUN npm ci --omit=dev --ignore-scripts --no-audit --loglevel=error
COPY . .
# Files of a checkout may be closed to others; whoever the container runs as must read them.
RUN node scripts/gather-release.ts release && chmod -R a+rX release

FROM node:24.21-trixie-slim
LABEL org.opencontainers.image.title="Latchkey" \
      org.opencontainers.image.description="A self-hosted GraphQL server for users and authentication." \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATA_DIR=/latchkey/data
WORKDIR /latchkey
COPY --from=build /build/release ./
USER 1000:1000
EXPOSE 4000
# Asks whether the process lives, not whether its database does: what is unhealthy gets restarted.
HEALTHCHECK --interval=15s --timeout=5s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1))"]
CMD ["node", "src/main.ts"]
