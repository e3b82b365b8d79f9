package import JSON

/// The text of a file that describes a service: v2 JSON, or v1 YAML as `gcloud` exports it.
package enum ImportedText {
    package enum Refusal: Error, Hashable, Sendable {
        /// Neither JSON nor the YAML that is read.
        case unreadable(Findings)
        /// A document, but not of a service.
        case notAService
    }

    /// Name and v2 document.
    package static func service(_ bytes: [UInt8], file: String) throws(Refusal) -> (name: String, service: JSONValue) {
        let document: JSONValue
        if let json = try? JSONValue(parsing: bytes) {
            document = json
        } else {
            switch ConfigurationReader.read(bytes, file: file) {
            case .success(let read): document = ConfigurationText.json(read.root)
            case .failure(let findings): throw .unreadable(findings)
            }
        }
        if let converted = KnativeDocument.asV2(document) { return converted }
        guard document["template"]?.object != nil,
            let name = document["name"]?.string?.split(separator: "/").last.map(String.init)
        else { throw .notAService }
        return (name, document)
    }
}
