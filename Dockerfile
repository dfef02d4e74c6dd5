# A production server: no demo bank, no generated secrets. The README lists the settings.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    WORKER_PORT=8001 \
    LOG_FORMAT=json

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY . ./
RUN useradd --system --uid 10001 --no-create-home server \
    && mkdir -p var \
    && chown server var

USER server
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "enrollment_server.serving.healthcheck"]
CMD ["python", "manage.py", "serve", "--no-demo"]
