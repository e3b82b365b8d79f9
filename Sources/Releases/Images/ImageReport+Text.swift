extension ImageReport {
    /// `11.2 MB in 3 layers, 78 % smaller than backend-00007 (2 layers new)`.
    package var text: String {
        let size = "\(Self.size(bytes)) in \(Self.counted(layers.count, "layer"))"
        guard let change else { return size }
        return "\(size), \(change.text)"
    }

    /// Decimal units, as registries and engines print them.
    package static func size(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(max(0, bytes))
        var unit = 0
        // What would be rounded to 1000 belongs to the next unit already.
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return unit == 0 ? "\(tenths / 10) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension ImageChange {
    package var text: String {
        let size: String =
            switch percent {
            case nil: "compared with \(revision)"
            case 0?: "as large as \(revision)"
            case let percent? where percent < 0: "\(-percent) % smaller than \(revision)"
            case let percent?: "\(percent) % larger than \(revision)"
            }
        let layers = newLayers == 0 ? "no layer new" : "\(ImageReport.counted(newLayers, "layer")) new"
        return "\(size) (\(layers))"
    }
}
