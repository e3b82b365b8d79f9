/// What a measurement alone says about why it went wrong, and the first thing to do.
package struct LikelyCause: Hashable, Sendable {
    package var cause: String
    package var fix: String

    package init(cause: String, fix: String) {
        self.cause = cause
        self.fix = fix
    }
}

/// Whose answer it is.
enum Answerer {
    /// A page of Google's front end rather than an answer of the application. Everything that passes Cloud Run has
    /// `server: Google Frontend`, so that alone says nothing; the page is HTML and carries no revision's name.
    static func isPlatform(headers: [HeaderField], body: [UInt8], carriesIdentity: Bool) -> Bool {
        guard !carriesIdentity, headers["server"]?.lowercased() == "google frontend" else { return false }
        let isHTML = headers["content-type"]?.lowercased().hasPrefix("text/html") ?? true
        let start = String(decoding: body.prefix(512), as: UTF8.self).lowercased()
        return isHTML && (start.contains("<html") || start.contains("<!doctype html"))
    }
}
