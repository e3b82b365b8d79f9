extension TerraformRoot {
    /// Of the files of the root, of the modules that lie on this machine, and of the variables: whether the configuration
    /// is still the one that was applied. What its functions read (`file`, say) is no part of it.
    var configurationDigest: String {
        let folders = [place.folder] + RootFiles.moduleFolders(listedIn: place.data + "/data", root: place.folder)
        let endings = [".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json"]
        let sources = folders.flatMap { folder in
            RootFiles.names(in: folder).filter { endings.contains(where: $0.hasSuffix) }.map { "\(folder)/\($0)" }
        }
        var bytes: [UInt8] = []
        for path in sources + arguments.variableFiles {
            bytes += Array("\u{0}\(path)\u{0}".utf8) + (RootFiles.contents(path) ?? [])
        }
        return digest(bytes)
    }
}
