/// How an image differs from the one that served before.
package struct ImageChange: Codable, Hashable, Sendable {
    /// The revision that served before.
    package var revision: String
    /// Bytes of its image, counted in the same way.
    package var bytes: Int64
    /// Growth in percent of the size before, rounded to whole ones: -78 is 78 % smaller. Nil where nothing was before.
    package var percent: Int?
    package var sharedLayers: Int
    package var newLayers: Int

    /// Nil where the two were not counted in the same way: compressed and unpacked sizes cannot be compared.
    package init?(from before: ImageReport, of revision: String, to after: ImageReport) {
        guard before.isCompressed == after.isCompressed else { return nil }
        self.revision = revision
        bytes = before.bytes
        percent = Self.percent(from: before.bytes, to: after.bytes)
        let known = Set(before.layers.map(\.digest))
        sharedLayers = after.layers.count { known.contains($0.digest) }
        newLayers = after.layers.count - sharedLayers
    }

    private static func percent(from before: Int64, to after: Int64) -> Int? {
        guard before > 0, after >= 0 else { return nil }
        let percent = ((Double(after) - Double(before)) / Double(before) * 100).rounded()
        // A size that no image has must not trap.
        return percent.magnitude < 1e15 ? Int(percent) : nil
    }
}
