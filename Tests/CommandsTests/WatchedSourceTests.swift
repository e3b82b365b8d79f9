import Testing

@testable import Commands

struct WatchedSourceTests {
    /// `TIME DIGEST`: `-` for a path that is not there, `!` for git at work.
    private static func told(_ script: String) -> String {
        var quiet = WatchedSourceQuiet(known: ["backend": "a", "auth": "x", "": "c"])
        var told: [String] = []
        for step in script.split(separator: " ") {
            let parts = step.split(separator: ":")
            guard parts.count == 2, let time = Double(parts[0]) else { return "bad script" }
            let isBusy = parts[1].hasSuffix("!")
            let digest = isBusy ? parts[1].dropLast() : parts[1]
            let digests = digest == "-" ? nil : ["backend": String(digest), "auth": "x", "": "c"]
            if let changed = quiet.take(digests, isBusy: isBusy, at: time) {
                told.append("\(time) \(changed.joined(separator: ","))")
            }
        }
        return told.joined(separator: "; ")
    }

    @Test(arguments: [
        ("0:a 1:a 2:a", ""), ("0:b 0.3:b", ""), ("0:b 0.4:b", "0.4 backend"),
        // Saved by renaming: gone, then back with other content.
        ("0:- 0.1:b 0.3:b 0.5:b", "0.5 backend"),
        // Gone, and back as it was.
        ("0:- 0.1:a 9:a", ""),
        // A checkout of hundreds of files, each look another state; git's lock is held to the end.
        ("0:b! 0.3:c! 0.6:d! 1.5:d! 1.9:d", "1.9 backend"),
        // Changed and taken back.
        ("0:b 0.2:a 1:a", ""),
        // What never comes to rest counts after a while.
        ("0:b 10:c 20:d 30:e", "30.0 backend"),
    ])
    func `a change counts when it has come to rest`(script: String, told: String) {
        #expect(Self.told(script) == told)
    }

    @Test func `every name whose digest differs is told, new and gone ones too`() {
        var quiet = WatchedSourceQuiet(known: ["a": "1", "b": "1", "c": "1"])
        _ = quiet.take(["a": "2", "b": "1", "d": "1"], isBusy: false, at: 0)
        #expect(quiet.take(["a": "2", "b": "1", "d": "1"], isBusy: false, at: 1) == ["a", "c", "d"])
    }
}
