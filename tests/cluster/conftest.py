"""moto's S3 server, and a newsroom, for the workers."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
import requests
from s3_server import s3_server


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    with s3_server() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def bucket(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket's address."""
    requests.post(f"{moto}/moto-api/reset", timeout=60)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-id-of-nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-nobody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3").create_bucket(Bucket="workers")
    yield "s3://workers"
    requests.post(f"{moto}/moto-api/reset-auth", data=b"inf", timeout=60)
