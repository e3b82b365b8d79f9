extension JSONValue {
    /// A number as a document has it: an integer where it is one.
    init(number: Double) {
        self = Int64(exactly: number).map { .integer($0) } ?? .number(number)
    }

    /// What a value writes of itself, without the detour over text.
    ///
    /// - Throws: what the value's own `encode(to:)` throws.
    package init(encoding value: some Encodable) throws {
        let place = EncodingPlace()
        try place.encode(value, at: [])
        self = place.value
    }
}

/// A place in a document that takes what is written at it: one value, or the children of a container.
private final class EncodingPlace {
    private enum Content {
        case nothing
        case value(JSONValue)
        case members([String: JSONValue])
        case elements([JSONValue])
    }

    private var content = Content.nothing
    /// Children that somebody may still write to.
    private var openMembers: [String: EncodingPlace] = [:]
    private var openElements: [Int: EncodingPlace] = [:]

    var value: JSONValue {
        switch content {
        case .nothing: return .object([:])
        case .value(let value): return value
        case .members(var members):
            for (name, place) in openMembers { members[name] = place.value }
            return .object(members)
        case .elements(var elements):
            for (index, place) in openElements { elements[index] = place.value }
            return .array(elements)
        }
    }

    var count: Int {
        if case .elements(let elements) = content { elements.count } else { 0 }
    }

    func set(_ value: JSONValue) { content = .value(value) }

    func becomeObject() {
        if case .members = content { return }
        content = .members([:])
    }

    func becomeArray() {
        if case .elements = content { return }
        content = .elements([])
    }

    func set(_ value: JSONValue, for name: String) {
        guard case .members(var members) = content else { return }
        // Not held twice, so that the dictionary is changed where it is.
        content = .nothing
        members[name] = value
        content = .members(members)
    }

    func append(_ value: JSONValue) {
        guard case .elements(var elements) = content else { return }
        content = .nothing
        elements.append(value)
        content = .elements(elements)
    }

    func openMember(_ name: String) -> EncodingPlace {
        let place = EncodingPlace()
        set(.null, for: name)
        openMembers[name] = place
        return place
    }

    func openElement() -> EncodingPlace {
        let place = EncodingPlace()
        openElements[count] = place
        append(.null)
        return place
    }

    func encode(_ value: some Encodable, at path: [any CodingKey]) throws {
        if let value = value as? JSONValue {
            set(value)
        } else {
            try value.encode(to: PlaceEncoder(place: self, codingPath: path))
        }
    }
}

private struct PlaceEncoder: Encoder {
    let place: EncodingPlace
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        place.becomeObject()
        return KeyedEncodingContainer(MemberContainer<Key>(place: place, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        place.becomeArray()
        return ElementContainer(place: place, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        ValueContainer(place: place, codingPath: codingPath)
    }
}

private struct MemberContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let place: EncodingPlace
    let codingPath: [any CodingKey]

    private func set(_ value: JSONValue, _ key: Key) { place.set(value, for: key.stringValue) }

    mutating func encodeNil(forKey key: Key) { set(.null, key) }
    mutating func encode(_ value: Bool, forKey key: Key) { set(.bool(value), key) }
    mutating func encode(_ value: String, forKey key: Key) { set(.string(value), key) }
    mutating func encode(_ value: Double, forKey key: Key) { set(JSONValue(number: value), key) }
    mutating func encode(_ value: Int, forKey key: Key) { set(.integer(Int64(value)), key) }

    mutating func encode(_ value: some Encodable, forKey key: Key) throws {
        let child = EncodingPlace()
        try child.encode(value, at: codingPath + [key])
        set(child.value, key)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        superEncoder(forKey: key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        superEncoder(forKey: key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        PlaceEncoder(place: place.openMember("super"), codingPath: codingPath)
    }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        PlaceEncoder(place: place.openMember(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct ElementContainer: UnkeyedEncodingContainer {
    let place: EncodingPlace
    let codingPath: [any CodingKey]
    var count: Int { place.count }

    mutating func encodeNil() { place.append(.null) }
    mutating func encode(_ value: Bool) { place.append(.bool(value)) }
    mutating func encode(_ value: String) { place.append(.string(value)) }
    mutating func encode(_ value: Double) { place.append(JSONValue(number: value)) }
    mutating func encode(_ value: Int) { place.append(.integer(Int64(value))) }

    mutating func encode(_ value: some Encodable) throws {
        let child = EncodingPlace()
        try child.encode(value, at: codingPath)
        place.append(child.value)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        superEncoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder {
        PlaceEncoder(place: place.openElement(), codingPath: codingPath)
    }
}

/// Also where the other containers come to for the numbers that they do not take themselves.
private struct ValueContainer: SingleValueEncodingContainer {
    let place: EncodingPlace
    let codingPath: [any CodingKey]

    mutating func encodeNil() { place.set(.null) }
    mutating func encode(_ value: Bool) { place.set(.bool(value)) }
    mutating func encode(_ value: String) { place.set(.string(value)) }
    mutating func encode(_ value: Double) { place.set(JSONValue(number: value)) }
    mutating func encode(_ value: Float) { place.set(JSONValue(number: Double(value))) }
    mutating func encode(_ value: Int) { set(value) }
    mutating func encode(_ value: Int8) { set(value) }
    mutating func encode(_ value: Int16) { set(value) }
    mutating func encode(_ value: Int32) { set(value) }
    mutating func encode(_ value: Int64) { set(value) }
    mutating func encode(_ value: UInt) { set(value) }
    mutating func encode(_ value: UInt8) { set(value) }
    mutating func encode(_ value: UInt16) { set(value) }
    mutating func encode(_ value: UInt32) { set(value) }
    mutating func encode(_ value: UInt64) { set(value) }
    mutating func encode(_ value: some Encodable) throws { try place.encode(value, at: codingPath) }

    private func set(_ value: some BinaryInteger) {
        place.set(Int64(exactly: value).map { .integer($0) } ?? .number(Double(value)))
    }
}
