import Configuration

/// What one release did to one service in one region, in few words: a hundred thousand of them are read at once for the
/// figures, so each is one line of text wherever it is kept.
package struct Delivery: Hashable, Sendable {
    package var run: String
    package var service: String
    package var region: String
    package var kind: RunKind
    /// The service's own.
    package var outcome: ReleaseOutcome
    /// Milliseconds since 1970, as all moments here.
    package var started: Int64
    package var finished: Int64?
    /// When callers first met the candidate; nil where they never did, and in records of earlier versions.
    package var served: Int64?
    /// When the commit was made; nil where it is not known, or the tree was not what the commit says.
    package var committed: Int64?
    /// What this release was about.
    package var revision: String?
    /// What served before it.
    package var previousRevision: String?

    package init(
        run: String, service: String, region: String, kind: RunKind = .deploy, outcome: ReleaseOutcome = .promoted,
        started: Int64, finished: Int64? = nil, served: Int64? = nil, committed: Int64? = nil,
        revision: String? = nil, previousRevision: String? = nil
    ) {
        self.run = run
        self.service = service
        self.region = region
        self.kind = kind
        self.outcome = outcome
        self.started = started
        self.finished = finished
        self.served = served
        self.committed = committed
        self.revision = revision
        self.previousRevision = previousRevision
    }

    /// Milliseconds since 1970 of RFC 3339 in UTC without its `Z`; nil for anything else.
    package static func moment(_ text: String) -> Int64? { MomentText.milliseconds(text + "Z") }

    /// One for each service and region of a release; none where it does not say when it began.
    package static func all(of release: ReleaseDocument) -> [Delivery] {
        guard let started = MomentText.milliseconds(release.started) else { return [] }
        return release.services.map { result in
            Delivery(
                run: release.run, service: result.service, region: result.region, kind: release.kind,
                outcome: result.outcome, started: started,
                finished: release.finished.flatMap(MomentText.milliseconds),
                served: result.servedSince.flatMap(MomentText.milliseconds),
                committed: result.dirty ? nil : result.committed.flatMap(MomentText.milliseconds),
                revision: result.candidate ?? result.revision, previousRevision: result.previousRevision)
        }
    }
}

/// As a line: eleven words with a space between them, `-` for what is not known.
extension Delivery {
    package var line: String {
        [
            run, service, region, kind.rawValue, outcome.rawValue, String(started),
            finished.map { String($0 - started) } ?? "-", served.map { String($0 - started) } ?? "-",
            committed.map { String(started - $0) } ?? "-", Self.word(revision), Self.word(previousRevision),
        ].joined(separator: " ")
    }

    /// Names of the platform have no spaces; what has is no name.
    private static func word(_ text: String?) -> String {
        guard let text, !text.isEmpty, !text.utf8.contains(where: { $0 <= 0x20 }) else { return "-" }
        return text
    }

    /// Those of a text of lines; what is no such line is left out.
    package static func all(lines: String) -> [Delivery] {
        var lines = lines
        return lines.withUTF8 { bytes in
            var deliveries: [Delivery] = []
            deliveries.reserveCapacity(bytes.count / 100)
            var start = 0
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != 0x0A { end += 1 }
                if let delivery = Delivery(line: UnsafeBufferPointer(rebasing: bytes[start..<end])) {
                    deliveries.append(delivery)
                }
                start = end + 1
            }
            return deliveries
        }
    }

    private init?(line: UnsafeBufferPointer<UInt8>) {
        var words = Words(bytes: line)
        guard let run = words.text(), let service = words.text(), let region = words.text(),
            let kind = words.text().flatMap(RunKind.init(rawValue:)),
            let outcome = words.text().flatMap(ReleaseOutcome.init(rawValue:)), let started = words.number()
        else { return nil }
        let (finished, served, committed) = (words.number(), words.number(), words.number())
        self.init(
            run: run, service: service, region: region, kind: kind, outcome: outcome,
            started: started, finished: finished.map { started + $0 }, served: served.map { started + $0 },
            committed: committed.map { started - $0 }, revision: words.text(), previousRevision: words.text())
    }

    /// The words of a line, one after the other.
    private struct Words {
        let bytes: UnsafeBufferPointer<UInt8>
        private var place = 0

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        private mutating func next() -> Range<Int>? {
            guard place < bytes.count else { return nil }
            let start = place
            while place < bytes.count, bytes[place] != 0x20 { place += 1 }
            defer { place += 1 }
            if place == start || place == start + 1 && bytes[start] == UInt8(ascii: "-") { return nil }
            return start..<place
        }

        mutating func text() -> String? {
            next().map { String(decoding: UnsafeBufferPointer(rebasing: bytes[$0]), as: UTF8.self) }
        }

        mutating func number() -> Int64? {
            guard let range = next() else { return nil }
            var (value, isNegative) = (Int64(0), false)
            for (index, byte) in bytes[range].enumerated() {
                if index == 0, byte == UInt8(ascii: "-") {
                    isNegative = true
                    continue
                }
                guard (0x30...0x39).contains(byte), value < 100_000_000_000_000 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return isNegative ? -value : value
        }
    }
}
