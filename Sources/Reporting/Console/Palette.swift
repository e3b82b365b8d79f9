/// Colours where the terminal has them and nobody asked for none.
package struct Palette: Sendable {
    private let isEnabled: Bool

    package init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    package func good(_ text: String) -> String { paint(text, 32) }
    package func bad(_ text: String) -> String { paint(text, 31) }
    package func warn(_ text: String) -> String { paint(text, 33) }
    package func faint(_ text: String) -> String { paint(text, 2) }
    package func strong(_ text: String) -> String { paint(text, 1) }

    private func paint(_ text: String, _ code: Int) -> String {
        isEnabled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
