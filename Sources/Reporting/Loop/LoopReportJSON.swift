package import JSON
package import Loop

/// A loop as JSON: `stagectl.loop/v1`. Keys that a contract names are there, null where there is nothing.
package enum LoopReportJSON {
    package static func document(_ loop: LoopDocument) -> JSONValue {
        var document = ReleaseJSON.encoded(loop)
        for key in ["best", "branch", "tree", "report"] where document[key] == nil { document[key] = .null }
        document["error"] = loop.error.map(ReleaseJSON.failure) ?? .null
        document["iterations"] = .array(loop.iterations.map(iteration))
        return document
    }

    package static func render(_ loop: LoopDocument) -> String { document(loop).serialized(pretty: true) + "\n" }

    private static func iteration(_ iteration: LoopDocument.Iteration) -> JSONValue {
        var value = ReleaseJSON.encoded(iteration)
        for key in ["run", "commit", "release", "verdict", "bisect", "fix", "brief"] where value[key] == nil {
            value[key] = .null
        }
        value["error"] = iteration.error.map(ReleaseJSON.failure) ?? .null
        if let verdict = iteration.verdict { value["verdict"]?["counts"] = ReleaseJSON.counts(verdict.counts) }
        return value
    }
}
