import Foundation
import Testing

@testable import GoogleCloud

/// Every function of the module that sends a request, as the sources have it, stands here with the lines of the fault
/// table that strike its requests. A new one fails this test until it has a line.
@Suite struct RequestPlaceTests {
    /// By file and function: the names of call sites, at least as many as the function sends requests.
    private static let sites: [String: [String]] = [
        "BuildLogEntries lines": ["build log lines"],
        "CloudBuildClient build": ["build get"],
        "CloudBuildClient builds": ["build list"],
        "CloudBuildClient cancel": ["build cancel"],
        "CloudBuildClient create": ["build create"],
        "CloudRunClient+Documents documents": ["revision document"],
        "CloudRunClient+Executions execution": ["execution get"],
        "CloudRunClient+Executions pages": ["execution list", "execution list, second page", "task list"],
        "CloudRunClient+Executions start": ["job run"],
        "CloudRunClient+Executions stop": ["execution cancel"],
        "CloudRunClient+Jobs job": ["job get"],
        "CloudRunClient+Jobs remove": ["job delete", "execution delete"],
        "CloudRunClient+Jobs write": ["job create", "job patch"],
        "CloudRunClient+Operations serverWait": ["operation wait"],
        "CloudRunClient+Operations wait": ["operation get"],
        "CloudRunClient+Reading access": ["policy get"],
        "CloudRunClient+Reading document": ["service get", "service document"],
        "CloudRunClient+Reading revision": ["revision get"],
        "CloudRunClient+Reading revisions": ["revision list", "revision list, second page"],
        "CloudRunClient+Revisions delete": ["revision delete"],
        "CloudRunClient+Revisions imageUses": ["revision list of all services"],
        "CloudRunClient+Writing assertNobodyElseWrote": ["look after a patch"],
        "CloudRunClient+Writing create": ["service create"],
        "CloudRunClient+Writing setPublic": ["policy get before set", "policy set"],
        "CloudRunClient+Writing update": ["service patch, template", "service patch, traffic"],
        "GoogleInspection look": ["look: permissions"],
        "GoogleInspection+APIs enabled": ["look: APIs"],
        "GoogleInspection+Databases database": ["look: database"],
        "GoogleInspection+Networks network": ["look: connector", "look: network", "look: subnetwork"],
        "GoogleInspection+Policies granted": ["look: permissions"],
        "GoogleInspection+Policies isEnabled": ["look: account"],
        "GoogleInspection+Policies policy": ["look: policy of a project", "look: policy of a secret"],
        "GoogleInspection+Policies projectNumber": ["look: project"],
        "GoogleInspection+Quotas limits": ["look: quota"],
        "GoogleInspection+Repositories format": ["look: repository"],
        "GoogleInspection+Secrets state": ["look: secret"],
        "IdentityTokens identityToken": ["identity token"],
        "LogEntries page": ["log list", "log query", "request log", "task log"],
        "MonitoringClient series": ["time series"],
        "ResumableUpload begin": ["upload begin"],
        "ResumableUpload exchange": ["upload part", "upload question"],
        "SecretManagerClient value": ["secret access"],
        "StorageClient delete": ["object delete"],
        "StorageClient download": ["object download"],
        "StorageClient insert": ["object insert"],
        "StorageClient object": ["object get"],
        "StorageClient part": ["object part"],
        "StorageClient+Buckets ensureBucket": ["bucket create"],
        "StorageClient+Buckets has": ["bucket get"],
        "StorageClient+Buckets owns": ["bucket list"],
        "StorageClient+Dated current": ["state read"],
        "StorageClient+Dated list": ["state list", "state list, second page"],
        "StorageClient+Dated store": ["state store"],
        "StorageClient+Permissions permitted": ["bucket permissions"],
        "WebhookClient post": ["webhook"],
    ]

    /// They get the tokens that the table's requests carry, by `TokenEndpoint`, which has rules of its own; and the clock
    /// of a server, which any answer tells.
    private static let elsewhere: Set<String> = [
        "AuthorizedUser refresh", "FederatedIdentity accessToken", "IAMCredentials accessToken",
        "IAMCredentials identityToken", "MetadataServer absence", "MetadataServer get", "ServerClock skew",
        "ServiceAccountKey grant", "SubjectToken read",
    ]

    @Test func `every place that sends a request has a line in the fault table`() throws {
        let sent = try Self.sent()
        let known = Set(CallSite.all.map(\.name))
        for (place, count) in sent where !Self.elsewhere.contains(place) {
            let lines = Self.sites[place] ?? []
            #expect(lines.count >= count, "\(place) sends \(count) requests: add a line to CallSite.all and here")
        }
        for (place, lines) in Self.sites {
            #expect(sent[place] != nil, "\(place) sends nothing any more")
            #expect(known.isSuperset(of: lines), "\(place): one of \(lines) is no call site")
        }
        #expect(Self.elsewhere.isSubset(of: sent.keys), "one of them sends nothing any more")
    }

    @Test func `every line of the fault table strikes a place that is there`() {
        let named = Set(Self.sites.values.joined())
        // Not of a client: the two ways to send a body as it is.
        #expect(Set(CallSite.all.map(\.name)).subtracting(named) == ["raw read", "raw write"])
    }

    @Test func `a transport is handed over in initializers alone`() throws {
        // Whatever else sends goes through what is counted here.
        let closures = try Self.lines().filter { $0.text.contains(".send(request)") }
        #expect(Set(closures.map(\.function)) == ["init"], "\(closures)")
    }

    private struct Line {
        var file: String
        var function: String
        var text: String
    }

    /// How many requests each function sends, by file and function.
    private static func sent() throws -> [String: Int] {
        var sent: [String: Int] = [:]
        for line in try lines() {
            // Every look is one request of `GoogleInspection.look`.
            let looks =
                line.file.hasPrefix("GoogleInspection+") ? line.text.matches(of: /(await|return) look\(/).count : 0
            let calls = line.text.matches(
                of: /\b(rest\.(read|write|exchange)|endpoint\.(send|post))\(|\.send\(HTTPRequest/)
            let count = looks + calls.count
            if count > 0 { sent["\(line.file) \(line.function)", default: 0] += count }
        }
        return sent
    }

    /// The module's lines of code, each with the function that it is in.
    private static func lines() throws -> [Line] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/GoogleCloud")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
        try #require(paths.count > 50)
        var lines: [Line] = []
        for path in paths {
            let file = String(path.split(separator: "/").last?.dropLast(6) ?? "")
            var function = ""
            for text in try String(contentsOf: root.appending(path: path), encoding: .utf8).split(separator: "\n") {
                if text.drop(while: { $0 == " " }).hasPrefix("//") { continue }
                if let name = text.firstMatch(of: /\bfunc (\w+)/) { function = String(name.1) }
                if text.contains(/^\s*((package|private|fileprivate) )?init[?(<]/) { function = "init" }
                lines.append(Line(file: file, function: function, text: String(text)))
            }
        }
        return lines
    }
}
