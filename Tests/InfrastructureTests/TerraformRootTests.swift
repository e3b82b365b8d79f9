import Configuration
import JSON
import Testing
import Transport

@testable import Infrastructure

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// With the real program on the root that needs no cloud; `scripts/test` installs it.
@Suite(.enabled(if: ChildProcess.locate("terraform") != nil, "terraform is not installed"), .timeLimit(.minutes(2)))
struct TerraformRootTests {
    /// A copy of `terraform/local` with a state of its own, removed at the end.
    private final class Workplace: Sendable {
        let folder: String
        let project: String

        init() throws {
            folder = FileManager.default.temporaryDirectory.path + "/stagectl-infra-\(UUID().uuidString)"
            project = folder + "/project"
            let manager = FileManager.default
            try manager.createDirectory(atPath: project + "/terraform", withIntermediateDirectories: true)
            try manager.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
            let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "terraform/local").path
            try manager.copyItem(atPath: source, toPath: project + "/terraform/local")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func root(_ variables: [String: JSONValue] = [:], lockTimeout: Int = 0, grace: Int = 30) -> TerraformRoot {
            TerraformRoot(
                InfrastructureSettings(
                    root: "terraform/local", backend: ["path": folder + "/state.tfstate"], variables: variables,
                    lockTimeoutSeconds: lockTimeout, interruptGraceSeconds: grace),
                at: .init(folder: project + "/terraform/local", data: folder + "/data", project: project),
                digest: { bytes in
                    String(
                        bytes.reduce(into: UInt64(14_695_981_039_346_656_037)) { hash, byte in
                            hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
                        }, radix: 16)
                })
        }

        var plan: String { folder + "/data/one.tfplan" }
        var log: String { folder + "/data/one.jsonl" }
    }

    @Test func `plan, apply, nothing to do, outputs, replace, destroy`() async throws {
        let place = try Workplace()
        let root = place.root()
        let first = try await root.plan(file: place.plan)
        #expect(first.counts.create == 4 && first.serial == nil && !first.isEmpty)
        #expect(root.fingerprint(of: place.plan) == first.fingerprint)
        let applied = try await root.apply(place.plan, expecting: 4, log: place.log)
        #expect(applied.done == 4 && applied.failed.isEmpty && applied.running.isEmpty)
        #expect(TerraformRoot.progress(of: place.log, expecting: 4).completed == applied.completed)

        #expect(try await root.plan(file: place.plan).isEmpty)
        let outputs = try await root.outputs()
        #expect(outputs.first { $0.name == "database_url" }?.isSensitive == true)
        #expect(outputs.first { $0.name == "database_port" }?.text == "5432")
        #expect(outputs.first { $0.name == "bucket_names" }?.type == "tuple([string, string])")

        let newer = place.root(["database_version": "17"])
        let fewer = try await place.root(["buckets": ["assets"]]).plan(file: place.plan)
        #expect(fewer.changes.map(\.address) == [#"terraform_data.bucket["uploads"]"#], "a list is a list")

        let replacing = try await newer.plan(file: place.plan)
        #expect(replacing.counts.replace == 1 && replacing.serial != nil && replacing.lineage != nil)
        let loss = try #require(DestroyGuard.losses(of: replacing, allowing: []).first)
        #expect(loss.change.address == "terraform_data.database" && loss.change.forcedBy == ["triggers_replace"])

        let gone = try await root.plan(.destroy, file: place.plan)
        #expect(gone.counts.destroy == 4)
        _ = try await root.apply(place.plan, expecting: 4, log: place.log)
        #expect(try await root.plan(file: place.plan).counts.create == 4)
    }

