import Releases

/// What of a build context goes into the archive.
///
/// `.gcloudignore` decides, in gitignore's syntax with `#!include:FILE`; where there is none, the `.gitignore` beside it
/// does and git's own files stay out, as `gcloud builds submit` has it. Like gcloud, this looks at the context's own
/// files alone, not at those of folders below. What `.dockerignore` leaves out stays out as well, for the docker step
/// would not send it to the build anyway. Docker's own two files are always in, as Docker has it, and stagectl's state
/// never is.
struct SourceSelection: Sendable {
    enum Decision: Hashable, Sendable {
        case take
        /// A folder that itself stays out, but not all that is in it.
        case lookInside
        /// By this file; nil for what everybody expects to be left out.
        case leaveOut(by: String?)
    }

    private let upload: GitignoreRules
    private let uploadFile: String?
    private let docker: DockerignoreRules?
    private let dockerFile: String
    /// Paths that no rule leaves out.
    private let kept: Set<[UInt8]>

    private static let state = Array(".stagectl".utf8)

    /// - Parameters:
    ///   - dockerfile: the Dockerfile's path below the context; nil where it lies elsewhere.
    ///   - read: the content of a file in the context; nil where there is none.
    init(dockerfile: String?, read: (String) throws(Failure) -> [UInt8]?) throws(Failure) {
        if let text = try read(".gcloudignore") {
            uploadFile = ".gcloudignore"
            upload = try Self.rules(text, read)
        } else if let text = try read(".gitignore") {
            uploadFile = ".gitignore"
            upload = GitignoreRules(parsing: Array(".git\n.gitignore\n".utf8) + text)
        } else {
            uploadFile = nil
            upload = GitignoreRules(parsing: Array(".git\n".utf8))
        }
        // BuildKit prefers a file of the Dockerfile's own; which builder the step uses is not known here.
        let ownFile = dockerfile.map { $0 + ".dockerignore" }
        dockerFile = ".dockerignore"
        if let ownFile, try read(ownFile) != nil {
            docker = nil
        } else {
            docker = try read(dockerFile).map(DockerignoreRules.init(parsing:))
        }
        kept = Set([dockerfile, ownFile, dockerFile].compactMap { $0.map { Array($0.utf8) } })
    }

    /// `isBelowLeftOut`: a folder above is out by the rules for the upload, which nothing but a kept file survives.
    func decide(_ path: [UInt8], isFolder: Bool, isBelowLeftOut: Bool) -> Decision {
        if kept.contains(path) { return .take }
        if path == Self.state { return .leaveOut(by: nil) }
        let holdsKept = isFolder && kept.contains { $0.starts(with: path + [UInt8(ascii: "/")]) }
        if isBelowLeftOut || upload.leavesOut(path, isFolder: isFolder) == true {
            return holdsKept ? .lookInside : .leaveOut(by: uploadFile)
        }
        if let docker, docker.leavesOut(path) {
            return holdsKept || isFolder && docker.hasExceptions ? .lookInside : .leaveOut(by: dockerFile)
        }
        return .take
    }

    /// Whether what is in this folder, which was looked into, is out but for kept files.
    func leavesOutAllBelow(_ path: [UInt8]) -> Bool { upload.leavesOut(path, isFolder: true) == true }

    /// Files of the same folder may be included, which include nothing themselves, as gcloud has it.
    private static func rules(
        _ text: [UInt8], _ read: (String) throws(Failure) -> [UInt8]?
    ) throws(Failure) -> GitignoreRules {
        var rules = GitignoreRules()
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
            guard let name = includedFile(String(decoding: line, as: UTF8.self)) else {
                rules.append(parsing: Array(line))
                continue
            }
            guard !name.isEmpty, !name.contains("/"), name != ".." else {
                throw Failure(
                    .configuration, "`.gcloudignore` can only include a file beside it, not `\(name)`",
                    hint: "correct the line `#!include:\(name)`")
            }
            guard let included = try read(name) else {
                throw Failure(
                    .configuration, "`.gcloudignore` includes `\(name)`, which is not there",
                    hint: "correct the line `#!include:\(name)`")
            }
            rules.append(parsing: included)
        }
        return rules
    }

    private static func includedFile(_ line: String) -> String? {
        guard line.hasPrefix("#") else { return nil }
        let directive = line.dropFirst().drop { $0 == " " || $0 == "\t" }
        guard directive.hasPrefix("!include:") else { return nil }
        return String(directive.dropFirst(9).filter { !$0.isNewline }.drop { $0 == " " })
            .split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
