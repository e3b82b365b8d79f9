/// The four figures of DORA (dora.dev/guides/dora-metrics-four-keys) over the releases that began in a window. Each is nil
/// where there is nothing to compute it from: no figure is made of nothing.
package struct DeliveryFigures: Hashable, Sendable {
    /// Deploys that were promoted, by day.
    package struct Frequency: Hashable, Sendable {
        package var deployments: Int
        /// Length of the window, from the first release on that is known; 1 or more.
        package var days: Double
        package var perDay: Double { Double(deployments) / days }
    }

    /// Of all changes that callers met, the share that was taken back from them.
    package struct FailureRate: Hashable, Sendable {
        package var changes: Int
        package var failures: Int
        package var rate: Double { Double(failures) / Double(changes) }
    }

    /// Lengths of time, in seconds.
    package struct Lengths: Hashable, Sendable {
        package var samples: Int
        package var median: Double
        /// So much or less took nine of ten; nil for fewer than ten samples, which do not say.
        package var ninetieth: Double?

        /// Nil for none.
        init?(milliseconds: [Int64]) {
            let sorted = milliseconds.sorted()
            guard let upper = sorted.dropFirst(sorted.count / 2).first else { return nil }
            let lower = sorted.count.isMultiple(of: 2) ? sorted[sorted.count / 2 - 1] : upper
            samples = sorted.count
            median = (Double(lower) + Double(upper)) / 2000
            // The nearest rank: the smallest sample that nine of ten do not exceed.
            ninetieth = samples < 10 ? nil : Double(sorted[(samples * 9 + 9) / 10 - 1]) / 1000
        }
    }

    package var frequency: Frequency?
    /// From the commit to the end of the release that promoted it.
    package var leadTime: Lengths?
    package var failureRate: FailureRate?
    /// From the moment at which callers met a change that failed to the end of the release that put the service right.
    package var timeToRestore: Lengths?
    /// Changes that failed and that no release has put right so far.
    package var unrestored: Int

    package var isEmpty: Bool { frequency == nil && failureRate == nil }

    /// - Parameter window: milliseconds since 1970.
    init(_ changes: [DeliveryChange], window: Range<Int64>) {
        let failed = changes.filter(\.hasFailed)
        let promoted = changes.count { $0.isPromoted }
        if promoted > 0 {
            // A day at least: what happened in an hour is no rate of a day.
            let days = max(Double(window.upperBound - window.lowerBound) / 86_400_000, 1)
            frequency = Frequency(deployments: promoted, days: days)
        }
        if !changes.isEmpty { failureRate = FailureRate(changes: changes.count, failures: failed.count) }
        leadTime = Lengths(milliseconds: changes.compactMap(\.leadTime))
        timeToRestore = Lengths(
            milliseconds: failed.compactMap { change in
                guard let since = change.failingSince, let end = change.restored, end >= since else { return nil }
                return end - since
            })
        unrestored = failed.count { $0.restored == nil }
    }
}

/// The figures of an environment and of each of its services, and those of the window before, so that one sees which way
/// they go.
package struct DeliveryTrends: Hashable, Sendable {
    package struct Figures: Hashable, Sendable {
        package var now: DeliveryFigures
        /// Of the window of the same length before this one; nil where nothing happened in it.
        package var before: DeliveryFigures?
    }

    package struct Service: Hashable, Sendable {
        package var name: String
        package var figures: Figures
    }

    /// Milliseconds since 1970.
    package var window: Range<Int64>
    /// All changes of all services together; nil where there is none.
    package var environment: Figures?
    /// Those with changes in the window, by name.
    package var services: [Service]

    /// - Parameters:
    ///   - deliveries: from the beginning of the window before on, in the order in which they began.
    ///   - window: milliseconds since 1970.
    package init(_ deliveries: [Delivery], window: Range<Int64>) {
        self.window = window
        let length = window.upperBound - window.lowerBound
        let before = window.lowerBound - length..<window.lowerBound
        let changes = DeliveryChanges(deliveries).changes
        // Before there were releases there were no days without one.
        let first = deliveries.map(\.started).min() ?? window.lowerBound
        func known(_ window: Range<Int64>) -> Range<Int64> {
            min(max(window.lowerBound, first), window.upperBound)..<window.upperBound
        }
        func figures(_ changes: [DeliveryChange]) -> Figures? {
            let now = DeliveryFigures(changes.filter { window.contains($0.started) }, window: known(window))
            guard !now.isEmpty else { return nil }
            let former = DeliveryFigures(changes.filter { before.contains($0.started) }, window: known(before))
            return Figures(now: now, before: former.isEmpty ? nil : former)
        }
        environment = figures(changes.values.flatMap(\.self))
        services = changes.compactMap { name, changes in figures(changes).map { Service(name: name, figures: $0) } }
            .sorted { $0.name < $1.name }
    }
}
