"""Count with prometheus_client: one declared table of metrics, in a registry of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Some labels hold words of the platform's. More of them than this share the label "other",
# so that no sender of events can fill the memory.
MOST_LABEL_SETS = 200

# A second series for each, which tells when it was made: nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Kind(StrEnum):
    """How a metric moves."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name (without the product's), what it tells, and its labels."""

    kind: Kind
    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_WAITS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)
_LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)

METRICS = (
    # what comes in
    Metric(Kind.COUNTER, "intake_events", "Events decided, by verdict", ("verdict",)),
    Metric(Kind.GAUGE, "intake_waiting", "Events waiting to be committed"),
    Metric(Kind.COUNTER, "catchup_recovered", "Messages found that were missed while away"),
    Metric(Kind.COUNTER, "catchup_deleted", "Messages and places found deleted while away"),
    Metric(Kind.COUNTER, "commands", "Commands run, by outcome", ("command", "outcome")),
    Metric(Kind.COUNTER, "forms", "Forms opened and sent, by outcome", ("form", "outcome")),
    Metric(Kind.COUNTER, "links", "Links of pages looked at and used", ("act", "outcome")),
    # turns
    Metric(Kind.COUNTER, "turns", "Turns ended, by outcome", ("platform", "outcome")),
    Metric(Kind.GAUGE, "turns_running", "Turns under way in this process"),
    Metric(Kind.GAUGE, "turns_open", "Turns not ended: admitted ones wait", ("state",)),
    Metric(Kind.COUNTER, "steps_repeated", "Model calls run again after a restart"),
    Metric(
        Kind.HISTOGRAM,
        "first_text_seconds",
        "From the request to the model to its first text",
        buckets=_WAITS,
    ),
    Metric(Kind.COUNTER, "backend_errors", "Model calls that failed, by class", ("fault",)),
    Metric(Kind.COUNTER, "requests_mended", "Model calls refused, mended, asked again", ("fault",)),
    Metric(Kind.COUNTER, "secrets_withheld", "Secrets of the bot's own that a model wrote"),
    Metric(Kind.COUNTER, "files_read", "Files of messages, by what became of them", ("result",)),
    Metric(Kind.COUNTER, "purged", "What was removed because its time was over", ("kind",)),
    Metric(Kind.COUNTER, "tokens", "Tokens charged"),
    Metric(Kind.COUNTER, "images", "Pictures charged"),
    Metric(Kind.COUNTER, "cost_micros", "Money charged, in micro-dollars"),
    Metric(Kind.COUNTER, "quota_refusals", "Steps refused, by limit, block or price", ("kind",)),
    Metric(Kind.COUNTER, "reservations_leaked", "Reservations given back that nobody closed"),
    Metric(Kind.GAUGE, "billed_micros", "What attempts cost, in micro-dollars", ("span",)),
    Metric(Kind.GAUGE, "spend_cap_micros", "The most that a month may cost, in micro-dollars"),
    Metric(Kind.GAUGE, "overrun_micros", "Billed beyond what was held, in a day, micro-dollars"),
    Metric(Kind.GAUGE, "credits_micros", "Left on accounts, in micro-dollars", ("backend",)),
    # files and outside addresses
    Metric(Kind.COUNTER, "fetches", "Outside addresses asked for, by outcome", ("outcome",)),
    Metric(Kind.COUNTER, "decoder_failures", "Files too much for the decoder, by way", ("why",)),
    # what goes out
    Metric(
        Kind.COUNTER,
        "platform_calls",
        "Calls of the turn machine, by call (post, edit, ...) and result",
        ("platform", "call", "result"),
    ),
    Metric(Kind.COUNTER, "parts_resolved", "Messages of unknown fate, found or not", ("found",)),
    # Discord
    Metric(Kind.COUNTER, "discord_calls", "REST calls, by outcome", ("call", "outcome")),
    Metric(Kind.COUNTER, "discord_throttled", "Answers 429 of Discord, by call", ("call",)),
    Metric(Kind.COUNTER, "discord_gateway", "Changes of the gateway's session", ("outcome",)),
    Metric(Kind.GAUGE, "discord_latency_seconds", "The gateway's heartbeat round trip"),
    Metric(Kind.COUNTER, "discord_malformed", "Events that could not be parsed", ("event",)),
    Metric(Kind.COUNTER, "discord_handler_errors", "Handlers that raised", ("handler",)),
    Metric(Kind.COUNTER, "discord_presses_late", "Button presses that Discord gave up on"),
    Metric(Kind.COUNTER, "discord_thread_refused", "Threads that could not be started"),
    Metric(Kind.COUNTER, "discord_unarchived", "Archived threads opened again to answer"),
    # Slack
    Metric(Kind.COUNTER, "slack_calls", "Web API calls, by outcome", ("call", "outcome")),
    Metric(Kind.COUNTER, "slack_throttled", "Web API calls that Slack put off", ("call",)),
    Metric(Kind.COUNTER, "slack_streams", "Native streams, by what became of them", ("outcome",)),
    Metric(Kind.COUNTER, "slack_strays", "Replies that Slack put outside their thread"),
    Metric(Kind.COUNTER, "slack_sockets", "Sockets opened, lost or failed", ("outcome",)),
    Metric(Kind.COUNTER, "slack_requests", "Requests of Slack's, by outcome", ("outcome",)),
    Metric(Kind.COUNTER, "slack_malformed", "Payloads that could not be parsed", ("kind",)),
    Metric(Kind.COUNTER, "slack_ignored", "Payloads that are none of the bot's", ("why",)),
    Metric(Kind.COUNTER, "slack_handler_errors", "Handlers that raised", ("handler",)),
    Metric(Kind.COUNTER, "slack_acks_late", "Events not committed in time, left to come again"),
    Metric(Kind.COUNTER, "slack_presses_late", "Interactions acknowledged before their commit"),
    Metric(
        Kind.HISTOGRAM,
        "slack_ack_seconds",
        "From a payload's arrival to its acknowledgement",
        buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0),
    ),
    # who calls us
    Metric(Kind.COUNTER, "http_refused", "Requests and connections not served", ("why",)),
    # the process
    Metric(
        Kind.HISTOGRAM,
        "loop_lag_seconds",
        "How late the event loop wakes a sleeper",
        buckets=_LAGS,
    ),
)


