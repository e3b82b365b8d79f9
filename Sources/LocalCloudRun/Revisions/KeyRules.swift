import JSON

/// Which labels and annotations a resource may have. Labels are Google Cloud's
/// (https://cloud.google.com/resource-manager/docs/creating-managing-labels), annotations Kubernetes's
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/); neither may be in a namespace of
/// the system, for which v2 has fields.
enum KeyRules {
    static let reservedPrefixes = [
        "run.googleapis.com", "cloud.googleapis.com", "serving.knative.dev", "autoscaling.knative.dev",
    ]
    /// gcloud sets it in v1 to make a revision where nothing else has changed (`config_changes.py`).
    private static let nonce = "client.knative.dev/nonce"
    private static let mostLabels = 64
    private static let longest = 63
    /// Of all annotations together.
    private static let mostBytes = 256 << 10

    static func check(_ resource: JSONValue, place: String) throws(APIError) {
        let labels = (resource["labels"]?.object ?? [:]).sorted { $0.key < $1.key }
        guard labels.count <= mostLabels else {
            throw APIError(
                .invalidArgument,
                "\(place).labels: at most \(mostLabels) labels are allowed, but \(labels.count) are given.")
        }
        for (key, value) in labels { try checkLabel(key, value.string ?? "", place: "\(place).labels") }
        let annotations = (resource["annotations"]?.object ?? [:]).sorted { $0.key < $1.key }
        for (key, _) in annotations { try checkAnnotation(key, place: "\(place).annotations") }
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + ($1.value.string ?? "").utf8.count }
        guard size <= mostBytes else {
            throw APIError(
                .invalidArgument, "\(place).annotations: they must not exceed \(mostBytes) bytes, but have \(size).")
        }
    }

    private static func checkLabel(_ key: String, _ value: String, place: String) throws(APIError) {
        guard !isReserved(key) else {
            throw APIError(.invalidArgument, "\(place): system labels are not supported, but `\(key)` is given.")
        }
        let first = key.unicodeScalars.first
        guard key == nonce || first.map(isLetter) == true && isMade(key, atMost: longest) else {
            throw APIError(
                .invalidArgument,
                "\(place): Label key '\(key)' violates format constraints. The key must start with a lowercase character, can only contain lowercase letters, numeric characters, underscores and dashes. The key can be at most 63 characters long. International characters are allowed."
            )
        }
        guard isMade(value, atMost: longest) else {
            throw APIError(
                .invalidArgument,
                "\(place): Label value '\(value)' of '\(key)' violates format constraints. The value can only contain lowercase letters, numeric characters, underscores and dashes. The value can be at most 63 characters long. International characters are allowed."
            )
        }
    }

    private static func checkAnnotation(_ key: String, place: String) throws(APIError) {
        guard !isReserved(key) else {
            throw APIError(.invalidArgument, "\(place): system annotations are not supported, but `\(key)` is given.")
        }
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        let isRight =
            switch parts.count {
            case 1: isQualified(parts[0])
            case 2: isDomain(parts[0]) && isQualified(parts[1])
            default: false
            }
        guard isRight else {
            throw APIError(
                .invalidArgument,
                "\(place): the key `\(key)` must be a name of at most 63 letters, digits, `-`, `_` and `.`, with or without a DNS domain and `/` before it."
            )
        }
    }

    private static func isReserved(_ key: String) -> Bool {
        guard key.contains("/"), let prefix = key.split(separator: "/").first else { return false }
        return reservedPrefixes.contains { prefix == $0 || prefix.hasSuffix("." + $0) }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        let category = scalar.properties.generalCategory
        return category == .lowercaseLetter || category == .otherLetter
    }

    private static func isMade(_ text: String, atMost limit: Int) -> Bool {
        text.unicodeScalars.count <= limit
            && text.unicodeScalars.allSatisfy { scalar in
                let category = scalar.properties.generalCategory
                return isLetter(scalar) || category == .decimalNumber || category == .letterNumber
                    || category == .otherNumber || scalar == "_" || scalar == "-"
            }
    }

    /// A letter or digit at both ends.
    private static func isQualified(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= longest else { return false }
        return isPlain(first) && isPlain(last) && text.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.utf8.first, let last = part.utf8.last else { return false }
                return isPlain(first) && isPlain(last)
                    && part.utf8.allSatisfy { (isPlain($0) || $0 == UInt8(ascii: "-")) && !isUpper($0) }
            }
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isUpper(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
