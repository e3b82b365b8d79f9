import Loop
import Releases
import Reporting

/// What `--report` of a loop asks for: the loop's document, and what each iteration kept.
enum LoopReportFiles {
    /// Of an iteration, for people.
    private static let kept = ["brief.md", "brief.json", "fix.patch", "fix.log", "evidence.json"]

    static func write(_ document: LoopDocument, of engine: LoopEngine, to folder: String) throws {
        try Folders.create(folder)
        let files = [
            ("loop.json", LoopReportJSON.render(document)), ("loop.md", LoopReportMarkdown.render(document)),
            ("loop.txt", LoopReportText.render(document) + "\n"),
            ("loop.html", LoopReportHTML.render(document, version: Version.current, hash: Session.contentHash)),
        ]
        for (name, text) in files { try Folders.write(engine.console.redacted(text), to: "\(folder)/\(name)") }
        for iteration in document.iterations {
            let source = try engine.folder(of: iteration.number)
            let target = "\(folder)/\(iteration.number)"
            for name in kept {
                guard let bytes = FixStepFiles.read("\(source)/\(name)", limit: 64 << 20) else { continue }
                try Folders.create(target)
                try Folders.write(
                    engine.console.redacted(String(decoding: bytes, as: UTF8.self)), to: "\(target)/\(name)")
            }
        }
    }
}
