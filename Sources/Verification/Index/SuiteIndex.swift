/// The tests that there should be, by suite: a file that changes in review, not by what happens to be found.
package struct SuiteIndex: Codable, Hashable, Sendable {
    package struct Entry: Codable, Hashable, Sendable, Comparable {
        package var suite: String
        package var id: String

        package init(suite: String, id: String) {
            self.suite = suite
            self.id = id
        }

        package static func < (left: Entry, right: Entry) -> Bool {
            (left.suite, left.id) < (right.suite, right.id)
        }
    }

    /// In the file's order, each once.
    package var entries: [Entry]
    /// Suites that run as well and are not counted here, so that what is in them is not new. Nil for none.
    package var beside: Set<String>?

    package init(entries: [Entry], beside: Set<String>? = nil) {
        self.entries = entries
        self.beside = beside
    }

    /// The same where suites run under other names, each of them in several places.
    ///
    /// - Parameter names: by the name in the index; one that is not there has the name that it has.
    package func named(_ names: [String: [String]]) -> SuiteIndex {
        func all(_ suite: String) -> [String] { names[suite]?.sorted() ?? [suite] }
        return SuiteIndex(
            entries: entries.flatMap { entry in all(entry.suite).map { Entry(suite: $0, id: entry.id) } },
            beside: beside.map { Set($0.flatMap(all)) })
    }

    /// The part of the index that speaks of these suites.
    package func limited(to suites: Set<String>) -> SuiteIndex {
        SuiteIndex(entries: entries.filter { suites.contains($0.suite) }, beside: beside)
    }
}
