import Loop
import Releases

/// The folder of `--report`, made before anything is done that it is to tell of.
enum LoopReportFolder {
    private static let probe = "loop.json"

    /// Where it lies in the working tree, git ignores it afterwards: a report must not be a change that is not the loop's.
    /// Throws `usage` for a folder that holds other files of the tree.
    static func prepare(_ folder: String, in tree: RepositoryTree?) async throws {
        try Folders.create(folder)
        guard let tree, (folder + "/").hasPrefix(tree.root + "/") else {
            return try Folders.write("", to: "\(folder)/\(probe)")
        }
        guard folder != tree.root else {
            throw Failure(
                .usage, "--report names the repository itself", hint: "name a folder of its own: --report loop-report")
        }
        let isOwn = Folders.names(in: folder).allSatisfy { $0 == probe || $0 == ".gitignore" }
        let known = Set(try await tree.state().changes)
        let isNew = !Folders.exists("\(folder)/\(probe)")
        try Folders.write("", to: "\(folder)/\(probe)")
        guard Set(try await tree.state().changes) != known else { return }
        guard isOwn || !isNew else {
            try Folders.remove("\(folder)/\(probe)")
            throw Failure(
                .usage, "the folder of --report holds other files of the repository: \(folder)",
                hint: "name a folder of its own: --report loop-report")
        }
        // As caches of test programs do: the file ignores itself too.
        try Folders.write("*\n", to: "\(folder)/.gitignore")
    }
}
