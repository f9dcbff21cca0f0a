# Two stages, so that compilers and tests stay out of what runs. The image serves every ROLE.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts
# The socket library brings 24 builds of itself, of which one can run here.
RUN find node_modules/uWebSockets.js/dist/bin -name '*.node' \
  ! -name "uws_linux_$(node -p process.arch)_$(node -p process.versions.modules).node" -delete

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8080
# A broadcaster or an archiver has no port but METRICS_PORT; without it, its container is healthy while its process runs.
HEALTHCHECK --interval=10s --timeout=3s \
  CMD ["node", "-e", "const { ROLE, PORT, METRICS_PORT } = process.env; const port = ROLE === 'broadcaster' || ROLE === 'archiver' ? METRICS_PORT : PORT; if (port) fetch('http://127.0.0.1:' + port + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
