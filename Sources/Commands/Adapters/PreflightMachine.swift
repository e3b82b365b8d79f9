import Configuration
import LocalCloudRun
import Releases

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What this machine must have: a place for the state, room on its disk, and for `local` ports and secrets.
enum PreflightMachine {
    /// A build's layers alone are often more.
    private static let scarceBytes: UInt64 = 1 << 30

    static func state(_ folder: String) -> [PreflightFinding] {
        // Whatever of the path is there decides: the rest is made when it is needed.
        var place = Folders.absolute(folder)
        while !Folders.exists(place), let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            place = String(place[..<slash])
        }
        guard access(place, W_OK | X_OK) == 0 else {
            return [
                PreflightFinding(
                    "state", .problem, .unavailable, what: "the state cannot be written: `\(folder)`",
                    why: String(cString: strerror(errno)), command: "export STAGECTL_STATE=\"$HOME/.stagectl\"")
            ]
        }
        var status = statvfs()
        guard statvfs(place, &status) == 0 else {
            return [PreflightFinding("state", .ok, .unavailable, what: "the state is in `\(folder)`")]
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        return [
            PreflightFinding("state", .ok, .unavailable, what: "the state is in `\(folder)`"),
            free < scarceBytes
                ? PreflightFinding(
                    "disk", .warning, .unavailable, what: "only \(free >> 20) MiB are free on the disk of the state",
                    why: "builds, logs and the journal need room", command: "stagectl prune --help")
                : PreflightFinding("disk", .ok, .unavailable, what: "the disk of the state has room"),
        ]
    }

    /// The local Cloud Run: it runs, or could.
    static func server(_ settings: LocalLauncher.Settings) async -> PreflightFinding {
        let id = "local-cloud-run"
        if let record = await ServerRecord.running(stateFolder: settings.stateFolder) {
            return PreflightFinding(
                id, .ok, .unavailable,
                what: "the local Cloud Run runs on port \(record.apiPort) with runtime `\(record.runtime)`")
        }
        let taken = [settings.port, settings.ingressPort].filter { !LoopbackPort.isFree($0) }
        guard taken.isEmpty else {
            let (port, ingress) = freePair(beyond: max(settings.port, settings.ingressPort))
            return PreflightFinding(
                id, .problem, .unavailable,
                what: "the local Cloud Run cannot start: port "
                    + taken.map(String.init).joined(separator: " and port ")
                    + " \(taken.count == 1 ? "is" : "are") taken by another program",
                command: "stagectl local up --port \(port) --ingress-port \(ingress)")
        }
        return PreflightFinding(
            id, .ok, .unavailable,
            what: "the local Cloud Run is not running; the first command that needs it starts it on port "
                + "\(settings.port)")
    }

    private static func freePair(beyond port: Int) -> (Int, Int) {
        let free = (port + 1..<min(65_535, port + 200)).lazy.filter(LoopbackPort.isFree).prefix(2)
        let found = Array(free)
        return found.count == 2 ? (found[0], found[1]) : (port + 1, port + 2)
    }

    /// Secrets of the local Cloud Run are files.
    static func secrets(of intent: ReleaseIntent, stateFolder: String) -> [PreflightFinding] {
        let folder = stateFolder + "/secrets"
        let store = SecretStore(folder: folder)
        var findings: [PreflightFinding] = []
        for service in intent.services where service.makesRevision {
            for use in SecretUse.of(service.service, project: intent.project) {
                let id = "secret:\(use.name)/\(use.version)"
                guard !findings.contains(where: { $0.id == id }) else { continue }
                let name = "version `\(use.version)` of secret `\(use.name)`"
                if store.value(use.name, version: use.version) != nil {
                    findings.append(PreflightFinding(id, .ok, .configuration, what: "\(name) exists"))
                    continue
                }
                let file = "\(folder)/\(use.name)/\(use.version == "latest" ? "1" : use.version)"
                findings.append(
                    PreflightFinding(
                        id, .problem, .configuration, what: "\(name) does not exist here",
                        why: "the local Cloud Run keeps secrets as files; the line below reads one from the keyboard",
                        command: ShellWord.line(["install", "-D", "-m", "600", "/dev/stdin", file])))
            }
        }
        return findings
    }
}
