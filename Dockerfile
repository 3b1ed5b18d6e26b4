# One image for web, worker and clock. What runs is Python and what it needs, and nothing else.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.13-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH
WORKDIR /app
COPY requirements/server.lock requirements/
RUN pip install --require-hashes -r requirements/server.lock
COPY . .
COPY --from=packages /app/node_modules node_modules
# The three addresses below are never asked here; the settings only insist on having some.
RUN python -m config.assets && python -m config.messages compile \
    && SECRET_KEY=build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf node_modules package.json package-lock.json .npmrc

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app guishu \
    && mkdir -p /var/lib/guishu/media && chown -R guishu /var/lib/guishu
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    GUISHU_MEDIA=/var/lib/guishu/media PORT=8000
WORKDIR /app
COPY --from=build /app /app
USER guishu
VOLUME /var/lib/guishu
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-m", "config.health"]
# gunicorn listens on PORT by itself.
CMD ["gunicorn", "config.wsgi", "--workers", "2", "--threads", "4", "--log-level", "warning", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
