#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Records to JSON text and back.
enum DocumentCoding {
    static func text(of value: some Encodable) -> String? {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }

    static func value<Value: Decodable>(of text: String, as type: Value.Type) -> Value? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