class PrometheusMeter:
    """Keep the declared metrics. An unknown name or label raises: it is a programmer's slip."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        self._gauges: dict[str, Gauge] = {}
        self._label_sets: dict[str, set[tuple[str, ...]]] = {}
        for metric in METRICS:
            self._declare(metric)
        ProcessCollector(namespace="threadbot", registry=self._registry)

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        counter = self._counters[name]
        (counter.labels(**self._bounded(name, labels)) if labels else counter).inc(amount)

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Add to a histogram."""
        histogram = self._histograms[name]
        (histogram.labels(**self._bounded(name, labels)) if labels else histogram).observe(value)

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge."""
        gauge = self._gauges[name]
        (gauge.labels(**self._bounded(name, labels)) if labels else gauge).set(value)

    def expose(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self._registry)

    def _declare(self, metric: Metric) -> None:
        name = f"threadbot_{metric.name}"
        match metric.kind:
            case Kind.COUNTER:
                self._counters[metric.name] = Counter(
                    name, metric.help, metric.labels, registry=self._registry
                )
            case Kind.HISTOGRAM:
                self._histograms[metric.name] = Histogram(
                    name,
                    metric.help,
                    metric.labels,
                    registry=self._registry,
                    buckets=metric.buckets,
                )
            case Kind.GAUGE:
                self._gauges[metric.name] = Gauge(
                    name, metric.help, metric.labels, registry=self._registry
                )

    def _bounded(self, name: str, labels: dict[str, str]) -> dict[str, str]:
        known = self._label_sets.setdefault(name, set())
        key = tuple(labels.values())
        if key not in known:
            if len(known) >= MOST_LABEL_SETS:
                return dict.fromkeys(labels, "other")
            known.add(key)
        return labels
