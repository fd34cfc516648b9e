FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
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
