# syntax=docker/dockerfile:1
# The webhook, self-contained and trimmed, on an image without shell and package manager. Runs as a user without rights, on a read-only root.
#   make image        IMAGE=name:tag to call it otherwise
# Another registry or a digest: --build-arg SDK=... --build-arg BASE=...
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG BASE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM --platform=$BUILDPLATFORM ${SDK} AS build
ARG TARGETARCH
WORKDIR /source
# What restore needs, first: it is done again only when one of these changes.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
RUN rid=linux-$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64) \
 && dotnet publish src/Server -c Release -r "$rid" -p:Shipped=true -warnaserror -o /app

FROM ${BASE}
COPY --from=build --chown=0:0 /app /app
# The number of the user app in the image: Kubernetes can tell that it is not root only from a number.
USER 1654:1654
ENV DOTNET_EnableDiagnostics=0
# glibc keeps a heap for each thread and shares nothing between them: what one connection left behind, the next cannot use, and memory grows for hours.
ENV MALLOC_ARENA_MAX=2
EXPOSE 9443 9464
ENTRYPOINT ["/app/spanhook-server"]
