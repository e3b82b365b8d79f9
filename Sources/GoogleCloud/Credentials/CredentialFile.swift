import JSON

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Files that name credentials, of every kind that Google's tools write.
enum CredentialFile {
    private static let longest = 1 << 20

    static func issuer(
        at path: String, surroundings: CredentialSurroundings, tokens: TokenCache
    ) throws(CredentialFault) -> any TokenIssuer {
        let content = try bytes(path)
        guard let document = try? JSONValue(parsing: content) else { throw CredentialFault("it is not JSON") }
        return try issuer(document, surroundings: surroundings, tokens: tokens)
    }

    static func issuer(
        _ document: JSONValue, surroundings: CredentialSurroundings, tokens: TokenCache
    ) throws(CredentialFault) -> any TokenIssuer {
        let fields = try CredentialFields(document)
        switch try fields.required("type") {
        case "service_account": return try ServiceAccountKey(fields)
        case "authorized_user": return try AuthorizedUser(fields)
        case "external_account_authorized_user": return try AuthorizedUser(workforce: fields)
        case "impersonated_service_account": return try Impersonation(fields, tokens: tokens)
        case "external_account":
            return try FederatedIdentity.issuer(fields, surroundings: surroundings, tokens: tokens)
        case "gdch_service_account":
            throw CredentialFault(
                "accounts of Google Distributed Cloud (gdch_service_account) are not supported",
                hint: "use a service account of Google Cloud")
        case let other:
            throw CredentialFault(
                "its `type` `\(other.prefix(80))` is not known",
                hint: "known are service_account, authorized_user, external_account, "
                    + "external_account_authorized_user and impersonated_service_account")
        }
    }
    /// False only where there is certainly nothing; what cannot be looked at may be there.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    /// A whole file of bounded size. What is not a file has no content, or no end.
    static func bytes(_ path: String) throws(CredentialFault) -> [UInt8] {
        guard !path.utf8.contains(0) else { throw CredentialFault("`\(path.prefix(200))` is not a path") }
        let input = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw CredentialFault("`\(path)` cannot be read: \(reason(errno))") }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CredentialFault("`\(path)` is not a file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CredentialFault("`\(path)` cannot be read: \(reason(errno))") }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= longest else { throw CredentialFault("`\(path)` is larger than \(longest) bytes") }
        }
    }

    private static func reason(_ code: Int32) -> String {
        let words = String(cString: strerror(code))
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
