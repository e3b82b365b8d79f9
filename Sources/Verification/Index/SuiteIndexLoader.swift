package import Configuration

/// Makes a test index from the bytes of its file, or says everything that is wrong with it.
///
/// ```yaml
/// version: 1
/// tests: 3            # how many there are; must be what is listed
/// suites:
///   backend-smoke: [backend.health, "backend.me[alice]", "backend.me[bob]"]
/// beside: [other-smoke]   # runs as well, and is not counted here
/// ```
package enum SuiteIndexLoader {
    private static let maximumTests = 100_000

    package static func load(
        _ bytes: some Collection<UInt8>, file: String
    ) -> Result<SuiteIndex, Findings> {
        ConfigurationReader.read(bytes, file: file).flatMap(load)
    }

    package static func load(_ document: ConfigurationDocument) -> Result<SuiteIndex, Findings> {
        var reader = SuiteReader()
        let index = reader.index(document.root)
        guard reader.findings.isEmpty else { return .failure(Findings(document.annotate(reader.findings))) }
        return .success(index)
    }

    fileprivate static func isTooMany(_ count: Int) -> Bool { count > maximumTests }
}

extension SuiteReader {
    fileprivate mutating func index(_ root: ConfigurationNode) -> SuiteIndex {
        let keys = ["version", "tests", "suites"]
        guard mapping(root, "", keys: keys + ["beside"], required: keys) else { return SuiteIndex(entries: []) }
        if let version = root["version"], version.integer != 1 {
            report(version, "version", "version \(shown(version)) is not known", hint: "write `version: 1`")
        }
        var entries: [SuiteIndex.Entry] = []
        var seen: Set<SuiteIndex.Entry> = []
        if let suites = root["suites"], !suites.isMapping {
            report(suites, "suites", "`suites` is \(suites.kindName), expected a mapping")
        }
        for suite in root["suites"]?.entries ?? [] {
            let path = "suites.\(suite.key)"
            guard suite.value.isSequence else {
                report(suite.value, path, "\(Self.name(path)) is \(suite.value.kindName), expected a list of ids")
                continue
            }
            for (number, element) in suite.value.elements.enumerated() {
                let place = join(path, "\(number)")
                guard let id = text(element, place) else { continue }
                let entry = SuiteIndex.Entry(suite: suite.key, id: id)
                if !seen.insert(entry).inserted { report(element, place, "\(id.quotedForMessage) is listed twice") }
                entries.append(entry)
            }
        }
        if let tests = root["tests"], let stated = integer(tests, "tests", in: 0...1_000_000), stated != entries.count {
            report(
                tests, "tests", "`tests` says \(stated), \(entries.count) are listed",
                hint: "a test that is gone is taken out here too, so that somebody sees it in review")
        }
        var beside: Set<String> = []
        if let others = root["beside"], !others.isSequence {
            report(others, "beside", "`beside` is \(others.kindName), expected a list of suites")
        }
        for (number, element) in (root["beside"]?.elements ?? []).enumerated() {
            let place = join("beside", "\(number)")
            guard let name = text(element, place) else { continue }
            if root["suites"]?[name] != nil {
                report(element, place, "\(name.quotedForMessage) is in the index, so it is not beside it")
            }
            beside.insert(name)
        }
        if SuiteIndexLoader.isTooMany(entries.count), let suites = root["suites"] {
            report(suites, "suites", "the index has \(entries.count) tests, at most 100000")
        }
        return SuiteIndex(entries: entries, beside: beside.isEmpty ? nil : beside)
    }
}
