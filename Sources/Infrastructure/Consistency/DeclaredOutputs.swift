/// The outputs that a root's files declare, without evaluating anything.
package enum DeclaredOutputs {
    /// Nil where that cannot be told: no folder, a file that cannot be read, or one in Terraform's JSON syntax.
    ///
    /// - Parameter folder: the root's, absolute.
    package static func names(in folder: String) -> Set<String>? {
        guard RootFiles.isFolder(folder) else { return nil }
        var names: Set<String> = []
        for file in RootFiles.names(in: folder) {
            if file.hasSuffix(".tf.json") || file.hasSuffix(".tofu.json") { return nil }
            guard file.hasSuffix(".tf") || file.hasSuffix(".tofu") else { continue }
            guard let bytes = RootFiles.contents("\(folder)/\(file)", limit: 4 << 20),
                let body = try? HCLParser.file(String(decoding: bytes, as: UTF8.self))
            else { return nil }
            names.formUnion(body.blocks.filter { $0.type == "output" }.compactMap(\.labels.first))
        }
        return names
    }
}
