/// Everything that a work tree has and a commit has not, as `git add --all` would find it: ignored files are no part,
/// and nothing that the index says is believed.
package struct TreeDifference: Hashable, Sendable {
    /// The commit that it is compared with.
    package var base: String
    /// The tree that a commit of all of it has; it is stored already.
    package var tree: String
    /// Sorted by path.
    package var files: [FileDifference]
    /// Same for the same change wherever its lines are: paths, modes and lines without their numbers and surroundings.
    package var identity: String
    /// As `git diff --binary` writes it; `git apply` takes it.
    package var patch: [UInt8]
    /// Repositories inside this one that nobody declared: no commit can hold them.
    package var nested: [TreePath]
    /// More lines, or longer ones, than `FileDifference` keeps.
    package var isCut: Bool

    package var isEmpty: Bool { files.isEmpty && nested.isEmpty }
}

package struct FileDifference: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case added, deleted, modified, renamed, typeChanged
    }

    package struct Line: Hashable, Sendable {
        /// From 1, in the file that has it.
        package var number: Int
        package var text: String

        package init(number: Int, text: String) {
            self.number = number
            self.text = text
        }
    }

    package var kind: Kind
    package var path: TreePath
    /// Where a renamed file was.
    package var oldPath: TreePath?
    /// Git's: 0o100644, 0o100755, 0o120000 for a link, 0o160000 for a submodule; 0 for none.
    package var oldMode: UInt32
    package var mode: UInt32
    /// By content alone, whatever attributes say.
    package var isBinary: Bool
    /// Lines; 0 for a binary file.
    package var added: Int
    package var removed: Int
    /// Of the new content.
    package var bytes: Int
    package var addedLines: [Line]
    package var removedLines: [Line]
    /// What a symbolic link names.
    package var linkTarget: String?
}
