import Configuration
import JSON
import Releases

@testable import GoogleCloud
@testable import Reporting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A failure as it was recorded: what the APIs answered, and what the gates saw.
struct DiagnosisCase {
    var document: JSONValue
    /// The kind that it must be given.
    var kind: String { document["kind"]?.string ?? "" }

    static let service = ServiceIdentity(project: "acme-shop", region: "europe-west1", name: "backend")

    static func folder(_ name: String) -> String {
        #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/" + name
    }

    static func names(in folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder(folder))) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    init(_ name: String, in folder: String) throws {
        document = try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(Self.folder(folder))/\(name).json")))
    }

    /// What a deploy prints below the service.
    var text: String {
        let lines = ReleaseText.diagnosis(diagnosis, Palette(isEnabled: false))
        return "kind      \(diagnosis.kind)\n" + lines.joined(separator: "\n") + "\n"
    }

    var diagnosis: Diagnosis {
        switch document["stage"]?.string {
        case "health":
            DiagnosisRules.unhealthy(
                symptoms, result: HealthResult(healthy: false, samples: samples), expected: "backend-00042-kid")
        case "smoke":
            DiagnosisRules.smoke(
                symptoms,
                result: SmokeResult(
                    verdict: VerdictSummary(result: .fail, rule: "1 of 4 checks failed", counts: [:]),
                    problems: problems))
        case "refused":
            DiagnosisRules.refused(symptoms) ?? Diagnosis(kind: "none", cause: "", fix: "")
        default: DiagnosisRules.notReady(symptoms)
        }
    }

    private var symptoms: Symptoms {
        let revision = document["revision"].flatMap(ServiceDecoding.revision)
        let others = (revision?.conditions ?? [:]).filter { $0.key != "Ready" }.sorted { $0.key < $1.key }
        return Symptoms(
            service: configured, identity: Self.service, revision: revision?.name ?? "backend-00042-kid",
            conditions: (revision.map { [$0.condition] } ?? []) + others.map(\.value),
            statements: ["operation", "refusal"].compactMap { document[$0]?.string },
            lines: (document["entries"]?.array ?? []).compactMap(LogEntryDecoding.line))
    }

    private var configured: Service {
        let given = document["service"]
        return Service(
            name: "backend",
            container: ContainerSettings(
                port: given?["port"]?.integer.map { Int($0) } ?? 8080, memory: given?["memory"]?.string,
                serviceAccount: given?["serviceAccount"]?.string,
                startupProbe: given?["startupPath"]?.string.map { Probe(kind: .http(path: $0)) }))
    }

    private var samples: [HealthSample] {
        (document["samples"]?.array ?? []).map { sample in
            HealthSample(
                status: sample["status"]?.integer.map { Int($0) },
                milliseconds: sample["milliseconds"]?.double ?? 0, revision: sample["revision"]?.string,
                witness: sample["witness"]?.string.flatMap(HealthSample.Witness.init),
                problem: sample["problem"]?.string)
        }
    }

    private var problems: [CheckProblem] {
        (document["problems"]?.array ?? []).map { problem in
            CheckProblem(
                check: problem["check"]?.string ?? "", status: problem["status"]?.string ?? "",
                summary: problem["summary"]?.string ?? "", cause: problem["cause"]?.string,
                fix: problem["fix"]?.string)
        }
    }
}
