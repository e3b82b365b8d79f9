import Configuration
import JSON

/// A check as a command that a person can run: curl for HTTP, websocat for WebSocket. Secrets, tokens and captures
/// are shell variables, never values.
package enum CheckExplanation {
    /// Stands for a shell variable until the text is quoted; private use, so that no suite can contain it.
    private static let mark: Character = "\u{F8FF}"
    private static let encodedMark = "%EF%A3%BF"

    package static func lines(for check: Check, of suite: Suite, target: SuiteRunTarget) -> [String] {
        let scope = scope(check, suite, target)
        do throws(Template.Unresolved) {
            switch check.kind {
            case .http(let http): return [curl(try http.request(in: scope))]
            case .events(let events): return [curl(try events.request(in: scope), extra: ["--no-buffer"])]
            case .load(let load):
                return [
                    "# \(load.requests) times, \(load.concurrency) at once, after \(load.warmup) to warm up",
                    curl(try load.http.request(in: scope)),
                ]
            case .users(let users):
                var asUser = scope
                asUser.values["user.name"] = variable("USER_NAME")
                asUser.values["user.index"] = variable("USER_INDEX")
                return [
                    "# \(users.rounds) times as each of \(Counted.text(users.names.count, "user")), from \(users.names.first ?? "") on",
                    curl(try users.http.request(in: asUser)),
                ]
            case .rateLimit(let limit):
                return [
                    "# \(limit.requests) times at once: \(limit.limit) per \(limit.periodMilliseconds) ms pass",
                    curl(try limit.http.request(in: scope)),
                ]
            case .start(let start):
                return [
                    "# after \(start.idleMilliseconds) ms without requests, then \(start.samples) times more",
                    curl(try start.http.request(in: scope)),
                ]
            case .preflight(let preflight): return [curl(try preflight.request(in: scope))]
            case .tls(let tls):
                guard let request = try tls.request(in: scope) else { return ["# the target has no host"] }
                let command =
                    "openssl s_client -connect \(quoted("\(request.host):\(request.port)")) -servername "
                    + quoted(request.host)
                return [command + " </dev/null"]
                    + tls.refused.map { version in
                        let option = version == .v1_0 ? "tls1" : "tls" + version.rawValue.replacing(".", with: "_")
                        return "\(command) -\(option) </dev/null # must fail"
                    }
            case .name(let name):
                return [(try name.host(in: scope)).map { "getent ahosts \(quoted($0))" } ?? "# the target has no host"]
            case .command(let command):
                let request = try command.request(in: scope)
                let variables = request.environment.filter { $0.key != "TRACEPARENT" }.sorted { $0.key < $1.key }
                let words = variables.map { "\($0.key)=\(quoted($0.value))" } + request.arguments.map(quoted)
                return [words.joined(separator: " ")]
            case .grpc(let grpc): return grpcurl(try grpc.request(in: scope), try grpc.service?.render(scope.values))
            case .job(let job): return [gcloud(try job.request(in: scope))]
            case .container(let container): return [docker(try container.request(in: scope))]
            case .runner(let runner): return try external(runner, scope)
            case .routes(let routes):
                var lines: [String] = []
                for route in routes.routes { lines.append(curl(try routes.check(of: route).request(in: scope))) }
                return lines
            case .webSocket(let webSocket):
                var asOne = scope
                asOne.values["ws.connection"] = variable("WS_CONNECTION")
                let times = webSocket.connections.map { ["# \($0.count) times at once"] } ?? []
                return times + websocat(try webSocket.request(in: asOne)) + (try webSocket.script.map(describe(asOne)))
            }
        } catch {
            return ["# `${\(error.name)}` has no value here"]
        }
    }

    private static func scope(_ check: Check, _ suite: Suite, _ target: SuiteRunTarget) -> CheckScope {
        var values = target.references
        values["deploy.revision_url"] = values["deploy.revision_url"] ?? target.url
        values["deploy.service_url"] = values["deploy.service_url"] ?? target.url
        if let revision = target.expectedRevision { values["deploy.revision"] = values["deploy.revision"] ?? revision }
        // What only a run can know is shown by its name.
        values["run.id"] = values["run.id"] ?? variable("RUN_ID")
        for (name, reference) in suite.secrets { values["secrets.\(name)"] = variable(reference.environmentVariable) }
        for captured in (suite.checks + suite.cleanup).flatMap(\.captures) {
            values["captures.\(captured.name)"] = variable(shellName(captured.name))
        }
        for (name, value) in check.row { values["each.\(name)"] = value }
        for item in suite.variables {
            if let value = try? item.value.render(values) { values["vars.\(item.name)"] = value }
        }
        let settings = suite.targets[check.target]
        let url = settings.flatMap { try? $0.url.render(values) } ?? target.url
        values["target.url"] = url
        var scope = CheckScope(values: values, baseURL: url)
        let authentication = check.auth ?? settings?.auth
        if target.identityToken != nil, authentication != .anonymous {
            scope.authentication.set("X-Serverless-Authorization", "Bearer \(variable("IDENTITY_TOKEN"))")
        }
        switch authentication {
        case nil, .identityToken, .anonymous: break
        case .bearer(let template):
            scope.authentication.set("Authorization", "Bearer \((try? template.render(values)) ?? variable("TOKEN"))")
        case .jwt(let token): scope.authentication.set(token.header, "Bearer \(variable("TOKEN"))")
        }
        return scope
    }

    private static func variable(_ name: String) -> String {
        "\(mark)\(name)\(mark)"
    }

    private static func shellName(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func curl(_ request: HTTPProbeRequest, extra: [String] = []) -> String {
        var words = ["curl", "--include", "--silent", "--show-error"] + extra
        words += ["--max-time", JUnitDocument.seconds(Double(request.timeoutMilliseconds))]
        if request.method != "GET" || request.body != nil { words += ["--request", request.method] }
        for header in request.headers where header.name != "traceparent" {
            words += ["--header", quoted("\(header.name): \(header.value)")]
        }
        if let body = request.body { words += ["--data-raw", quoted(String(decoding: body, as: UTF8.self))] }
        return (words + [quoted(request.url)]).joined(separator: " ")
    }

    private static func websocat(_ request: WebSocketProbeRequest) -> [String] {
        var words = ["websocat"]
        if !request.subprotocols.isEmpty {
            words += ["--protocol", quoted(request.subprotocols.joined(separator: ", "))]
        }
        for header in request.headers where header.name != "traceparent" {
            words += ["--header", quoted("\(header.name): \(header.value)")]
        }
        return [(words + [quoted(request.url)]).joined(separator: " ")]
    }

    private static func grpcurl(_ request: HTTPProbeRequest, _ service: String?) -> [String] {
        let isSecure = request.url.hasPrefix("https")
        var words = ["grpcurl"] + (isSecure ? [] : ["-plaintext"])
        words += ["-max-time", JUnitDocument.seconds(Double(request.timeoutMilliseconds))]
        let own = ["traceparent", "content-type", "te", "grpc-timeout"]
        for header in request.headers where !own.contains(header.name) {
            words += ["-H", quoted("\(header.name): \(header.value)")]
        }
        if let service { words += ["-d", quoted("{\"service\": \"\(service)\"}")] }
        let authority = Authority(url: request.url).map { "\($0.host):\($0.port)" } ?? ""
        let method = request.url.split(separator: "/").suffix(2).joined(separator: "/")
        return [(words + [quoted(authority), method]).joined(separator: " ")]
    }

    private static func gcloud(_ request: JobProbeRequest) -> String {
        var words = ["gcloud", "run", "jobs", "execute", quoted(request.job), "--wait"]
        if let region = request.region { words += ["--region", quoted(region)] }
        if let container = request.container { words += ["--container", quoted(container)] }
        if let arguments = request.arguments { words.append("--args=" + quoted(list(arguments))) }
        let variables = request.environment.filter { $0.key != "TRACEPARENT" }.sorted { $0.key < $1.key }
        words.append("--update-env-vars=" + quoted(list(variables.map { "\($0.key)=\($0.value)" })))
        if let count = request.taskCount { words += ["--tasks", "\(count)"] }
        return words.joined(separator: " ")
    }

    /// Without the proxy in between: what is told is how to run it by hand.
    private static func external(
        _ runner: RunnerCheck, _ scope: CheckScope
    ) throws(Template.Unresolved) -> [String] {
        let request = try runner.request(
            scope.values, place: (variable("REPORT"), scope.baseURL), trace: scope.trace)
        let variables = request.environment.filter { $0.key != "TRACEPARENT" }.sorted { $0.key < $1.key }
        var words = variables.map { "\($0.key)=\(quoted($0.value))" } + request.arguments.map(quoted)
        // Patterns are for the shell to fill in.
        words += request.files ?? []
        if let folder = request.workingDirectory { words = ["cd", quoted(folder), "&&"] + words }
        return [words.joined(separator: " ")]
    }

    /// gcloud's own way to say what separates a list (`gcloud topic escaping`): something that none of it contains.
    private static func list(_ elements: [String]) -> String {
        var separator = "|"
        while elements.contains(where: { $0.contains(separator) }) { separator += "|" }
        // An element's own end must not be taken for a part of it.
        if separator.count > 1 { separator = ":\(separator):" }
        return "^\(separator)^" + elements.joined(separator: separator)
    }

    private static func docker(_ request: ContainerProbeRequest) -> String {
        var words = ["docker", "run", "--rm"]
        if let network = request.network.engineName { words += ["--network", network] }
        if let bytes = request.memoryBytes { words += ["--memory", "\(bytes)"] }
        if let cpus = request.cpus { words += ["--cpus", ServiceLevelObjectives.number(cpus)] }
        for (name, value) in request.environment.sorted(by: { $0.key < $1.key }) where name != "TRACEPARENT" {
            words += ["--env", quoted("\(name)=\(value)")]
        }
        if let entrypoint = request.entrypoint { words += ["--entrypoint", quoted(entrypoint)] }
        return (words + [quoted(request.image)] + request.arguments.map(quoted)).joined(separator: " ")
    }

    private static func describe(
        _ scope: CheckScope
    ) -> (WebSocketCheck.Step) throws(Template.Unresolved) -> String {
        { (step: WebSocketCheck.Step) throws(Template.Unresolved) -> String in
            let values = scope.values.merging(["ws.trip": variable("WS_TRIP")]) { $1 }
            switch step {
            case .send(let message): return "# send \(unmarked(try message.shown(values)))"
            case .receive(let wanted): return "# wait for a message within \(wanted.withinMilliseconds) ms"
            case .receiveOrdered(let wanted):
                return "# wait for \(Counted.text(wanted.count, "message")) in the order of \(wanted.key.source)"
            case .roundTrips(let wanted):
                let message = unmarked(try wanted.send.shown(values))
                return "# \(wanted.count) times: send \(message) and wait for the answer"
            case .ping(let limit): return "# ping, and wait for the pong within \(limit) ms"
            case .hold(let wanted): return "# hold the connection for \(wanted.milliseconds) ms"
            case .quiet(let milliseconds): return "# see that no message comes for \(milliseconds) ms"
            case .close(let close): return "# close with \(close.code)"
            }
        }
    }

    private static func unmarked(_ text: String) -> String {
        text.split(separator: mark, omittingEmptySubsequences: false).enumerated()
            .map { $0.isMultiple(of: 2) ? String($1) : "$\($1)" }.joined()
    }

    /// One shell word: single quotes around the text, double quotes around variables.
    static func quoted(_ text: String) -> String {
        // In an address the mark was encoded like any other character.
        let text = text.replacing(encodedMark, with: String(mark))
        let pieces = text.split(separator: mark, omittingEmptySubsequences: false)
        // An odd number of marks is not ours.
        guard !pieces.count.isMultiple(of: 2) else { return single(text) }
        let words = pieces.enumerated().compactMap { index, piece in
            index.isMultiple(of: 2) ? (piece.isEmpty ? nil : single(String(piece))) : "\"$\(piece)\""
        }
        return words.isEmpty ? "''" : words.joined()
    }

    private static func single(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

extension WebSocketCheck.Message {
    fileprivate func shown(_ values: [String: String]) throws(Template.Unresolved) -> String {
        switch self {
        case .text(let template): try template.render(values)
        case .json(let template): try template.render(values).serialized()
        case .binary(let bytes): "\(bytes.count) bytes"
        }
    }
}
