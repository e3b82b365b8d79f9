import JSON
import Transport

/// Where the token of the other identity provider comes from. It is read anew each time: files are rotated, and a
/// pipeline's server gives a new one for each request.
enum SubjectToken: Sendable {
    case file(path: String, format: Format)
    case url(String, headers: [String: Secret], format: Format)
    case executable(SubjectTokenProgram)

    enum Format: Hashable, Sendable {
        case text
        case json(member: String)
    }

    var word: String {
        switch self {
        case .file: "file"
        case .url: "URL"
        case .executable: "executable"
        }
    }

    func read(through endpoint: TokenEndpoint) async throws -> Secret {
        switch self {
        case .file(let path, let format):
            let purpose = TokenPurpose(
                "reading the federated token", remedy: "see `credential_source` in the credential file")
            do throws(CredentialFault) {
                return try Self.token(try CredentialFile.bytes(path), format, place: "`\(path)`")
            } catch {
                throw TokenError.fault(error, purpose)
            }
        case .url(let url, let headers, let format):
            let purpose = TokenPurpose(
                "asking the identity provider for its token",
                remedy: "see `credential_source` in the credential file; "
                    + "a GitHub job needs `permissions: id-token: write`")
            let fields = headers.sorted { $0.key < $1.key }.map { HTTPHeaders.Field($0.key, $0.value.revealed) }
            let response = try await endpoint.send(
                HTTPRequest("GET", url, headers: HTTPHeaders(fields)), secrets: Array(headers.values),
                for: purpose)
            do throws(CredentialFault) {
                return try Self.token(response.body, format, place: "the provider's answer")
            } catch {
                throw TokenError.unreadable(reason: error.reason, purpose)
            }
        case .executable(let program):
            return try await program.token(now: endpoint.now())
        }
    }

    static func token(_ bytes: [UInt8], _ format: Format, place: String) throws(CredentialFault) -> Secret {
        let text: String
        switch format {
        case .text:
            // A line break at the end is the editor's.
            text = String(decoding: bytes, as: UTF8.self).trimmingLineBreaks
        case .json(let member):
            guard let document = try? JSONValue(parsing: bytes), let value = document[member]?.string else {
                throw CredentialFault("\(place) is not a JSON object with the member `\(member)`")
            }
            text = value
        }
        guard !text.isEmpty else { throw CredentialFault("\(place) is empty") }
        return Secret(text)
    }
}

extension String {
    fileprivate var trimmingLineBreaks: String {
        var rest = self[...]
        while let last = rest.last, last.isNewline { rest.removeLast() }
        return String(rest)
    }
}
