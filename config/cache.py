"""A Redis cache that forgives: when Redis is lost, everything is a miss and no page fails."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# After a failure Redis is left alone for so long, lest every look-up wait for a time-out.
REST_SECONDS = 5.0


class ForgivingClient(RedisCacheClient):
    """Answers for a lost server as Django's dummy cache does."""

    # Of the class, because each thread has a client of its own and all share the server.
    resting_until = 0.0

    def _ask(self, call: Callable[..., Any], *args: Any, otherwise: Any, **kwargs: Any) -> Any:
        if time.monotonic() < ForgivingClient.resting_until:
            return otherwise
        try:
            return call(*args, **kwargs)
        except (RedisError, OSError) as lost:
            ForgivingClient.resting_until = time.monotonic() + REST_SECONDS
            logger.warning("Redis does not answer, going on without a cache: %s", lost)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> Any:
        # True, "nobody was here before": a lost Redis must not make an event look like a repeat.
        return self._ask(super().add, *args, **kwargs, otherwise=True)

    def get(self, key: Any, default: Any) -> Any:
        return self._ask(super().get, key, default, otherwise=default)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().set, *args, **kwargs, otherwise=None)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().touch, *args, **kwargs, otherwise=False)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().delete, *args, **kwargs, otherwise=False)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().get_many, *args, **kwargs, otherwise={})

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().has_key, *args, **kwargs, otherwise=False)

    def incr(self, key: Any, delta: Any) -> Any:
        value = self._ask(super().incr, key, delta, otherwise=None)
        if value is None:
            raise ValueError(f"Key {key!r} not found.")
        return value

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().set_many, *args, **kwargs, otherwise=None)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().delete_many, *args, **kwargs, otherwise=None)

    def clear(self) -> Any:
        return self._ask(super().clear, otherwise=False)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with the forgiving client."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