    @Test func `variables are in no argument, and their file is for this user alone`() async throws {
        let place = try Workplace()
        let root = place.root(["database_password": "hunter2"])
        #expect(!root.arguments.plan(.change, file: "f").joined().contains("hunter2"))
        let plan = try await root.plan(file: place.plan)
        #expect(!"\(plan)".contains("hunter2"))
        let attributes = try FileManager.default.attributesOfItem(atPath: place.folder + "/data/stagectl.tfvars.json")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a mistake in the configuration is told with its place`() async throws {
        let place = try Workplace()
        try Data("resource \"terraform_data\" \"x\" {\n  input = nothing.here\n}\n".utf8)
            .write(to: URL(filePath: place.project + "/terraform/local/broken.tf"))
        let error = await #expect(throws: InfrastructureError.self) { try await place.root().plan(file: place.plan) }
        guard case .failed("plan", 1, let findings, _) = error else {
            return #expect(Bool(false), "not a failed plan: \(String(describing: error))")
        }
        #expect(findings.contains { $0.file == "broken.tf" && $0.line == 2 && $0.isError })
    }

    @Test func `a failure in the middle says what is done and what is not, and the rest can be applied`() async throws {
        let place = try Workplace()
        let failing = place.root(["fail_creating": "database"])
        let plan = try await failing.plan(file: place.plan)
        let error = await #expect(throws: InfrastructureError.self) {
            try await failing.apply(place.plan, expecting: plan.changes.count, log: place.log)
        }
        guard case .cut(let progress, let findings, false) = error else {
            return #expect(Bool(false), "not cut: \(String(describing: error))")
        }
        #expect(progress.failed == ["terraform_data.database"])
        #expect(progress.completed.contains("terraform_data.network"))
        #expect(findings.contains { $0.isError && $0.address == "terraform_data.database" })

        let rest = try await place.root().plan(file: place.plan)
        #expect(rest.changes.map(\.address) == ["terraform_data.database"])
        #expect(DestroyGuard.losses(of: rest, allowing: []).first?.cause.contains("tainted") == true)
        #expect(try await place.root().apply(place.plan, expecting: 2, log: place.log).failed.isEmpty)
    }

    @Test func `one interrupt lets it finish what it does and write its state`() async throws {
        let place = try Workplace()
        let root = place.root(["apply_seconds": "1"])
        let plan = try await root.plan(file: place.plan)
        let began = AsyncStream<Void>.makeStream()
        let apply = Task {
            try await root.apply(place.plan, expecting: plan.changes.count, log: place.log) { event in
                if case .started = event { began.continuation.yield() }
            }
        }
        for await _ in began.stream { break }
        apply.cancel()
        let outcome = await apply.result
        guard case .failure(let error as InfrastructureError) = outcome, case .cut(let progress, _, true) = error else {
            return #expect(Bool(false), "not stopped: \(outcome)")
        }
        #expect(progress.done < plan.changes.count)
        #expect(root.fileLockHolder == nil)
        let rest = try await root.plan(file: place.plan)
        #expect(!rest.isEmpty)
    }

    @Test func `what does not end after its interrupt is killed when the grace is over`() async throws {
        let place = try Workplace()
        let main = URL(filePath: place.project + "/terraform/local/main.tf")
        let deaf = try String(contentsOf: main, encoding: .utf8)
            .replacing("exec sleep ${var.apply_seconds}", with: "trap '' INT TERM; sleep 60")
        try Data(deaf.utf8).write(to: main)
        let root = place.root(grace: 1)
        let plan = try await root.plan(file: place.plan)
        let began = AsyncStream<Void>.makeStream()
        let apply = Task {
            try await root.apply(place.plan, expecting: plan.changes.count, log: place.log) { event in
                if case .started = event { began.continuation.yield() }
            }
        }
        for await _ in began.stream { break }
        let interrupted = ContinuousClock.now
        apply.cancel()
        guard case .failure(let error as InfrastructureError) = await apply.result, case .cut(_, _, true) = error else {
            Issue.record("the apply was not cut")
            return
        }
        #expect(ContinuousClock.now - interrupted < .seconds(20))
        #expect(root.fileLockHolder == nil)
    }

    @Test func `a lock that somebody holds is told with its holder`() async throws {
        let place = try Workplace()
        let slow = place.root(["apply_seconds": "3"])
        let plan = try await slow.plan(file: place.plan)
        let began = AsyncStream<Void>.makeStream()
        let apply = Task {
            try await slow.apply(place.plan, expecting: plan.changes.count, log: place.log) { event in
                if case .started = event { began.continuation.yield() }
            }
        }
        for await _ in began.stream { break }
        let other = place.root()
        #expect(other.fileLockHolder?.operation == "OperationTypeApply")
        let error = await #expect(throws: InfrastructureError.self) {
            try await other.plan(file: place.folder + "/data/two.tfplan")
        }
        guard case .locked(let holder, 0) = error else {
            return #expect(Bool(false), "not locked: \(String(describing: error))")
        }
        #expect(!holder.id.isEmpty)
        // Who waits long enough gets it.
        let patient = place.root(lockTimeout: 60)
        _ = try await patient.plan(file: place.folder + "/data/two.tfplan")
        _ = try await apply.value
    }

    @Test func `an apply whose conditions fail leaves an empty plan, and that is told apart`() async throws {
        let place = try Workplace()
        let root = place.root(["fail_checking": "database"])
        let plan = try await root.plan(file: place.plan)
        await #expect(throws: InfrastructureError.self) {
            try await root.apply(place.plan, expecting: plan.changes.count, log: place.log)
        }
        #expect(try await place.root().plan(file: place.plan).changes.isEmpty)
    }

    @Test func `a plan on a state that has moved on is refused by Terraform itself`() async throws {
        let place = try Workplace()
        let root = place.root()
        let stale = place.folder + "/data/stale.tfplan"
        _ = try await root.plan(file: stale)
        _ = try await root.plan(file: place.plan)
        _ = try await root.apply(place.plan, expecting: 4, log: place.log)
        await #expect(throws: InfrastructureError.self) {
            try await root.apply(stale, expecting: 4, log: place.log)
        }
    }

    @Test func `an edited file is drift of an output`() async throws {
        let place = try Workplace()
        let root = place.root()
        _ = try await root.plan(file: place.plan)
        _ = try await root.apply(place.plan, expecting: 4, log: place.log)
        #expect(try await root.plan(.drift, file: place.plan).isEmpty)
        try Data(#"{"max_connections": 7}"#.utf8)
            .write(to: URL(filePath: place.project + "/terraform/local/database-parameters.json"))
        let drift = try await root.plan(.drift, file: place.plan)
        #expect(drift.outputs.map(\.name) == ["database_parameters"] && drift.changes.isEmpty)
    }

    @Test func `a root that is not there, and a program that is not installed`() async throws {
        let place = try Workplace()
        let nowhere = TerraformRoot(
            InfrastructureSettings(root: "terraform/none"),
            at: .init(folder: place.project + "/terraform/none", data: place.folder + "/data", project: place.project),
            digest: { _ in "" })
        await #expect(throws: InfrastructureError.noRoot(place.project + "/terraform/none")) {
            try await nowhere.plan(file: place.plan)
        }
        let tofu = TerraformRoot(
            InfrastructureSettings(tool: .tofu, root: "terraform/local"),
            at: .init(folder: place.project + "/terraform/local", data: place.folder + "/data", project: place.project),
            digest: { _ in "" })
        guard ChildProcess.locate("tofu") == nil else { return }
        await #expect(throws: InfrastructureError.cannotStart(.programNotFound("tofu"))) {
            try await tofu.plan(file: place.plan)
        }
    }
}
