FROM python:3.11-slim-bookworm

# Pango and HarfBuzz draw the PDFs.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /portal
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

# What the running portal writes lies in one folder, of a user who may write nowhere else.
RUN useradd --system --uid 10001 --home-dir /var/lib/plan_portal plan_portal \
    && install --directory --owner plan_portal /var/lib/plan_portal
COPY . .
ENV STATIC_ROOT=/portal/static-collected PYTHONUNBUFFERED=1
RUN VAR_DIR=/tmp/build python manage.py collectstatic --noinput \
    && python -m compileall -q assignments reports plan_portal \
    && chmod -R a+rX static-collected \
    && rm -r /tmp/build
ENV VAR_DIR=/var/lib/plan_portal
USER plan_portal

EXPOSE 8000
CMD ["script/web", "--bind", "0.0.0.0:8000"]
