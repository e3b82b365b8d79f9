/// Reads `credential_source` of an `external_account` file.
enum SubjectTokenReader {
    static func subject(
        _ source: CredentialFields, audience: String, tokenType: String, surroundings: CredentialSurroundings
    ) throws(CredentialFault) -> SubjectToken {
        let file = try source.text("file")
        let url = try source.text("url")
        let program = try source.fields("executable")
        if try source.text("environment_id") != nil || tokenType == "urn:ietf:params:aws:token-type:aws4_request" {
            throw CredentialFault(
                "tokens of AWS are not supported",
                hint: "write the token to a file and name it as `credential_source.file`, or use an executable")
        }
        if try source.fields("certificate") != nil {
            throw CredentialFault(
                "certificates (X.509 workload identity federation) are not supported",
                hint: "use a token from a file, a URL or an executable")
        }
        guard [file != nil, url != nil, program != nil].filter({ $0 }).count == 1 else {
            throw CredentialFault("`credential_source` needs one of `file`, `url` and `executable`")
        }
        if let file { return .file(path: file, format: try format(source)) }
        if let url {
            return try self.url(url, headers: source.table("headers"), format(source), audience, surroundings)
        }
        guard let program else { throw CredentialFault("`credential_source` names nothing") }
        return .executable(
            try SubjectTokenProgram(program, audience: audience, tokenType: tokenType, surroundings: surroundings))
    }

    private static func format(_ source: CredentialFields) throws(CredentialFault) -> SubjectToken.Format {
        guard let format = try source.fields("format"), let type = try format.text("type"), type != "text" else {
            return .text
        }
        guard type == "json" else { throw CredentialFault("`credential_source.format.type` is neither text nor json") }
        guard let member = try format.text("subject_token_field_name") else {
            throw CredentialFault("`credential_source.format.subject_token_field_name` is missing")
        }
        return .json(member: member)
    }

    private static func url(
        _ url: String, headers: [String: Secret], _ format: SubjectToken.Format, _ audience: String,
        _ surroundings: CredentialSurroundings
    ) throws(CredentialFault) -> SubjectToken {
        guard let base = BaseURL(url) else {
            throw CredentialFault("`credential_source.url` is not an http or https URL")
        }
        guard base.keepsSecrets || base.isInstanceMetadata else {
            throw CredentialFault(
                "`credential_source.url` would carry a token in the clear from `\(base.host)`",
                hint: "plain http is for this machine alone: use the https address")
        }
        guard let pipeline = surroundings.pipelineTokenServer, url.withoutQuery == pipeline.url.withoutQuery else {
            return .url(url, headers: headers, format: format)
        }
        // The job's own server, as google-github-actions/auth names it: the job's present key, and the audience that a
        // provider expects unless it was given others.
        var headers = headers.filter { $0.key.lowercased() != "authorization" }
        headers["Authorization"] = Secret("Bearer \(pipeline.key.revealed)")
        var url = url
        if !url.queryNames.contains("audience") {
            url += (url.contains("?") ? "&" : "?") + "audience=\("https:\(audience)".percentEncoded)"
        }
        // The server's one form of answer.
        return .url(url, headers: headers, format: format == .text ? .json(member: "value") : format)
    }
}

extension String {
    fileprivate var withoutQuery: Substring { prefix { $0 != "?" && $0 != "#" } }

    fileprivate var queryNames: [Substring] {
        split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&").map { $0.prefix { $0 != "=" } }
            ?? []
    }
}
