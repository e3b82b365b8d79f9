import Foundation
import Releases
import Testing
import Verification

@testable import Loop

/// Journals that were written stay readable: a name that changes, or a field that must be there and was not, breaks this.
@Suite struct LoopJournalFormTests {
    /// One entry of every event with every field, as version 1 wrote it, or version 2 where the event is newer.
    private static let golden = #"""
        {"version":1,"time":1,"event":{"began":{"_0":{"run":"l","environment":"local","services":["backend"],"regions":["r"],"flags":["--skip-build"],"mender":{"command":{"_0":"fix"}},"limits":{"iterations":5,"seconds":60,"cost":2,"costOfFix":0.5,"noProgress":3,"reruns":2},"tree":"/t","branch":"loop/l","makesBranch":true,"startedOn":"main","head":"c0","report":"/r","initiator":"ada@laptop"}}}}
        {"version":1,"time":2,"event":{"began":{"_0":{"run":"l","environment":"local","services":[],"regions":[],"flags":[],"mender":{"person":{}},"limits":{"iterations":5,"seconds":60,"costOfFix":0,"noProgress":3,"reruns":2},"tree":"","makesBranch":false,"head":"","initiator":""}}}}
        {"version":1,"time":3,"event":{"takenUp":{"by":"ada@laptop"}}}
        {"version":1,"time":4,"event":{"branchMade":{}}}
        {"version":1,"time":5,"event":{"iterationBegan":{"_0":1,"head":"c0"}}}
        {"version":1,"time":6,"event":{"gate":{"_0":{"unready":[{"service":"auth","diagnosis":["503"]}],"seconds":1}}}}
        {"version":1,"time":7,"event":{"releaseIntended":{"run":"r1"}}}
        {"version":1,"time":8,"event":{"released":{"_0":{"run":"r1","state":"refused","outcome":"rolled-back","services":["backend"],"serving":{"backend":"b-1"},"seconds":2,"failure":{"category":"checks","summary":"s","details":[{"label":"l","value":"v"}],"hint":"h","mayHaveHappened":false},"verdict":{"source":"candidate","result":"fail","rule":"P1","counts":{"failed":1},"passed":{"P1":3},"failed":[{"suite":"s","id":"a","service":"backend","region":"r","priority":"P1","status":"failed"}],"flaky":["s/b"],"listed":9,"missing":1,"seconds":3}}}}}
        {"version":1,"time":9,"event":{"verified":{"_0":{"source":"serving","result":"incomplete","rule":"","counts":{},"passed":{},"failed":[],"flaky":[],"missing":0,"seconds":0}}}}
        {"version":1,"time":10,"event":{"rerunIntended":{"run":"a1"}}}
        {"version":1,"time":11,"event":{"reran":{"_0":{"passed":["s/a"],"failed":["s/c"],"seconds":1}}}}
        {"version":1,"time":12,"event":{"bisectBegan":{"_0":{"check":{"suite":"s","id":"a","service":"backend","priority":"P2","status":"error"},"good":"g","commits":["x","y"]}}}}
        {"version":1,"time":13,"event":{"probeIntended":{"run":"p1","commit":"x"}}}
        {"version":1,"time":14,"event":{"probed":{"_0":{"run":"p1","commit":"x","result":"unknown","seconds":1}}}}
        {"version":1,"time":15,"event":{"diagnosed":{"_0":{"folder":"/f","seconds":1,"groups":[{"signature":{"service":"backend","status":500,"closeCode":1011,"shape":"s","route":"/r","revision":"b-1","logLine":"l"},"alsoSeen":[],"cause":{"kind":"unhandled-exception","subject":"KeyError","confidence":"known","statement":"s","evidence":[{"source":"log","text":"t"}],"whys":[{"answer":"a","evidence":[],"isKnown":true}],"fix":"f"},"checks":[],"priority":"P1","valueAtRisk":["v"]}]}}}}
        {"version":1,"time":16,"event":{"fixIntended":{}}}
        {"version":1,"time":17,"event":{"fixed":{"_0":{"files":["a"],"added":1,"removed":2,"identity":"p","refusals":[{"path":"a","rule":"deny","why":"w"}],"failure":"f","changedNothing":false,"summary":"s","cost":0.25,"patch":"/p","seconds":1}}}}
        {"version":1,"time":18,"event":{"committed":{"commit":"c1"}}}
        {"version":1,"time":19,"event":{"rollbackIntended":{"run":"b1","to":{"backend":"b-0"}}}}
        {"version":1,"time":20,"event":{"rolledBack":{"_0":{"run":"b1","outcome":"promoted","seconds":1}}}}
        {"version":2,"time":21,"event":{"fixGivenUp":{}}}
        {"version":2,"time":22,"event":{"fixed":{"_0":{"files":["a"],"added":1,"removed":2,"identity":"p","tree":"t","refusals":[],"changedNothing":false,"seconds":1}}}}
        {"version":2,"time":23,"event":{"verified":{"_0":{"source":"serving","result":"fail","rule":"","counts":{},"passed":{},"failed":[],"flaky":[],"listed":9,"missing":1,"ranOfIndex":8,"passedOfIndex":7,"seconds":0}}}}
        {"version":1,"time":24,"event":{"stopped":{"_0":{"rule":"fix-refused","why":"w"}}}}
        """#

    /// Whoever adds an event is made to think of this list.
    private static func name(_ event: LoopEntry.Event) -> String {
        switch event {
        case .began: "began"
        case .takenUp: "takenUp"
        case .branchMade: "branchMade"
        case .iterationBegan: "iterationBegan"
        case .gate: "gate"
        case .releaseIntended: "releaseIntended"
        case .released: "released"
        case .verified: "verified"
        case .rerunIntended: "rerunIntended"
        case .reran: "reran"
        case .bisectBegan: "bisectBegan"
        case .probeIntended: "probeIntended"
        case .probed: "probed"
        case .diagnosed: "diagnosed"
        case .fixIntended: "fixIntended"
        case .fixed: "fixed"
        case .fixGivenUp: "fixGivenUp"
        case .committed: "committed"
        case .rollbackIntended: "rollbackIntended"
        case .rolledBack: "rolledBack"
        case .stopped: "stopped"
        }
    }

    private static let names: Set<String> = [
        "began", "takenUp", "branchMade", "iterationBegan", "gate", "releaseIntended", "released", "verified",
        "rerunIntended", "reran", "bisectBegan", "probeIntended", "probed", "diagnosed", "fixIntended", "fixed",
        "fixGivenUp", "committed", "rollbackIntended", "rolledBack", "stopped",
    ]

    @Test func `every entry that was ever written is read, and means what it meant`() throws {
        let lines = Self.golden.split(separator: "\n")
        let entries = try lines.map { try JSONDecoder().decode(LoopEntry.self, from: Data($0.utf8)) }
        #expect(Set(entries.map { Self.name($0.event) }) == Self.names)
        for (line, entry) in zip(lines, entries) {
            // Nothing of it is dropped on the way, so nothing of it was taken for something else.
            let again = try #require(
                try JSONSerialization.jsonObject(with: try JSONEncoder().encode(entry)) as? NSDictionary)
            let before = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary)
            #expect(again == before, "\(line)")
        }
        let progress = LoopProgress(replaying: entries)
        #expect(progress.stopped?.rule == .fixRefused && progress.current?.diagnosis?.groups.count == 1)
        #expect(entries.allSatisfy { $0.version <= LoopEntry.currentVersion })
    }

    /// As they stand in journals and documents.
    private static let kinds = [
        "caller-not-invoker", "headers-missing", "token-rejected", "access-denied", "unhandled-exception",
        "route-missing", "no-instance", "stream-timeout", "answer-timeout", "environment-undetected", "not-ready",
        "dependency-down", "configuration-changed", "secret-changed", "memory-exceeded", "name-unresolved",
        "tls-failed", "connection-refused", "rate-limited", "latency-missed",
    ]

    @Test func `every kind of cause keeps its name, and one that only a newer stagectl knows is unknown`() throws {
        func decoded(_ name: String) throws -> CauseKind {
            try JSONDecoder().decode(CauseKind.self, from: Data("\"\(name)\"".utf8))
        }
        for name in Self.kinds { #expect(try decoded(name).rawValue == name) }
        #expect(try decoded("something-of-tomorrow") == .unknown)
        #expect(try String(decoding: JSONEncoder().encode(CauseKind.rateLimited), as: UTF8.self) == "\"rate-limited\"")
    }
}
