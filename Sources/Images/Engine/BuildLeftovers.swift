import Releases
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The working containers of a build that was cut: Podman and Buildah keep them when they are ended by a signal.
struct BuildLeftovers: Sendable {
    /// A build argument that no Dockerfile declares changes nothing in an image, but is noted with each container.
    static let variable = "STAGECTL_BUILD"

    let arguments: EngineArguments
    let shell: EngineShell

    /// Removes the containers of the build with this mark, and no other: somebody else may build at the same time.
    func remove(mark: String) async {
        guard let format = storeFormat, !mark.isEmpty else { return }
        let info = await shell.ask(arguments.command(["info", "--format", format]))
        guard let words = info?.split(whereSeparator: \.isWhitespace), words.count == 2 else { return }
        let containers = "\(words[0])/\(words[1])-containers"
        for name in (try? PosixFile.names(in: Array(containers.utf8))) ?? [] {
            let id = String(decoding: name, as: UTF8.self)
            guard ImageDigest.hex(id) != nil, isMarked("\(containers)/\(id)/userdata/buildah.json", mark) else {
                continue
            }
            endProcesses(of: id)
            _ = await shell.ask(
                arguments.command(shell.engine.dialect == .podman ? ["rm", "--force", id] : ["rm", id]))
        }
    }

    private var storeFormat: String? {
        switch shell.engine.dialect {
        case .docker: nil
        case .podman: "{{.Store.GraphRoot}} {{.Store.GraphDriverName}}"
        case .buildah: "{{.store.GraphRoot}} {{.store.GraphDriverName}}"
        }
    }

    /// A runtime starts the commands of a build in sessions of their own, and Podman dies without ending them. Each has
    /// its container's short id as its host name (`HOSTNAME`), and the files of its bundle mounted into it.
    private func endProcesses(of container: String) {
        let host = Array("HOSTNAME=\(container.prefix(12))".utf8)
        for name in (try? PosixFile.names(in: Array("/proc".utf8))) ?? [] {
            guard let process = Int32(String(decoding: name, as: UTF8.self)), process > 1, process != getpid(),
                let variables = try? PosixFile.contents(of: "/proc/\(process)/environ", limit: 1 << 20),
                variables.split(separator: 0).contains(host[...])
            else { continue }
            let mounts = try? PosixFile.contents(of: "/proc/\(process)/mountinfo", limit: 1 << 20)
            kill(process, SIGKILL)
            if let bundle = Self.bundle(in: String(decoding: mounts ?? [], as: UTF8.self)) {
                PosixFile.removeTree(bundle)
            }
        }
    }

    /// The folder `…/buildah123` in which the runtime found the command, from proc(5)'s list of mounts.
    static func bundle(in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 4, words[4] == "/etc/hosts", words[3].hasSuffix("/hosts") else { continue }
            let folder = words[3].dropLast("/hosts".count)
            let name = folder.split(separator: "/").last ?? ""
            guard name.hasPrefix("buildah"), name.dropFirst(7).allSatisfy(\.isNumber), name.count > 7 else { continue }
            return String(folder)
        }
        return nil
    }

    private func isMarked(_ file: String, _ mark: String) -> Bool {
        guard let bytes = try? PosixFile.contents(of: file, limit: 4 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("\"\(Self.variable)\":\"\(mark)\"")
    }
}
