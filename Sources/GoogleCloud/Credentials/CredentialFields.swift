import JSON

/// Reads the members of a credential file; what is wrong is named by the member, never by its value.
struct CredentialFields: Sendable {
    private let document: JSONValue

    init(_ document: JSONValue) throws(CredentialFault) {
        guard document.object != nil else { throw CredentialFault("it is not a JSON object") }
        self.document = document
    }

    /// Nil when the member is not there, or empty.
    func text(_ name: String) throws(CredentialFault) -> String? {
        switch document[name] {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        default: throw CredentialFault("`\(name)` is not a string")
        }
    }

    func required(_ name: String) throws(CredentialFault) -> String {
        guard let text = try text(name) else { throw CredentialFault("`\(name)` is missing") }
        return text
    }

    func secret(_ name: String) throws(CredentialFault) -> Secret? { try text(name).map(Secret.init) }

    func fields(_ name: String) throws(CredentialFault) -> CredentialFields? {
        switch document[name] {
        case nil, .null: return nil
        case .object?: return try CredentialFields(document[name] ?? .null)
        default: throw CredentialFault("`\(name)` is not an object")
        }
    }

    func texts(_ name: String) throws(CredentialFault) -> [String]? {
        guard let value = document[name], value != .null else { return nil }
        let texts = value.array?.compactMap(\.string)
        guard let texts, texts.count == value.array?.count else {
            throw CredentialFault("`\(name)` is not a list of strings")
        }
        return texts
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(CredentialFault) -> Int64? {
        guard let value = document[name], value != .null else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw CredentialFault("`\(name)` is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// String members of the object `name`.
    func table(_ name: String) throws(CredentialFault) -> [String: Secret] {
        guard let members = try fields(name)?.document.object else { return [:] }
        var table: [String: Secret] = [:]
        for (key, value) in members {
            guard let text = value.string else { throw CredentialFault("`\(name)` has a member that is not a string") }
            table[key] = Secret(text)
        }
        return table
    }

    /// An address that secrets are sent to: over https, or on this very machine.
    func endpoint(_ name: String) throws(CredentialFault) -> String? {
        guard let url = try text(name) else { return nil }
        guard let base = BaseURL(url) else { throw CredentialFault("`\(name)` is not an http or https URL") }
        guard base.keepsSecrets else {
            throw CredentialFault(
                "`\(name)` would send credentials in the clear to `\(base.host)`",
                hint: "plain http is for this machine alone: use the https address")
        }
        return url
    }

    /// The domain of Google's APIs for these credentials.
    func universeDomain() throws(CredentialFault) -> String {
        guard let domain = try text("universe_domain") else { return UniverseDomain.google }
        guard UniverseDomain.isValid(domain) else { throw CredentialFault("`universe_domain` is not a domain name") }
        return domain
    }
}

extension CredentialFields: CustomStringConvertible, CustomReflectable {
    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// `googleapis.com`, or the domain of a sovereign cloud that runs the same APIs.
package enum UniverseDomain {
    package static let google = "googleapis.com"

    /// It becomes a part of addresses that tokens are sent to.
    static func isValid(_ domain: String) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && domain.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy {
                        ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
                            || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "-")
                    }
            }
    }
}
