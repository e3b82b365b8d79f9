/// The platform's part of clearing away.
package protocol RevisionRemoval: Sendable {
    /// Deletes a revision for good; nil where there is none of that name any more. Cloud Run refuses one that has
    /// traffic or a tag. Throws ``Failure``.
    func delete(revision: String, of service: ServiceIdentity) async throws -> OperationName?

    /// What every revision of every service there runs; never a part of it. Throws ``Failure``.
    func imageUses(project: String, region: String) async throws -> [ImageUse]
}

/// The registry's part of clearing away, and who else needs an image.
package protocol ImageRemoval: Sendable {
    /// Every revision of every environment that runs an image now. Throws ``Failure`` where one environment cannot be
    /// asked: what is not known is no permission.
    func uses() async throws -> [ImageUse]

    /// Deletes the image for good; false where it is gone already. Throws ``Failure``.
    func delete(_ image: ImageReference) async throws -> Bool
}
