package import Configuration
import JSON

/// What `environments/` and a Terraform root say of the same things and do not agree on. Pure: files in, findings out;
/// what cannot be told without a plan is left alone, so that nobody is stopped by a guess.
package struct ConsistencyChecks {
    package struct Finding: Hashable, Sendable {
        /// `terraform/staging/main.tf:12:1`, or the environment's file.
        package var place: String
        package var message: String
        package var hint: String?
    }

    private let environment: Environment
    private let declared: DeclaredConfiguration
    private var findings: [Finding] = []

    /// - Parameters:
    ///   - folder: the root's, absolute.
    ///   - project: what files of variables are relative to, absolute.
    ///   - outputsNamed: every `NAME` of an `${infra.NAME}` in the configuration.
    /// - Returns: in the order of the files.
    package static func findings(
        in environment: Environment, settings: InfrastructureSettings, folder: String, project: String,
        outputsNamed: [String]
    ) -> [Finding] {
        guard RootFiles.isFolder(folder) else {
            return [
                Finding(
                    place: "environments/\(environment.name).yaml",
                    message: "`infra.root`: there is no folder `\(settings.root)`",
                    hint: "it is named from the folder that holds `environments/`")
            ]
        }
        let declared = DeclaredConfiguration(
            folder: folder, label: settings.root,
            given: settings.variables.mapValues(HCLValue.init),
            variableFiles: settings.variableFiles.map { "\(project)/\($0)" })
        var checks = ConsistencyChecks(environment: environment, declared: declared)
        checks.run(settings, outputsNamed)
        return checks.findings
    }

    private init(environment: Environment, declared: DeclaredConfiguration) {
        self.environment = environment
        self.declared = declared
    }

    private mutating func run(_ settings: InfrastructureSettings, _ outputsNamed: [String]) {
        for mistake in declared.mistakes {
            let parts = mistake.split(separator: ": ", maxSplits: 1)
            findings.append(
                Finding(place: String(parts.first ?? ""), message: parts.count > 1 ? String(parts[1]) : mistake))
        }
        // Of a root that cannot be read nothing can be missing.
        guard declared.mistakes.isEmpty else { return }
        checkInterface(settings, outputsNamed)
        checkHosts()
        checkServices()
        checkTimeouts()
        checkSecrets()
        checkNames()
    }

    private var file: String { "environments/\(environment.name).yaml" }

    private func resources(_ types: String...) -> [DeclaredResource] {
        declared.resources.filter { types.contains($0.type) }
    }

    // MARK: - Variables and outputs

    private mutating func checkInterface(_ settings: InfrastructureSettings, _ outputsNamed: [String]) {
        for name in settings.variables.keys.sorted() where !declared.variables.contains(name) {
            findings.append(
                Finding(
                    place: file, message: "`infra.variables.\(name)`: \(settings.root) declares no such variable",
                    hint: NearestName.of(name, in: declared.variables.sorted()).map { "did you mean `\($0)`?" }))
        }
        for name in outputsNamed where declared.outputs[name] == nil {
            findings.append(
                Finding(
                    place: file, message: "`${infra.\(name)}`: \(settings.root) declares no such output",
                    hint: NearestName.of(name, in: declared.outputs.keys.sorted()).map { "did you mean `\($0)`?" }))
        }
    }

    // MARK: - Hosts

    private mutating func checkHosts() {
        let maps = resources("google_compute_url_map", "google_compute_region_url_map")
        guard !maps.isEmpty else { return }
        var hosts: [(host: String, place: String)] = []
        var isOpen = false
        for map in maps {
            isOpen = isOpen || map.body.isOpen("host_rule")
            for rule in map.body.blocks("host_rule") {
                guard let names = rule["hosts"].elements else {
                    isOpen = true
                    continue
                }
                hosts += names.compactMap(\.text).map { ($0, map.place) }
                isOpen = isOpen || names.contains(.unknown)
            }
        }
        if let covered = certificateDomains {
            for (host, place) in hosts where !Self.isCovered(host, by: covered) {
                findings.append(
                    Finding(
                        place: place, message: "host `\(host)` of the URL map has no certificate",
                        hint: "callers would get a TLS error: add it to the certificate's domains"))
            }
        }
        guard !isOpen, !hosts.isEmpty, !declared.isIncomplete else { return }
        for service in environment.services {
            guard let host = service.publicURL.flatMap(Self.host), !hosts.contains(where: { $0.host == host }) else {
                continue
            }
            findings.append(
                Finding(
                    place: file, message: "`services.\(service.name).public_url` is on `\(host)`, which no URL map has",
                    hint: NearestName.of(host, in: hosts.map(\.host)).map { "did you mean `\($0)`?" }))
        }
    }

    /// Nil where certificates are made elsewhere, or their domains are not known here.
    private var certificateDomains: Set<String>? {
        let managed = resources("google_compute_managed_ssl_certificate", "google_certificate_manager_certificate")
        guard !declared.isIncomplete, !managed.isEmpty, resources("google_compute_ssl_certificate").isEmpty else {
            return nil
        }
        var domains: Set<String> = []
        for certificate in managed {
            guard let block = certificate.body.blocks("managed").first, let names = block["domains"].elements,
                !names.contains(.unknown)
            else { return nil }
            domains.formUnion(names.compactMap(\.text))
        }
        return domains
    }

    private static func isCovered(_ host: String, by domains: Set<String>) -> Bool {
        if domains.contains(host) { return true }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return domains.contains("*" + host[dot...])
    }

    private static func host(_ url: String) -> String? {
        guard let start = url.ranges(of: "://").first?.upperBound else { return nil }
        return String(url[start...].prefix { !"/:?#".contains($0) })
    }

    // MARK: - Services and regions

    private mutating func checkServices() {
        for group in resources("google_compute_region_network_endpoint_group") {
            guard let name = group.body.blocks("cloud_run").first?["service"].text else { continue }
            guard let service = demand(name, at: group.place, because: "the load balancer sends callers to it") else {
                continue
            }
            checkRegion(group.body["region"], of: service, at: group.place)
        }
        for resource in resources("google_cloud_run_v2_service", "google_cloud_run_service") {
            guard let name = resource.body["name"].text, let service = environment.service(name) else { continue }
            checkRegion(resource.body["location"], of: service, at: resource.place)
            checkPort(of: service, resource)
        }
    }

    private mutating func demand(_ name: String, at place: String, because reason: String) -> Service? {
        if let service = environment.service(name) { return service }
        let known = environment.services.map(\.name)
        guard !known.isEmpty else { return nil }
        findings.append(
            Finding(
                place: place, message: "service `\(name)` is not in `environments/`, and \(reason)",
                hint: NearestName.of(name, in: known).map { "did you mean `\($0)`?" }
                    ?? "services: \(known.joined(separator: ", "))"))
        return nil
    }

    private mutating func checkRegion(_ region: HCLValue, of service: Service, at place: String) {
        guard let region = region.text, !environment.regions(of: service).contains(region) else { return }
        let regions = environment.regions(of: service).joined(separator: ", ")
        findings.append(
            Finding(
                place: place, message: "`\(service.name)` is in `\(region)` here, and in \(regions) in `environments/`",
                hint: "a service in a region is a service of its own: name the same ones"))
    }

    /// Where Terraform says nothing of the template's changes, a release owns it.
    private mutating func checkPort(of service: Service, _ resource: DeclaredResource) {
        guard resource.body.blocks("lifecycle").allSatisfy({ $0.attributes["ignore_changes"] == nil }) else { return }
        for container in resource.body.blocks(at: "template", "containers") {
            guard let port = container.blocks("ports").first?["container_port"].number,
                port != Double(service.container.port)
            else { continue }
            findings.append(
                Finding(
                    place: resource.place,
                    message: "`\(service.name)` listens on \(HCLValue.number(port).text ?? "") here, and on "
                        + "\(service.container.port) in `environments/`",
                    hint: "name one port, or leave the template to releases: ignore_changes = [template]"))
        }
    }

    // MARK: - Timeouts

    /// Cloud Run ends a request after its service's timeout, whatever a load balancer would allow
    /// (cloud.google.com/run/docs/triggering/websockets).
    private mutating func checkTimeouts() {
        for map in resources("google_compute_url_map", "google_compute_region_url_map") {
            for matcher in map.body.blocks("path_matcher") {
                for rule in matcher.blocks("path_rule") + matcher.blocks("route_rules") {
                    guard let seconds = rule.blocks(at: "route_action", "timeout").first?["seconds"].number,
                        let service = service(behind: rule["service"]) ?? service(behind: matcher["default_service"])
                    else { continue }
                    let own = service.container.timeoutSeconds ?? 300
                    guard seconds > Double(own) else { continue }
                    let paths = rule["paths"].elements?.compactMap(\.text).joined(separator: ", ") ?? "a route"
                    findings.append(
                        Finding(
                            place: map.place,
                            message: "\(paths) may last \(HCLValue.number(seconds).text ?? "") s, and Cloud Run ends "
                                + "every request to `\(service.name)` after \(own) s",
                            hint: "raise `services.\(service.name).timeout`, or lower the route's"))
                }
            }
        }
    }

    /// Of a backend service's address, through its group, to the service in `environments/`.
    private func service(behind backend: HCLValue) -> Service? {
        guard let address = backend.text, let resource = declared.resources.first(where: { $0.address == address }),
            let group = resource.body.blocks("backend").first?["group"].text,
            let endpoint = declared.resources.first(where: { $0.address == group }),
            let name = endpoint.body.blocks("cloud_run").first?["service"].text
        else { return nil }
        return environment.service(name)
    }

    // MARK: - Secrets

    private mutating func checkSecrets() {
        let known = resources("google_secret_manager_secret").map { $0.body["secret_id"] }
        // A root that makes no secret leaves them to somebody else.
        guard !known.isEmpty, !known.contains(.unknown), !declared.isIncomplete else { return }
        let names = Set(known.compactMap(\.text))
        for service in environment.services {
            for secret in service.secretNames where !names.contains(secret) && !secret.contains("/") {
                findings.append(
                    Finding(
                        place: file,
                        message: "secret `\(secret)` of `\(service.name)` is not declared in Terraform",
                        hint: NearestName.of(secret, in: names.sorted()).map { "did you mean `\($0)`?" }
                            ?? "declare it, so that it is there when a release wants it"))
            }
        }
    }

    // MARK: - Names

    private mutating func checkNames() {
        for resource in declared.resources {
            guard let limit = DeclaredNames.limits[resource.type], let name = resource.body[limit.attribute].text else {
                continue
            }
            if !limit.lengths.contains(name.utf8.count) {
                let range = "\(limit.lengths.lowerBound) to \(limit.lengths.upperBound)"
                findings.append(
                    Finding(
                        place: resource.place,
                        message: "`\(name)` has \(name.utf8.count) characters, `\(limit.attribute)` takes \(range)",
                        hint: resource.address))
            } else if !limit.form.allows(name) {
                findings.append(
                    Finding(
                        place: resource.place,
                        message: "`\(name)` is no `\(limit.attribute)`: it takes \(limit.form.text)",
                        hint: resource.address))
            }
        }
    }
}

extension Service {
    /// Of its variables and volumes, sidecars too; each once.
    var secretNames: [String] {
        var names: [String] = []
        for variable in allVariables {
            if case .secret(let name, _) = variable.value, !names.contains(name) { names.append(name) }
        }
        for volume in container.volumes ?? [] {
            if case .secret(let secret) = volume.kind, !names.contains(secret.secret) { names.append(secret.secret) }
        }
        return names
    }
}
