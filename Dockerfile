FROM python:3.11-slim
# What draws the pictures of exports, and letters for them.
RUN apt-get update && apt-get install --yes --no-install-recommends chromium fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY backend backend
COPY frontend frontend
COPY workers workers
COPY pruning pruning
COPY prunelab prunelab
RUN pip install --no-cache-dir --constraint constraints.txt . && useradd --create-home prunelab \
    && mkdir /data && chown prunelab /data
USER prunelab
ENV PRUNELAB_HOME=/data
ENTRYPOINT ["prunelab"]
