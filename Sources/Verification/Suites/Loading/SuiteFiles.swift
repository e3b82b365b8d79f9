/// Reads the files that a suite names. This module touches no disk itself.
package struct SuiteFiles: Sendable {
    package struct Unreadable: Error, Hashable, Sendable {
        /// For a person.
        package var reason: String

        package init(reason: String) {
            self.reason = reason
        }
    }

    private let read: @Sendable (String) -> Result<[UInt8], Unreadable>
    /// The names of the files in `fragments/`, without their endings.
    let fragmentNames: [String]

    package init(
        fragmentNames: [String] = [],
        _ read: @escaping @Sendable (String) -> Result<[UInt8], Unreadable> = { path in
            .failure(Unreadable(reason: "`\(path)` cannot be read here"))
        }
    ) {
        self.fragmentNames = fragmentNames
        self.read = read
    }

    /// The path is relative to the suites' folder and does not leave it.
    func bytes(of path: String) throws(Unreadable) -> [UInt8] {
        let steps = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !steps.contains(where: { $0.isEmpty || $0 == ".." || $0 == "." }), !path.utf8.contains(0) else {
            throw Unreadable(reason: "`\(path)` is not a path below the suites' folder")
        }
        return try read(path).get()
    }
}
