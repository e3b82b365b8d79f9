/// What a terminal shows that has no Unicode (`LANG=C`): each of our signs as one of ASCII, which is as wide.
package enum PlainSigns {
    private static let signs: [Unicode.Scalar: Unicode.Scalar] = [
        "✔": "+", "✘": "x", "◌": "o", "·": ".", "–": "-", "‖": "=", "↩": "<", "→": ">", "←": "<", "…": "~", "±": "*",
        "█": "#", "▓": "=", "▒": "-", "░": ".", "│": "|", "─": "-", "×": "x", "≥": ">", "≤": "<", "“": "\"", "”": "\"",
        "’": "'",
    ]

    /// - Parameter escapesRest: other characters become escapes; in an 8-bit character set some of their bytes would be
    ///   control characters (0x9B is CSI).
    package static func ascii(_ text: String, escapesRest: Bool) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                result.append(scalar)
            } else if let sign = signs[scalar] {
                result.append(sign)
            } else if escapesRest {
                result.append(contentsOf: SafeText.escape(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
