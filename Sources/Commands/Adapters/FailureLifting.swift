import LocalCloudRun
import Releases
import SourceControl
import Transport

/// Errors of adapters that know nothing of releases, in the one shape that is shown.
enum FailureLifting {
    static func lift(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case is CancellationError: Failure(.interrupted, "interrupted")
        case let error as SourceControlError: lift(error)
        case let error as ProcessError: lift(error)
        case let error as LocalServerError: lift(error)
        default: Failure(.internalError, "unexpected error", details: [.init("error", "\(error)")])
        }
    }

    static func lift(_ error: SourceControlError) -> Failure {
        switch error {
        case .notARepository(let path):
            Failure(
                .usage, "there is no git repository at `\(path)` or above, so no commit can be recorded",
                hint: "run `git init` and commit, or deploy with --allow-dirty or --image")
        case .noWorkTree(let path):
            Failure(.usage, "the repository at `\(path)` is bare", hint: "use a clone that has files")
        case .noCommits:
            Failure(
                .usage, "the git repository has no commit yet",
                hint: "git add --all && git commit, or deploy with --allow-dirty")
        case .pathNotFound(let path):
            Failure(
                .configuration, "source path `\(path)` does not exist", hint: "see source.paths in services.yaml")
        case .outsideRepository(let path):
            Failure(
                .configuration, "source path `\(path)` is outside the repository",
                hint: "see source.paths in services.yaml")
        case .locked, .noIdentity, .noSuchCommit, .invalidBranchName, .branchExists, .branchInUse, .headMoved,
            .workTreeChanged, .notRestored, .fileTooLarge, .folderNotEmpty, .cannotWrite:
            liftWriting(error)
        case .other(let code, let message):
            Failure(
                .unavailable, "the git repository cannot be read or written",
                details: [.init("libgit2", "\(message) (\(code))")], hint: "git fsck")
        }
    }

    static func lift(_ error: ProcessError) -> Failure {
        switch error {
        case .programNotFound(let program):
            Failure(.unavailable, "program `\(program)` was not found", hint: "install it, or mend PATH")
        case .couldNotStart(let program, let reason):
            Failure(.unavailable, "program `\(program)` cannot be started", details: [.init("why", reason)])
        }
    }

    static func lift(_ error: LocalServerError) -> Failure {
        switch error {
        case .portTaken(let port):
            Failure(
                .unavailable, "port \(port) is taken by another program",
                hint: "choose others: --port and --ingress-port, or STAGECTL_LOCAL_PORT and STAGECTL_LOCAL_INGRESS_PORT"
            )
        case .stateInUse(let folder):
            Failure(
                .conflict, "another local Cloud Run runs on this state", details: [.init("folder", folder)],
                hint: "stagectl local down, or choose another folder with --state")
        case .faultsInvalid(let file, let problems):
            Failure(
                .configuration, "the faults of the local Cloud Run cannot be read",
                details: [.init("file", file)] + problems.map { .init("problem", $0) },
                hint: "correct or remove the file; `stagectl local faults --help` shows the format")
        default:
            Failure(
                .unavailable, "the local Cloud Run cannot run", details: [.init("why", "\(error)")],
                hint: "stagectl local logs")
        }
    }
}
