/// A large value that is mostly not there: one word where it is not. Coded as the optional value itself, so that its
/// key is left out then.
@propertyWrapper
package struct Rare<Value: Sendable>: Sendable {
    private var boxed: Boxed<Value>?

    package init(wrappedValue: Value?) {
        boxed = wrappedValue.map(Boxed.init(wrappedValue:))
    }

    package var wrappedValue: Value? {
        get { boxed?.wrappedValue }
        set { boxed = newValue.map(Boxed.init(wrappedValue:)) }
    }
}

extension Rare: Equatable where Value: Equatable {}
extension Rare: Hashable where Value: Hashable {}

extension Rare: CustomStringConvertible {
    package var description: String { wrappedValue.map { String(describing: $0) } ?? "nil" }
}

extension Rare: Encodable where Value: Encodable {
    package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension Rare: Decodable where Value: Decodable {
    package init(from decoder: any Decoder) throws { self.init(wrappedValue: try Value?(from: decoder)) }
}

// What the compiler writes for a coded property asks these, as they are more special than the containers' own.
extension KeyedEncodingContainer {
    package mutating func encode<Value: Encodable>(_ value: Rare<Value>, forKey key: Key) throws {
        try encodeIfPresent(value.wrappedValue, forKey: key)
    }
}

extension KeyedDecodingContainer {
    package func decode<Value: Decodable>(_ type: Rare<Value>.Type, forKey key: Key) throws -> Rare<Value> {
        Rare(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}
