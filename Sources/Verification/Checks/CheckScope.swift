package import Configuration

/// Everything that one attempt of one check needs to know about the run.
package struct CheckScope: Sendable {
    /// What references mean, by their full names.
    package var values: [String: String]
    /// The target's URL, without a slash at the end.
    package var baseURL: String
    /// Sent with requests to the target, and only there.
    package var authentication: [HeaderField]
    package var identity: RevisionIdentity?
    /// Who must answer; nil accepts any revision.
    package var expectedRevision: String?
    package var trace: TraceContext
    /// When the platform ends a request, whatever it is doing.
    package var requestTimeoutMilliseconds = CloseDiagnosis.usualRequestTimeoutMilliseconds

    package init(
        values: [String: String] = [:], baseURL: String, authentication: [HeaderField] = [],
        identity: RevisionIdentity? = nil, expectedRevision: String? = nil, trace: TraceContext = .random()
    ) {
        self.values = values
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.authentication = authentication
        self.identity = identity
        self.expectedRevision = expectedRevision
        self.trace = trace
    }

    /// The address of a path of the target's, or the path itself when it is an address.
    func url(_ path: Template) throws(Template.Unresolved) -> String {
        let rendered = Self.encoded(try path.render(values))
        return Self.isAbsolute(rendered) ? rendered : baseURL + (rendered.hasPrefix("/") ? "" : "/") + rendered
    }

    /// The first secret, also by way of a variable, that texts would give away.
    func secret(in texts: [String]) -> String? {
        values.filter { name, value in
            name.hasPrefix("secrets.") && value.count >= Redactor.shortestSecret
                && texts.contains { $0.contains(value) }
        }.keys.min()
    }

    /// Credentials for the target never go to another host.
    func headers(for url: String, _ own: [HeaderTemplate]) throws(Template.Unresolved) -> [HeaderField] {
        var headers: [HeaderField] = [HeaderField("traceparent", trace.header)]
        if url == baseURL || url.hasPrefix(baseURL + "/") || url.hasPrefix(baseURL + "?") {
            headers += authentication.map { HeaderField($0.name, $0.value, holdsSecret: true) }
        }
        for header in own {
            let value = try header.value.render(values)
            headers.set(header.name, value, holdsSecret: holdsSecret(header.value, rendered: value))
        }
        return headers
    }

    /// By its own reference, or by way of a variable that is made from a secret.
    private func holdsSecret(_ template: Template, rendered: String) -> Bool {
        template.references.contains { $0.hasPrefix("secrets.") }
            || values.contains { name, secret in
                name.hasPrefix("secrets.") && secret.count >= Redactor.shortestSecret && rendered.contains(secret)
            }
    }

    static func isAbsolute(_ text: String) -> Bool {
        ["http://", "https://", "ws://", "wss://"].contains { text.lowercased().hasPrefix($0) }
    }

    /// Spaces, control characters and anything outside ASCII cannot stand in a request line.
    static func encoded(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else { return text }
        var result = ""
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7F {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += Redactor.percentEncoded([byte], upperCase: true)
            }
        }
        return result
    }
}

package struct HeaderTemplate: Hashable, Sendable {
    package var name: String
    package var value: Template

    package init(_ name: String, _ value: Template) {
        self.name = name
        self.value = value
    }
}

extension [HeaderField] {
    /// The first field that would break the message apart (a captured value with a line break, say).
    var malformed: String? {
        first { field in
            field.name.isEmpty || (field.name + field.value).utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }
        }?.name
    }
}
