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
            await endCommands(of: id)
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

    /// A runtime starts the commands of a build in sessions of their own: Podman dies without ending them, Buildah
    /// without telling the runtime, which keeps a state, a control group and a folder. Each command has its container's
    /// short id as its host name.
    private func endCommands(of container: String) async {
        let host = Array("HOSTNAME=\(container.prefix(12))".utf8)
        for name in (try? PosixFile.names(in: Array("/proc".utf8))) ?? [] {
            guard let process = Int32(String(decoding: name, as: UTF8.self)), process > 1, process != getpid(),
                let variables = try? PosixFile.contents(of: "/proc/\(process)/environ", limit: 1 << 20),
                variables.split(separator: 0).contains(host[...])
            else { continue }
            kill(process, SIGKILL)
        }
        let place = RegistryLogins.processVariable("TMPDIR") ?? "/var/tmp"
        for name in (try? PosixFile.names(in: Array(place.utf8))) ?? [] {
            let bundle = String(decoding: name, as: UTF8.self)
            guard Self.isBundle(bundle),
                let settings = try? PosixFile.contents(of: "\(place)/\(bundle)/config.json", limit: 4 << 20),
                String(decoding: settings, as: UTF8.self).contains("\"\(String(decoding: host, as: UTF8.self))\"")
            else { continue }
            // Whichever runtime it was knows the name that Buildah makes of the folder; the other knows nothing.
            for runtime in ["runc", "crun"] where ChildProcess.locate(runtime) != nil {
                _ = await shell.ask([runtime, "delete", "--force", "buildah-\(bundle)"], deadline: .seconds(10))
            }
            // What is mounted below it belongs to somebody; then it stays.
            let mounts = (try? PosixFile.contents(of: "/proc/self/mountinfo", limit: 4 << 20)) ?? []
            guard !mounts.isEmpty, !String(decoding: mounts, as: UTF8.self).contains(" \(place)/\(bundle)/") else {
                continue
            }
            PosixFile.removeTree("\(place)/\(bundle)")
        }
    }

    /// `buildah` and the digits of a temporary folder.
    static func isBundle(_ name: String) -> Bool {
        name.hasPrefix("buildah") && name.utf8.count > 7
            && name.utf8.dropFirst(7).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private func isMarked(_ file: String, _ mark: String) -> Bool {
        guard let bytes = try? PosixFile.contents(of: file, limit: 4 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("\"\(Self.variable)\":\"\(mark)\"")
    }
}
