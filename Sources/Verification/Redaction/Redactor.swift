/// Takes secret values out of text, in all forms in which they travel (``SecretForms``).
package struct Redactor: Hashable, Sendable {
    package static let mark = "[redacted]"
    /// Shorter values would blacken ordinary words and give the secret away by what is missing.
    package static let shortestSecret = 6

    private var forms: Set<[UInt8]> = []
    /// By their first byte, the longest first: a form that contains another must go as a whole.
    private var byStart: [UInt8: [[UInt8]]] = [:]

    package init(_ secrets: some Sequence<String> = []) {
        for secret in secrets { add(secret) }
    }

    /// Whether there is nothing to take out.
    package var isEmpty: Bool { forms.isEmpty }

    package mutating func add(_ secret: String) {
        guard secret.count >= Self.shortestSecret else { return }
        insert(SecretForms.all(of: secret).lazy.map { Array($0.utf8) }.filter { $0.count >= Self.shortestSecret })
    }

    package mutating func merge(_ other: Redactor) {
        insert(other.forms)
    }

    private mutating func insert(_ added: some Sequence<[UInt8]>) {
        for form in added where forms.insert(form).inserted {
            guard let first = form.first else { continue }
            var others = byStart[first] ?? []
            // In an order of their own, so that equal sets of secrets are equal redactors.
            let place = others.firstIndex {
                $0.count < form.count || $0.count == form.count && form.lexicographicallyPrecedes($0)
            }
            others.insert(form, at: place ?? others.count)
            byStart[first] = others
        }
    }

    package func redact(_ text: String) -> String {
        guard !forms.isEmpty, !text.isEmpty else { return text }
        var text = text
        let taken: [UInt8]? = text.withUTF8 { redacted($0) }
        return taken.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    package func redact(_ text: String?) -> String? {
        text.map { redact($0) }
    }

    /// Nil where there is nothing to take out.
    private func redacted(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var starts = [Bool](repeating: false, count: 256)
        for first in byStart.keys { starts[Int(first)] = true }
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index < bytes.count {
            guard starts[Int(bytes[index])],
                let form = byStart[bytes[index]]?.first(where: { Self.begins(bytes, at: index, with: $0) })
            else {
                index += 1
                continue
            }
            result += bytes[copied..<index]
            result += Self.mark.utf8
            index += form.count
            copied = index
        }
        guard copied > 0 else { return nil }
        result += bytes[copied...]
        return result
    }

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int, with form: [UInt8]) -> Bool {
        index + form.count <= bytes.count && bytes[index..<index + form.count].elementsEqual(form)
    }

    /// RFC 3986 section 2.1: all but the unreserved characters.
    static func percentEncoded(_ bytes: [UInt8], upperCase: Bool) -> String {
        SecretForms.percentEncoded(bytes, upperCase: upperCase)
    }
}
