# Two stages: the first has what installing needs, the second only what running needs.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /venv/bin/pip uninstall --yes pip
COPY bot bot
COPY adapters adapters
COPY storage storage
# Compiled here, because the file system is read-only later.
RUN /venv/bin/python -m compileall -q bot adapters storage

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Threadbot" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 threadbot \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin threadbot \
 && install -d -o threadbot -g threadbot -m 0700 /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    HTTP_HOST=0.0.0.0 \
    LOG_FORMAT=json
USER 10001:10001
VOLUME /data
# 8080 is the playground's page, 8081 health and metrics. Publish them to 127.0.0.1 only.
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-m", "bot", "health"]
CMD ["python", "-m", "bot"]
