# The studio's API: docker build -t rehue . ; docs/studio.md says how it is run.
FROM python:3.13-slim AS build
COPY . /source
RUN pip wheel --no-cache-dir --wheel-dir /wheels "/source[studio]"

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 rehue
RUN --mount=from=build,source=/wheels,target=/wheels pip install --no-cache-dir --no-index --find-links /wheels "rehue[studio]"
USER rehue
WORKDIR /home/rehue
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:8000/api/health', headers={'Host': 'localhost:8000'}), timeout=4)"]
ENTRYPOINT ["rehue", "serve", "--host", "0.0.0.0", "--port", "8000", "--password-file", "/run/secrets/rehue", "--name", "localhost", "--name", "127.0.0.1"]
