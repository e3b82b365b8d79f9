import Clibgit2

/// libgit2's process-wide state and its error convention.
enum GitLibrary {
    // Initialised at the first use, because it costs 4.5 ms that most commands need not pay.
    private static let started: Int32 = {
        let code = git_libgit2_init()
        guard code >= 0 else { return code }
        let ownership = stagectl_git_accept_any_owner()
        return ownership < 0 ? ownership : stagectl_git_write_durably()
    }()

    static func start() throws(SourceControlError) {
        try check(started)
    }

    /// Throws what libgit2 said last on this thread when `code` is negative.
    static func check(_ code: Int32) throws(SourceControlError) {
        guard code >= 0 else { throw error(code) }
    }

    static func error(_ code: Int32) -> SourceControlError {
        let message = git_error_last().flatMap { $0.pointee.message.map { String(cString: $0) } }
        return .other(code: code, message: printable(message ?? "libgit2 error \(code)"))
    }

    /// Text from a repository is anybody's: control and direction characters would reach the terminal.
    static func printable(_ text: String, limit: Int = 500) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalars.append("\u{FFFD}")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}

extension git_oid {
    /// Nil unless the text is exactly 40 hex digits.
    init?(full text: String) {
        guard text.utf8.count == 40, text.utf8.allSatisfy(isHexDigit) else { return nil }
        self.init()
        guard git_oid_fromstr(&self, text) == 0 else { return nil }
    }

    var hex: String {
        var bytes = [CChar](repeating: 0, count: 40)
        var copy = self
        git_oid_fmt(&bytes, &copy)
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        true
    default: false
    }
}
