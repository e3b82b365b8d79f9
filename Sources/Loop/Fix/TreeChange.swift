/// What a fix has changed, against the commit that its iteration tried: what is judged, shown and committed.
package struct TreeChange: Codable, Hashable, Sendable {
    /// Sorted by path.
    package var files: [ChangedFile]
    /// The tree that a commit of all of it has: 40 hex digits.
    package var tree: String
    /// The same for the same change, wherever its lines are.
    package var identity: String
    /// Repositories inside the tree that no commit can hold.
    package var nested: [String]
    /// Not every line is here: too many, or too long ones.
    package var isCut: Bool

    package init(
        files: [ChangedFile] = [], tree: String = "", identity: String = "", nested: [String] = [],
        isCut: Bool = false
    ) {
        self.files = files
        self.tree = tree
        self.identity = identity
        self.nested = nested
        self.isCut = isCut
    }

    package var isEmpty: Bool { files.isEmpty && nested.isEmpty }
    package var added: Int { files.reduce(0) { $0 + $1.added } }
    package var removed: Int { files.reduce(0) { $0 + $1.removed } }

    /// Added and removed; a binary file counts as text of its size would.
    package var lines: Int {
        files.reduce(0) { $0 + $1.added + $1.removed + ($1.isBinary ? ($1.bytes + 79) / 80 : 0) }
    }
}

/// One file of a change.
package struct ChangedFile: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case added, deleted, modified, renamed
        /// The content is the same: whether it can be executed is not.
        case mode
        /// A file became a link or a submodule, or the other way round.
        case type
    }

    package struct Line: Codable, Hashable, Sendable {
        /// From 1, in the file that has it.
        package var number: Int
        package var text: String

        package init(_ number: Int, _ text: String) {
            self.number = number
            self.text = text
        }
    }

    /// Below the repository's root, with `/`; what is not UTF-8 is U+FFFD.
    package var path: String
    /// Where a renamed file was.
    package var oldPath: String?
    package var kind: Kind
    package var added: Int
    package var removed: Int
    package var isBinary: Bool
    package var isSubmodule: Bool
    /// Of the new content.
    package var bytes: Int
    package var addedLines: [Line]
    package var removedLines: [Line]
    /// What a symbolic link names.
    package var linkTarget: String?

    package init(
        _ path: String, _ kind: Kind, oldPath: String? = nil, added: Int = 0, removed: Int = 0, isBinary: Bool = false,
        isSubmodule: Bool = false, bytes: Int = 0, addedLines: [Line] = [], removedLines: [Line] = [],
        linkTarget: String? = nil
    ) {
        self.path = path
        self.oldPath = oldPath
        self.kind = kind
        self.added = added
        self.removed = removed
        self.isBinary = isBinary
        self.isSubmodule = isSubmodule
        self.bytes = bytes
        self.addedLines = addedLines
        self.removedLines = removedLines
        self.linkTarget = linkTarget
    }

    /// A rename is a change of both.
    package var paths: [String] { [oldPath, path].compactMap(\.self) }
}
