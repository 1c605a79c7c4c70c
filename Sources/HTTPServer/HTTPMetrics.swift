// Counters and latency histograms a route, in Prometheus text format 0.0.4. Each event loop counts in a
// shard of its own, so that counting never waits for another loop; reading adds the shards up.

import Synchronization

/// What a server has done so far. It is made before the server, so that a route can serve `prometheusText`.
public final class HTTPMetrics: Sendable {
    private let shards = Mutex<[MetricsShard]>([])
    /// Open connections.
    let openConnections = Atomic<Int>(0)
    /// Connections turned away as there were too many.
    let refusedConnections = Atomic<Int>(0)
    /// Bytes of request bodies held, of those above 64 KB.
    let heldBodyBytes = Atomic<Int>(0)
    /// Requests waiting for a worker.
    let queuedRequests = Atomic<Int>(0)

    /// Nothing counted yet.
    public init() {}

    /// Upper bounds of the histogram's buckets in microseconds.
    static let bucketBounds = [
        250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        5_000_000,
    ]

    func makeShard() -> MetricsShard {
        let shard = MetricsShard()
        shards.withLock { $0.append(shard) }
        return shard
    }

    /// All metrics as Prometheus text.
    public func prometheusText() -> String {
        var routes: [RouteKey: RouteCounters] = [:]
        for shard in shards.withLock({ $0 }) {
            shard.routes.withLock { routes.merge($0) { $0.adding($1) } }
        }
        let ordered = routes.sorted { ($0.key.route, $0.key.method) < ($1.key.route, $1.key.method) }
        var text = ""
        text += "# HELP http_requests_total Answered requests.\n# TYPE http_requests_total counter\n"
        for (key, counters) in ordered {
            for (status, count) in counters.statuses.sorted(by: { $0.key < $1.key }) {
                text += "http_requests_total{\(key.labels),status=\"\(status)\"} \(count)\n"
            }
        }
        text += "# HELP http_request_duration_seconds From the complete request to its answer.\n"
        text += "# TYPE http_request_duration_seconds histogram\n"
        for (key, counters) in ordered {
            text += counters.histogramText(labels: key.labels)
        }
        text += gauge("http_connections_open", "Open connections.", openConnections)
        text += gauge("http_worker_queue_length", "Requests waiting for a worker.", queuedRequests)
        text += gauge("http_body_bytes_held", "Bytes of large request bodies in memory.", heldBodyBytes)
        text += "# HELP http_connections_refused_total Connections beyond the limit.\n"
        text += "# TYPE http_connections_refused_total counter\n"
        text += "http_connections_refused_total \(refusedConnections.load(ordering: .relaxed))\n"
        return text
    }

    private func gauge(_ name: String, _ help: String, _ value: borrowing Atomic<Int>) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value.load(ordering: .relaxed))\n"
    }
}

/// A route as metrics name it; requests without a route share one, so that callers cannot make up labels.
struct RouteKey: Hashable, Sendable {
    let method: String
    let route: String

    static let unmatched = RouteKey(method: "", route: "unmatched")

    var labels: String { "method=\"\(method)\",route=\"\(route)\"" }
}

/// The counters of one event loop.
final class MetricsShard: Sendable {
    let routes = Mutex<[RouteKey: RouteCounters]>([:])

    func record(_ key: RouteKey, status: Int, microseconds: Int) {
        routes.withLock {
            $0[key, default: RouteCounters()].record(status: status, microseconds: microseconds)
        }
    }
}

/// The counters of one route.
struct RouteCounters: Sendable {
    private(set) var statuses: [Int: UInt64] = [:]
    private var buckets = [UInt64](repeating: 0, count: HTTPMetrics.bucketBounds.count + 1)
    private var microsecondSum: UInt64 = 0

    mutating func record(status: Int, microseconds: Int) {
        statuses[status, default: 0] += 1
        microsecondSum += UInt64(microseconds)
        let bucket = HTTPMetrics.bucketBounds.firstIndex { microseconds <= $0 } ?? buckets.count - 1
        buckets[bucket] += 1
    }

    func adding(_ other: RouteCounters) -> RouteCounters {
        var sum = self
        sum.statuses.merge(other.statuses, uniquingKeysWith: +)
        for index in buckets.indices { sum.buckets[index] += other.buckets[index] }
        sum.microsecondSum += other.microsecondSum
        return sum
    }

    func histogramText(labels: String) -> String {
        let name = "http_request_duration_seconds"
        var text = ""
        var count: UInt64 = 0
        for (bound, inBucket) in zip(HTTPMetrics.bucketBounds, buckets) {
            count += inBucket
            text += "\(name)_bucket{\(labels),le=\"\(Double(bound) / 1e6)\"} \(count)\n"
        }
        count += buckets[buckets.count - 1]
        text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(count)\n"
        text += "\(name)_sum{\(labels)} \(Double(microsecondSum) / 1e6)\n"
        text += "\(name)_count{\(labels)} \(count)\n"
        return text
    }
}
