// Whether the service can answer, and its figures for Prometheus.

import Engine
import JSON
import Store

/// The state of the running service.
public final class ServiceStatus: Sendable {
    private let view: LiveView
    private let store: ProductStore
    private let suggest: SuggestService?

    public init(view: LiveView, store: ProductStore, suggest: SuggestService? = nil) {
        self.view = view
        self.store = store
        self.suggest = suggest
    }

    /// Whether searches are answered from an index that follows the store.
    public struct Readiness: Sendable {
        public let isReady: Bool
        public let json: [UInt8]
    }

    /// Ready once there is an index to search; not ready while the feed cannot follow the store. An index
    /// that is still catching up answers, and says how old it is.
    public var readiness: Readiness {
        let state = view.current
        var members: [(String, JSONValue)] = [
            ("status", .string(state.failure == nil ? "ready" : "failing")),
            ("seq", .integer(Int64(state.snapshot.eventPosition))),
            ("products", .integer(Int64(state.snapshot.documentCount))),
            ("caught_up", .bool(state.isCaughtUp)),
        ]
        if let failure = state.failure { members.append(("reason", .string(failure))) }
        return Readiness(isReady: state.failure == nil, json: JSONValue.object(members).jsonBytes)
    }

    /// Gauges in the Prometheus text format.
    public var prometheusText: String {
        let state = view.current
        var lines: [String] = []
        func gauge(_ name: String, _ help: String, _ value: String) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) gauge", "\(name) \(value)"]
        }
        gauge("saekin_index_products", "Products that can be found.", "\(state.snapshot.documentCount)")
        gauge("saekin_index_segments", "Segments of the index.", "\(state.snapshot.segments.count)")
        gauge(
            "saekin_index_sequence", "Event position the index contains.", "\(state.snapshot.eventPosition)")
        gauge(
            "saekin_index_age_seconds", "Time since the index contained all of the store.",
            "\(view.age / .seconds(1))")
        gauge(
            "saekin_index_failing", "1 while the index cannot follow the store.",
            state.failure == nil ? "0" : "1")
        if let figures = suggest?.figures {
            gauge("saekin_completions", "Completions of products.", "\(figures.completionCount)")
            gauge("saekin_completions_bytes", "Memory of the completions.", "\(figures.byteCount)")
            gauge(
                "saekin_completions_build_seconds", "Time it took to make the completions.",
                "\(figures.buildTime / .seconds(1))")
        }
        do {
            let last = try store.lastSequence()
            gauge("saekin_events_last_sequence", "Last event of the log.", "\(last)")
            let lag = last > state.snapshot.eventPosition ? last - state.snapshot.eventPosition : 0
            gauge("saekin_events_lag", "Events the index does not contain yet.", "\(lag)")
            gauge("saekin_dead_letters", "Events set aside.", "\(try store.deadLetterCount())")
            gauge("saekin_store_up", "1 while the store answers.", "1")
        } catch {
            gauge("saekin_store_up", "1 while the store answers.", "0")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
