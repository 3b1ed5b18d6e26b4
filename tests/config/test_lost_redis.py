"""A lost Redis costs nothing but the cache: no error, no waiting, and it heals."""

import shutil
import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from config import cache, embedded
from config.cache import ForgivingRedisCache
from config.environment import celery_url


@pytest.fixture
def nowhere() -> str:
    return "unix:///nowhere/redis?db=0"


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    yield
    cache.ForgivingClient.resting_until = 0.0


def test_everything_is_a_miss(nowhere: str, settings) -> None:
    lost = ForgivingRedisCache(nowhere, settings.CACHES["default"])
    lost.set("key", 1)
    lost.set_many({"key": 1})
    assert lost.get("key", "otherwise") == "otherwise"
    assert lost.get_many(["key"]) == {}
    assert lost.has_key("key") is False
    assert lost.add("key", 1) is True, "nothing may look like a repeat"
    assert lost.touch("key") is lost.delete("key") is lost.clear() is False
    lost.delete_many(["key"])
    with pytest.raises(ValueError, match="not found"):
        lost.incr("key")


def test_a_hanging_redis_is_left_alone_for_a_while(settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        lost = ForgivingRedisCache(url, settings.CACHES["default"])
        begun = time.monotonic()
        for _ in range(20):
            lost.get("key")
        assert time.monotonic() - begun < 1


def test_it_heals(settings) -> None:
    folder = embedded.temporary_folder("guishu-heal-")
    folder.mkdir()
    redis = embedded.Redis(folder, durable=False)
    healing = ForgivingRedisCache(redis.url(), settings.CACHES["default"])
    assert healing.get("key") is None
    program = redis.start()
    try:
        cache.ForgivingClient.resting_until = 0.0
        healing.set("key", 1)
        assert healing.get("key") == 1
    finally:
        program.stop()
        shutil.rmtree(folder)


def test_enqueueing_fails_at_once(nowhere: str, settings) -> None:
    app = Celery("lost")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=celery_url(nowhere), result_backend=celery_url(nowhere))

    @app.task
    def task() -> None: ...

    begun = time.monotonic()
    with pytest.raises(OperationalError):
        task.delay()
    assert time.monotonic() - begun < 1
