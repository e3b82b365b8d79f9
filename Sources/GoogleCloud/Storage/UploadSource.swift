/// Content that is uploaded in parts and can be read again from any byte on.
package struct UploadSource: Sendable {
    package var bytes: Int64
    /// Base64, of the whole content: Cloud Storage refuses what does not match it.
    package var md5: String
    package var contentType: String
    /// Up to so many bytes from there on. Throws ``Failure``.
    package var read: @Sendable (_ offset: Int64, _ count: Int) throws -> [UInt8]

    package init(
        bytes: Int64, md5: String, contentType: String,
        read: @escaping @Sendable (_ offset: Int64, _ count: Int) throws -> [UInt8]
    ) {
        self.bytes = bytes
        self.md5 = md5
        self.contentType = contentType
        self.read = read
    }
}
