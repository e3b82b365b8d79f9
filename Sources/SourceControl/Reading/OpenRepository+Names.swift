import Clibgit2

extension OpenRepository {
    /// References and abbreviated ids alone: git's whole revision language (`:/regex`, `@{…}`) is no input for people
    /// who name a commit.
    func resolve(_ name: String) throws(SourceControlError) -> String? {
        guard Self.isPlausible(name) else { return nil }
        if let full = git_oid(full: name) {
            return commit(abbreviated: full, digits: 40)
        }
        if let id = commit(named: name) { return id }
        guard name.utf8.count >= 4, name.utf8.count < 40, name.utf8.allSatisfy(isHexDigit) else { return nil }
        var prefix = git_oid()
        guard git_oid_fromstrn(&prefix, name, name.utf8.count) == 0 else { return nil }
        return commit(abbreviated: prefix, digits: name.utf8.count)
    }

    private static func isPlausible(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 250 && !name.hasPrefix("-")
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private func commit(named name: String) -> String? {
        var reference: OpaquePointer?
        defer { git_reference_free(reference) }
        guard git_reference_dwim(&reference, pointer, name) == 0 else { return nil }
        var object: OpaquePointer?
        defer { git_object_free(object) }
        guard git_reference_peel(&object, reference, GIT_OBJECT_COMMIT) == 0, let object else { return nil }
        return git_object_id(object)?.pointee.hex
    }

    /// Nil when no commit, or more than one object, begins like that.
    private func commit(abbreviated prefix: git_oid, digits: Int) -> String? {
        var prefix = prefix
        var object: OpaquePointer?
        defer { git_object_free(object) }
        guard git_object_lookup_prefix(&object, pointer, &prefix, digits, GIT_OBJECT_COMMIT) == 0, let object else {
            return nil
        }
        return git_object_id(object)?.pointee.hex
    }
}
